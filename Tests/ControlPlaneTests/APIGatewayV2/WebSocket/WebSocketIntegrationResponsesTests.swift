import JSON
import Testing

@testable import ControlPlane

@Suite("Integration responses") struct WebSocketIntegrationResponsesTests {
    @Test("are made, read, changed, listed and deleted, and no answer with the integration shows them")
    func life() async throws {
        let socket = try await WebSocketPlane()
        let integration = try await socket.makeIntegration()
        let responses = integration + "/integrationresponses"
        let members: JSONObject = [
            "contentHandlingStrategy": "CONVERT_TO_TEXT", "integrationResponseKey": "$default",
            "responseParameters": ["method.response.header.a": "integration.response.header.b"],
            "responseTemplates": ["application/json": ""],
            "templateSelectionExpression": "${integration.response.statuscode}",
        ]
        let (path, made) = try await socket.make(responses, "integrationResponseId", members)
        for (name, value) in members { #expect(made[name] == value) }
        #expect(await socket.call("GET", path).text == made.text)
        let changed = await socket.call(
            "PATCH", path,
            [
                "integrationResponseKey": "/404/", "contentHandlingStrategy": "CONVERT_TO_BINARY",
                "responseTemplates": ["application/json": "#set($number=42)", "application/xml": "x"],
                "templateSelectionExpression": "$request.body.id",
                "responseParameters": ["method.response.header.a": ""],
            ])
        #expect(changed.status == 200)
        #expect(changed["integrationResponseKey"] == "/404/")
        #expect(changed["responseTemplates"] == ["application/json": "#set($number=42)", "application/xml": "x"])
        #expect(changed["responseParameters"] == nil)
        #expect(await socket.call("GET", responses).items == [changed.body])
        for answer in [await socket.call("GET", integration), await socket.call("GET", "/integrations")] {
            #expect(!answer.text.contains("integrationResponses"))
        }
        // A change of the integration leaves them.
        #expect(await socket.call("PATCH", integration, ["description": "d"]).status == 200)
        #expect(await socket.call("GET", path).text == changed.text)
        #expect(await socket.call("DELETE", path).status == 204)
        let gone = await socket.call("GET", path)
        #expect(gone.message?.hasPrefix("Invalid IntegrationResponse identifier specified ") == true)
    }

    @Test("are listed in pages, in the order of their making")
    func pages() async throws {
        let socket = try await WebSocketPlane()
        let responses = try await socket.makeIntegration() + "/integrationresponses"
        let keys = ["/200/", #"/4\d\d/"#, "$default"]
        for key in keys {
            _ = try await socket.make(responses, "integrationResponseId", ["integrationResponseKey": .string(key)])
        }
        var found: [String?] = []
        var query = "maxResults=2"
        for _ in 0..<2 {
            let page = await socket.call("GET", responses, query: query)
            found += page.items.map { $0["integrationResponseKey"]?.string }
            query = "maxResults=2&nextToken=\(page["nextToken"]?.string ?? "")"
        }
        #expect(found == keys)
    }

    @Test("have the key $default or an expression, each once", arguments: ["", "200", "/", "//", "/(/"])
    func key(key: String) async throws {
        let socket = try await WebSocketPlane()
        let responses = try await socket.makeIntegration() + "/integrationresponses"
        let answer = await socket.call("POST", responses, ["integrationResponseKey": .string(key)])
        #expect(answer.code == "BadRequestException")
        #expect(answer.message?.hasPrefix("Invalid integration response key specified.") == true)
        for status in [201, 409] {
            #expect(await socket.call("POST", responses, ["integrationResponseKey": "/200/"]).status == status)
        }
    }

    @Test("take from the answer alone", arguments: ["route.request.body", "integration.request.header.a", "plain"])
    func mapping(source: String) async throws {
        let socket = try await WebSocketPlane()
        let answer = await socket.call(
            "POST", try await socket.makeIntegration() + "/integrationresponses",
            [
                "integrationResponseKey": "$default",
                "responseParameters": ["method.response.header.a": .string(source)],
            ])
        #expect(answer.code == "BadRequestException")
    }
}
