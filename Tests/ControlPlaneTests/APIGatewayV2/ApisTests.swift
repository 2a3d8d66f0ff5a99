import GatewayModel
import JSON
import Testing

@testable import ControlPlane

@Suite struct ApisTests {
    let plane = APIPlane()

    @Test func aFreshAPIReadsBackItsDefaults() async throws {
        let created = await plane.call("POST", "/v2/apis", ["name": "pets", "protocolType": "HTTP"])
        let id = try #require(created["apiId"]?.string)
        #expect(created.status == 201)
        #expect(
            created.text == """
                {"apiEndpoint":"https://\(id).execute-api.eu-central-1.amazonaws.com","apiId":"\(id)",\
                "apiKeySelectionExpression":"$request.header.x-api-key","createdDate":"2020-04-08T00:08:44Z",\
                "disableExecuteApiEndpoint":false,"ipAddressType":"ipv4","name":"pets","protocolType":"HTTP",\
                "routeSelectionExpression":"$request.method $request.path"}
                """)
        #expect(await plane.call("GET", "/v2/apis/\(id)")["tags"] == [:])
    }

    @Test(
        arguments: [
            (["protocolType": "HTTP"], "Invalid API name specified"),
            (["name": "", "protocolType": "HTTP"], "Invalid API name specified"),
            (["name": "a"], "Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]"),
            (["name": "a", "protocolType": "FTP"], "Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]"),
            (
                ["name": "a", "protocolType": "HTTP", "routeSelectionExpression": "$request.body.action"],
                "Route selection expression is currently limited to \"${request.method} ${request.path}\""
            ),
            (
                ["name": "a", "protocolType": "HTTP", "routeKey": "GET /"],
                "Target is required when a route key is specified."
            ),
            (
                ["name": 7, "protocolType": "HTTP"],
                "Invalid request input: name must be a string; it is a number."
            ),
        ] as [(JSONValue, String)])
    func aBadAPIIsRefused(body: JSONValue, message: String) async {
        let answer = await plane.call("POST", "/v2/apis", body)
        #expect(answer.status == 400)
        #expect(answer.code == "BadRequestException")
        #expect(answer.message == message)
        #expect(await plane.call("GET", "/v2/apis").items.isEmpty)
    }

    @Test func anUnknownMemberIsIgnored() async {
        let answer = await plane.call("POST", "/v2/apis", ["name": "a", "protocolType": "HTTP", "colour": "red"])
        #expect(answer.status == 201)
    }

    @Test func aMissingAPIIsNotFoundUnderTheAccount() async {
        let answer = await plane.call("GET", "/v2/apis/zzzzzzzzzz")
        #expect(answer.status == 404)
        #expect(answer.message == "Invalid API identifier specified 123456789012:zzzzzzzzzz")
    }

    @Test func anUpdateChangesOnlyWhatItNames() async throws {
        let (api, _) = try await plane.makeAPI(["description": "before", "version": "1"])
        let answer = await plane.call("PATCH", "/v2/apis/\(api)", ["description": "after"])
        #expect(answer.status == 201)
        #expect(answer["description"] == "after")
        #expect(answer["version"] == "1")
    }

    @Test func anEmptyDescriptionIsNoDescription() async throws {
        let (api, _) = try await plane.makeAPI(["description": "before"])
        #expect(await plane.call("PATCH", "/v2/apis/\(api)", ["description": ""])["description"] == nil)
    }

    @Test func corsIsReplacedAsAWholeAndDeleted() async throws {
        let (api, _) = try await plane.makeAPI(["corsConfiguration": ["allowOrigins": ["*"], "maxAge": 5]])
        let answer = await plane.call("PATCH", "/v2/apis/\(api)", ["corsConfiguration": ["allowMethods": ["GET"]]])
        #expect(answer["corsConfiguration"] == ["allowMethods": ["GET"]])
        #expect(await plane.call("DELETE", "/v2/apis/\(api)/cors").status == 204)
        #expect(await plane.call("GET", "/v2/apis/\(api)")["corsConfiguration"] == nil)
    }

    @Test func emptyCorsIsNoCors() async throws {
        let (api, _) = try await plane.makeAPI(["corsConfiguration": ["allowOrigins": ["*"]]])
        let answer = await plane.call("PATCH", "/v2/apis/\(api)", ["corsConfiguration": [:]])
        #expect(answer["corsConfiguration"] == nil)
    }

    @Test func aDeletedAPILeavesNothingBehind() async throws {
        let ids = try await plane.makeAPI()
        await plane.makeRoute("GET /pets", in: ids)
        await plane.makeStage(in: ids.api)
        #expect(plane.servedKeys(ids.api) != nil)
        #expect(await plane.call("DELETE", "/v2/apis/\(ids.api)").status == 204)
        #expect(await plane.store.entities.isEmpty)
        #expect(plane.traffic.served.isEmpty)
        #expect(await plane.call("GET", "/v2/apis/\(ids.api)").status == 404)
    }

    @Test(arguments: ["description", "version"])
    func tooLongATextIsRefused(member: String) async {
        let text = JSONValue.string(String(repeating: "x", count: 1025))
        let answer = await plane.call("POST", "/v2/apis", ["name": "a", "protocolType": "HTTP", member: text].object())
        #expect(answer.code == "BadRequestException")
    }
}

extension [String: JSONValue] {
    fileprivate func object() -> JSONValue { .object(JSONObject(map { ($0.key, $0.value) })) }
}

@Suite struct CorsRulesTests {
    @Test(
        arguments: [
            ["allowOrigins": ["localhost:3000"]], ["allowOrigins": ["capacitor://localhost"]],
            ["allowOrigins": ["https://"]], ["allowOrigins": ["https://a.example\r\nx: y"]],
            ["allowOrigins": ["*"], "allowCredentials": true], ["maxAge": -2], ["maxAge": 86401],
            ["allowHeaders": ["a b"]], ["exposeHeaders": ["x\n"]], ["allowMethods": ["GET,POST"]],
            ["allowMethods": [""]], ["allowOrigins": "https://a.example"],
        ] as [JSONObject])
    func refuses(cors: JSONObject) {
        #expect(throws: ServiceError.self) { try CorsRules.read(RequestMembers(cors)) }
    }

    /// As captured on AWS.
    @Test func credentialsForAllOriginsAreTheFirstFault() {
        let cors: JSONObject = ["allowCredentials": true, "allowOrigins": ["*"], "maxAge": 864_000]
        let error = #expect(throws: ServiceError.self) { try CorsRules.read(RequestMembers(cors)) }
        #expect(error?.message == "allow-credentials is not supported if 'allow-origin' is *")
    }

    @Test(
        arguments: [
            ["allowOrigins": ["HTTP://WWW.EXAMPLE.ORG", "https://*", "http://localhost:3000"]],
            ["allowOrigins": ["*"], "allowMethods": ["*"], "allowHeaders": ["*"], "exposeHeaders": ["*"]],
            ["allowMethods": ["put", "DELETE"], "maxAge": -1], ["allowCredentials": true, "maxAge": 86400],
        ] as [JSONObject])
    func keepsVerbatim(cors: JSONObject) throws {
        let read = try JSONValue(encoding: try CorsRules.read(RequestMembers(cors)))
        #expect(Set(read.object?.keys ?? []) == Set(cors.keys))
        for (key, value) in cors { #expect(read[key] == value) }
    }
}
