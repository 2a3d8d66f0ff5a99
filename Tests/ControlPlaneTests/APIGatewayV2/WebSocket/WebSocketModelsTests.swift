import JSON
import Testing

@testable import ControlPlane

@Suite("Models of WebSocket APIs") struct WebSocketModelsTests {
    @Test("are made, read, changed, listed and deleted")
    func life() async throws {
        let socket = try await WebSocketPlane()
        let members: JSONObject = [
            "contentType": "application/json", "description": "d", "name": "Message",
            "schema": #"{"type":"object","properties":{"a":{"type":"string"}}}"#,
        ]
        let (path, made) = try await socket.make("/models", "modelId", members)
        for (name, value) in members { #expect(made[name] == value) }
        #expect(await socket.call("GET", path).text == made.text)
        #expect(await socket.call("GET", "/models").items == [made.body])
        let changed = await socket.call("PATCH", path, ["name": "Other", "description": ""])
        #expect(changed.status == 200)
        #expect(changed["name"] == "Other" && changed["description"] == nil)
        let template = await socket.call("GET", path + "/template")["value"]?.string
        #expect(template?.hasPrefix("#set($inputRoot = $input.path('$'))\n") == true)
        #expect(template?.contains("\"a\" : \"foo\"") == true)
        #expect(await socket.call("DELETE", path).status == 204)
        let gone = await socket.call("GET", path)
        #expect(gone.message?.hasPrefix("Invalid Model identifier specified ") == true)
    }

    @Test(
        "have a word for a name and a schema of draft 4",
        arguments: [
            (["name": "a-b"], "Model name must be alphanumeric: a-b"), (["name": ""], "Model name must be non-empty"),
            (["schema": ""], "Model schema must have at least 1 property or array items defined"),
        ] as [(JSONObject, String)])
    func refused(changes: JSONObject, message: String) async throws {
        let socket = try await WebSocketPlane()
        var members: JSONObject = ["contentType": "application/json", "name": "A", "schema": "{}"]
        for (name, value) in changes { members[name] = value }
        let answer = await socket.call("POST", "/models", .object(members))
        #expect(answer.code == "BadRequestException")
        #expect(answer.message == message)
    }

    @Test("are refused a schema that is none, or too long", arguments: ["{", #"{"type":"thing"}"#, "long"])
    func schema(schema: String) async throws {
        let socket = try await WebSocketPlane()
        let text = schema == "long" ? #"{"description":"\#(String(repeating: "x", count: 32_768))"}"# : schema
        let answer = await socket.call(
            "POST", "/models", ["contentType": "application/json", "name": "A", "schema": .string(text)])
        #expect(answer.code == "BadRequestException")
    }

    @Test("stay and keep their names while something refers to them")
    func references() async throws {
        let socket = try await WebSocketPlane()
        let path = try await socket.makeModel("Message")
        let again = await socket.call("POST", "/models", ["name": "Message", "schema": "{}"])
        #expect(again.status == 409)
        let route = try await socket.makeRoute("join", ["requestModels": ["$default": "Message"]])
        let kept = await socket.call("DELETE", path)
        #expect(kept.status == 409)
        #expect(kept.message == "Cannot delete model 'Message', is referenced in route request: join")
        let renamed = await socket.call("PATCH", path, ["name": "Other"])
        #expect(renamed.message == "Cannot rename model 'Message', is referenced in route request: join")
        #expect(await socket.call("DELETE", route).status == 204)
        #expect(await socket.call("DELETE", path).status == 204)
    }

    @Test("are none of HTTP APIs")
    func http() async throws {
        let plane = APIPlane()
        let ids = try await plane.makeAPI()
        let answer = await plane.call("POST", "/v2/apis/\(ids.api)/models", ["name": "A", "schema": "{}"])
        #expect(answer.message == "CreateModel is only supported for WebSocket APIs.")
        #expect(await plane.call("GET", "/v2/apis/\(ids.api)/models").body == ["items": []])
    }
}
