import GatewayModel
import JSON
import Testing

@testable import ControlPlane

@Suite struct RoutesTests {
    let plane = APIPlane()

    @Test func aFreshRouteReadsBackItsDefaults() async throws {
        let ids = try await plane.makeAPI()
        let created = await plane.makeRoute("GET /pets", in: ids)
        let id = try #require(created["routeId"]?.string)
        #expect(created.status == 201)
        #expect(
            created.text == """
                {"apiKeyRequired":false,"authorizationType":"NONE","routeId":"\(id)","routeKey":"GET /pets",\
                "target":"integrations/\(ids.integration)"}
                """)
        #expect(await plane.call("GET", "/v2/apis/\(ids.api)/routes/\(id)").text == created.text)
    }

    @Test func theSameKeyConflicts() async throws {
        let ids = try await plane.makeAPI()
        await plane.makeRoute("ANY /{proxy+}", in: ids)
        let answer = await plane.makeRoute("ANY /{proxy+}", in: ids)
        #expect(answer.status == 409)
        #expect(answer.message == "Route with key ANY /{proxy+} already exists for this API")
    }

    @Test func anotherVariableAtTheSamePlaceConflicts() async throws {
        let ids = try await plane.makeAPI()
        await plane.makeRoute("GET /a/{id}/x", in: ids)
        let answer = await plane.makeRoute("GET /a/{other}/y", in: ids)
        #expect(answer.code == "ConflictException")
        #expect(
            answer.message == """
                The provided route key "GET /a/{other}/y" has a conflicting variable on the same hierarchical level \
                as "GET /a/{id}/x"
                """)
    }

    @Test func aDeletedRouteFreesItsKeyAndItsVariables() async throws {
        let ids = try await plane.makeAPI()
        let id = try #require(await plane.makeRoute("GET /a/{id}", in: ids)["routeId"]?.string)
        #expect(await plane.call("DELETE", "/v2/apis/\(ids.api)/routes/\(id)").status == 204)
        #expect(await plane.makeRoute("GET /a/{other}", in: ids).status == 201)
    }

    @Test func aRouteKeepsItsOwnKeyAndCanChangeIt() async throws {
        let ids = try await plane.makeAPI()
        let id = try #require(await plane.makeRoute("GET /a/{id}", in: ids)["routeId"]?.string)
        let path = "/v2/apis/\(ids.api)/routes/\(id)"
        #expect(await plane.call("PATCH", path, ["routeKey": "GET /a/{id}"]).status == 201)
        #expect(await plane.call("PATCH", path, ["routeKey": "GET /a/{other}"])["routeKey"] == "GET /a/{other}")
        #expect(await plane.makeRoute("GET /a/{id}", in: ids).status == 409)
    }

    @Test(
        arguments: [
            ([:], 400, "Route key is required"),
            (
                ["routeKey": "GET /x", "target": "integrations/"], 400,
                "Unexpected or malformed target in route null. "
                    + "Correct format should be integrations/<integration_id>."
            ),
            (
                ["routeKey": "GET /x", "target": "integrations/zzzzzzz"], 400,
                "Invalid Integration identifier specified zzzzzzz"
            ),
            (
                ["routeKey": "GET /x", "apiKeyRequired": true], 400,
                "ApiKeyRequired is not currently supported for HTTP APIs. "
                    + "Please set ApiKeyRequired to false for route null"
            ),
            (
                ["routeKey": "GET /x", "authorizationType": "JWT"], 400,
                "Invalid authorizer ID specified. Setting the authorization type to JWT requires a valid JWT "
                    + "authorizer."
            ),
            (
                ["routeKey": "GET /x", "authorizationType": "CUSTOM", "authorizerId": "abcdef"], 400,
                "Invalid authorizer ID specified. Setting the authorization type to CUSTOM requires a valid "
                    + "authorizer."
            ),
            (
                ["routeKey": "GET /x", "authorizationScopes": ["email"]], 400,
                "Invalid Route authorization type specified. Authorization Scopes are only valid for "
                    + "COGNITO_USER_POOLS and JWT authorization types"
            ),
            (
                ["routeKey": "GET /x", "routeResponseSelectionExpression": "$default"], 400,
                "The member routeResponseSelectionExpression is only supported for WebSocket APIs."
            ),
        ] as [(JSONValue, Int, String)])
    func aBadRouteIsRefused(body: JSONValue, status: Int, message: String) async throws {
        let (api, _) = try await plane.makeAPI()
        let answer = await plane.call("POST", "/v2/apis/\(api)/routes", body)
        #expect(answer.status == status)
        #expect(answer.message == message)
        #expect(await plane.call("GET", "/v2/apis/\(api)/routes").items.isEmpty)
    }

    @Test func anUpdateCannotProtectARouteWithWhatIsNotEnforced() async throws {
        let ids = try await plane.makeAPI()
        let id = try #require(await plane.makeRoute("GET /a", in: ids)["routeId"]?.string)
        let path = "/v2/apis/\(ids.api)/routes/\(id)"
        #expect(await plane.call("PATCH", path, ["authorizationType": "CUSTOM"]).status == 400)
        #expect(await plane.call("GET", path)["authorizationType"] == "NONE")
    }

    @Test func aMissingRouteIsNotFound() async throws {
        let (api, _) = try await plane.makeAPI()
        let answer = await plane.call("DELETE", "/v2/apis/\(api)/routes/zzzzzzz")
        #expect(answer.code == "NotFoundException")
        #expect(answer.message == "Invalid Route identifier specified zzzzzzz")
    }
}

@Suite struct RouteKeyIndexTests {
    private func index(_ keys: String...) throws -> RouteKeyIndex {
        var index = RouteKeyIndex()
        for key in keys { try index.insert(key, try RouteRules.parse(key)) }
        return index
    }

    @Test(
        arguments: [
            ("GET /a/{id}", "POST /a/{other}"), ("GET /a/{id}", "GET /b/{other}"),
            ("GET /a/{id}", "GET /a/{other+}"), ("GET /a/{id}/b", "GET /a/b/{other}"), ("$default", "ANY /{proxy+}"),
        ])
    func accepts(first: String, second: String) throws {
        _ = try index(first, second)
    }

    @Test(
        arguments: [
            ("GET /a/{id}", "GET /a/{id}"), ("GET /a/{id}", "GET /a/{other}"), ("GET /{x+}", "GET /{y+}"),
            ("GET /a/{id}/b/{c}", "GET /a/{id}/b/{d}/e"), ("$default", "$default"),
        ])
    func refuses(first: String, second: String) throws {
        var index = try index(first)
        let error = #expect(throws: ServiceError.self) { try index.insert(second, try RouteRules.parse(second)) }
        #expect(error?.code == "ConflictException")
    }

    @Test func aVariableKeepsItsNameUntilItsLastRouteGoes() throws {
        var index = try index("GET /{id}/a", "GET /{id}/b")
        index.remove("GET /{id}/a", try RouteRules.parse("GET /{id}/a"))
        #expect(throws: ServiceError.self) { try index.insert("GET /{x}", try RouteRules.parse("GET /{x}")) }
        index.remove("GET /{id}/b", try RouteRules.parse("GET /{id}/b"))
        try index.insert("GET /{x}", try RouteRules.parse("GET /{x}"))
        #expect(index.contains("GET /{x}"))
        #expect(!index.contains("GET /{id}/a"))
    }
}

@Suite struct RouteRulesTests {
    @Test(
        arguments: [
            "$default", "GET /", "ANY /{proxy+}", "GET /a/{id}/b/{other}", "POST /a-b_c.d:e", "DELETE /a/",
            "HEAD /{a.b:c-d_e}",
        ])
    func parses(key: String) throws {
        #expect(try RouteRules.parse(key).description == key)
    }

    @Test(arguments: ["", "GET", "GET/pets", "get /pets", "TRACE /x", "/pets", "GET pets", "$connect", "GET  /x"])
    func refusesOtherForms(key: String) {
        let error = #expect(throws: ServiceError.self) { try RouteRules.parse(key) }
        #expect(error?.message.hasPrefix("The provided route key is not formatted properly for HTTP protocol.") == true)
    }

    @Test(
        arguments: [
            "GET /voice/*", "GET /a//b", "GET /a/{rest+}/b", "GET /{}", "GET /{a", "GET /a}", "GET /x{id}", "GET /a b",
            "GET /a?b", "GET /é",
        ])
    func refusesOtherPathParts(key: String) {
        let error = #expect(throws: ServiceError.self) { try RouteRules.parse(key) }
        #expect(error?.message.hasPrefix("One or more path parts appear to be invalid.") == true)
    }
}
