import JSON
import Testing

@testable import ControlPlane

@Suite struct QuickCreateTests {
    let plane = APIPlane()
    private let arn = "arn:aws:lambda:us-east-1:123456789012:function:my-handler"

    private func create(_ target: String, _ members: JSONObject = [:]) async throws -> String {
        var body: JSONObject = ["name": "my-api", "protocolType": "HTTP", "target": .string(target)]
        for (key, value) in members { body[key] = value }
        return try #require(await plane.call("POST", "/v2/apis", .object(body))["apiId"]?.string)
    }

    private func only(_ resource: String, _ api: String) async throws -> JSONValue {
        let items = await plane.call("GET", "/v2/apis/\(api)/\(resource)").items
        try #require(items.count == 1)
        return items[0]
    }

    @Test func aFunctionGetsEverythingFromOneCall() async throws {
        let api = try await create(arn)
        let integration = try await only("integrations", api)
        let id = try #require(integration["integrationId"]?.string)
        #expect(
            integration == [
                "apiGatewayManaged": true, "connectionType": "INTERNET", "integrationId": .string(id),
                "integrationMethod": "POST", "integrationType": "AWS_PROXY", "integrationUri": .string(arn),
                "payloadFormatVersion": "2.0", "timeoutInMillis": 30000,
            ])
        let route = try await only("routes", api)
        #expect(route["routeKey"] == "$default")
        #expect(route["apiGatewayManaged"] == true)
        #expect(route["target"]?.string == "integrations/\(id)")
        let stage = try await only("stages", api)
        #expect(stage["stageName"] == "$default")
        #expect(stage["autoDeploy"] == true)
        #expect(stage["apiGatewayManaged"] == true)
        #expect(plane.servedKeys(api) == ["$default"])
    }

    @Test func itsCredentialsAreTheIntegrations() async throws {
        let role = "arn:aws:iam::123456789012:role/r"
        let api = try await create(arn, ["credentialsArn": .string(role)])
        let credentials = { try await only("integrations", api)["credentialsArn"]?.string }
        #expect(try await credentials() == role)
        #expect(await plane.call("PATCH", "/v2/apis/\(api)", ["routeKey": "GET /a"]).status == 201)
        #expect(try await credentials() == role)
        #expect(await plane.call("PATCH", "/v2/apis/\(api)", ["credentialsArn": .string(role + "/b")]).status == 201)
        #expect(try await credentials() == role + "/b")
        // An URL is called with nobody's.
        let target: JSONValue = ["target": "https://example.com"]
        #expect(await plane.call("PATCH", "/v2/apis/\(api)", target).code == "BadRequestException")
        #expect(await plane.call("PATCH", "/v2/apis/\(api)", ["credentialsArn": ""]).status == 201)
        #expect(try await credentials() == nil)
        let (other, _) = try await plane.makeAPI()
        #expect(await plane.call("PATCH", "/v2/apis/\(other)", ["credentialsArn": ""]).status == 201)
        #expect(await plane.call("PATCH", "/v2/apis/\(other)", ["credentialsArn": .string(role)]).status == 400)
        let alone: JSONValue = ["name": "a", "protocolType": "HTTP", "credentialsArn": .string(role)]
        #expect(await plane.call("POST", "/v2/apis", alone).code == "BadRequestException")
    }

    @Test func anURLBecomesAnHTTPProxyUnderTheRouteKeyGiven() async throws {
        let api = try await create("http://www.example.com/", ["routeKey": "GET /pets"])
        let integration = try await only("integrations", api)
        #expect(integration["integrationType"] == "HTTP_PROXY")
        #expect(integration["integrationMethod"] == "ANY")
        #expect(integration["integrationUri"] == "http://www.example.com/")
        #expect(integration["payloadFormatVersion"] == "1.0")
        #expect(try await only("routes", api)["routeKey"] == "GET /pets")
    }

    @Test(arguments: ["my-handler", "arn:aws:sqs:us-east-1:123456789012:queue"])
    func anotherTargetIsRefusedAndLeavesNoAPI(target: String) async {
        let body: JSONValue = ["name": "a", "protocolType": "HTTP", "target": .string(target)]
        #expect(await plane.call("POST", "/v2/apis", body).code == "BadRequestException")
        #expect(await plane.call("GET", "/v2/apis").items.isEmpty)
        #expect(await plane.store.entities.isEmpty)
    }

    @Test func itsRouteKeepsItsKeyAndItsIntegrationAndStageStay() async throws {
        let api = try await create(arn)
        let route = try #require(try await only("routes", api)["routeId"]?.string)
        let integration = try #require(try await only("integrations", api)["integrationId"]?.string)
        let key = await plane.call("PATCH", "/v2/apis/\(api)/routes/\(route)", ["routeKey": "GET /else"])
        #expect(key.code == "BadRequestException")
        #expect(await plane.call("DELETE", "/v2/apis/\(api)/stages/$default").code == "BadRequestException")
        #expect(
            await plane.call("PATCH", "/v2/apis/\(api)/stages/$default", ["autoDeploy": false]).code
                == "BadRequestException")
        #expect(await plane.call("DELETE", "/v2/apis/\(api)/routes/\(route)").status == 204)
        let deletion = await plane.call("DELETE", "/v2/apis/\(api)/integrations/\(integration)")
        #expect(deletion.code == "BadRequestException")
    }

    @Test func whatWasRecordedAsAllowedIsAllowed() async throws {
        let api = try await create("https://kutt.it")
        let integration = try #require(try await only("integrations", api)["integrationId"]?.string)
        let mapping: JSONValue = ["requestParameters": ["append:header.X-API-KEY": "k"]]
        #expect(await plane.call("PATCH", "/v2/apis/\(api)/integrations/\(integration)", mapping).status == 200)
        let log: JSONValue = [
            "accessLogSettings": [
                "destinationArn": "arn:aws:logs:eu-west-1:1:log-group:g", "format": "$context.requestId",
            ]
        ]
        #expect(await plane.call("PATCH", "/v2/apis/\(api)/stages/$default", log).status == 200)
    }

    @Test func updateApiMovesTargetAndRouteKey() async throws {
        let api = try await create(arn)
        let update: JSONValue = ["target": "https://example.com/moved", "routeKey": "GET /moved"]
        #expect(await plane.call("PATCH", "/v2/apis/\(api)", update).status == 201)
        #expect(try await only("integrations", api)["integrationType"] == "HTTP_PROXY")
        #expect(plane.servedKeys(api) == ["GET /moved"])
    }

    @Test func anAPIWithoutQuickCreateHasNoTargetToUpdate() async throws {
        let (api, _) = try await plane.makeAPI()
        let answer = await plane.call("PATCH", "/v2/apis/\(api)", ["target": "https://example.com/"])
        #expect(answer.code == "BadRequestException")
    }
}
