import JSON
import Testing

@testable import ControlPlane

private let connectOnly = " only supported for the $connect route in WebSocket APIs."

@Suite("Routes of WebSocket APIs") struct WebSocketRoutesTests {
    @Test("have the keys of connections or words", arguments: ["$connect", "$disconnect", "$default", "join", "a/b c"])
    func keys(key: String) async throws {
        let socket = try await WebSocketPlane()
        let path = try await socket.makeRoute(key)
        #expect(
            await socket.call("GET", path).text == """
                {"apiKeyRequired":false,"authorizationType":"NONE",\
                "routeId":"\(path.dropFirst("/routes/".count))","routeKey":"\(key)"}
                """)
        let again = await socket.call("POST", "/routes", ["routeKey": .string(key)])
        #expect(again.code == "ConflictException")
        #expect(again.message == "Route with key \(key) already exists for this API")
    }

    @Test("read back every member, and are changed by what is named")
    func members() async throws {
        let socket = try await WebSocketPlane()
        let integration = try await socket.makeIntegration().dropFirst(1)
        _ = try await socket.makeModel()
        let members: JSONObject = [
            "apiKeyRequired": true, "authorizationType": "AWS_IAM", "modelSelectionExpression": "$request.body.type",
            "operationName": "Connect", "requestModels": ["$default": "Message"],
            "requestParameters": ["route.request.header.a": ["required": true]],
            "routeResponseSelectionExpression": "$default", "target": .string(String(integration)),
        ]
        let path = try await socket.makeRoute("$connect", members)
        let made = await socket.call("GET", path)
        for (name, value) in members { #expect(made[name] == value) }
        let changed = await socket.call(
            "PATCH", path,
            [
                "requestModels": [:], "modelSelectionExpression": "", "routeResponseSelectionExpression": "",
                "requestParameters": ["route.request.querystring.b": ["required": false]],
            ])
        #expect(changed.status == 201)
        for name in ["requestModels", "modelSelectionExpression", "routeResponseSelectionExpression"] {
            #expect(changed[name] == nil)
        }
        #expect(
            changed["requestParameters"] == [
                "route.request.header.a": ["required": true], "route.request.querystring.b": ["required": false],
            ])
        #expect(changed["target"] == .string(String(integration)))
        let parameter = path + "/requestparameters/route.request.header.a"
        #expect(await socket.call("DELETE", parameter).status == 204)
        #expect(await socket.call("DELETE", parameter).status == 404)
        #expect(
            await socket.call("GET", path)["requestParameters"] == ["route.request.querystring.b": ["required": false]])
        let none = await socket.call("PATCH", path, ["requestParameters": ["route.request.querystring.b": .null]])
        #expect(none.status == 201 && none["requestParameters"] == nil)
    }

    @Test(
        "are refused what nobody would look at, or what is none",
        arguments: [
            (["routeKey": "$nonsense"], "The provided route key is not formatted properly"),
            (["routeKey": "a\nb"], "The provided route key is not formatted properly"),
            (["routeKey": ""], "Route key is required"),
            (["authorizationType": "AWS_IAM"], "Authorization is" + connectOnly),
            (["apiKeyRequired": true], "API keys are" + connectOnly),
            (
                ["requestParameters": ["route.request.header.a": ["required": true]]],
                "Request parameters are" + connectOnly
            ),
            (
                ["routeKey": "$connect", "requestParameters": ["method.request.header.a": ["required": true]]],
                "Invalid mapping expression specified: Validation Result: warnings : [], errors : "
                    + "[Invalid mapping expression specified: method.request.header.a]"
            ),
            (["requestModels": ["$default": "Nobody"]], "Invalid model identifier specified: Nobody"),
            (
                ["routeResponseSelectionExpression": "other"],
                "Invalid routeResponseSelectionExpression specified. Must be $default"
            ),
            (
                ["modelSelectionExpression": "${integration.response.statuscode}"],
                "Invalid modelSelectionExpression specified: ${integration.response.statuscode}"
            ),
            (
                ["routeKey": "$connect", "authorizationType": "JWT"],
                "Invalid authorizer ID specified. Setting the authorization type to JWT requires a valid JWT "
                    + "authorizer."
            ),
            (
                ["routeKey": "$connect", "authorizationScopes": ["a"]],
                "Invalid Route authorization type specified. Authorization Scopes are only valid for "
                    + "COGNITO_USER_POOLS and JWT authorization types"
            ),
        ] as [(JSONObject, String)])
    func refused(changes: JSONObject, message: String) async throws {
        let socket = try await WebSocketPlane()
        var members: JSONObject = ["routeKey": "join"]
        for (name, value) in changes { members[name] = value }
        let answer = await socket.call("POST", "/routes", .object(members))
        #expect(answer.code == "BadRequestException")
        #expect(answer.message == message)
        #expect(await socket.call("GET", "/routes").items.isEmpty)
    }

    /// Its guard would be looked at no more.
    @Test("do not leave $connect with a guard")
    func renamed() async throws {
        let socket = try await WebSocketPlane()
        let path = try await socket.makeRoute("$connect", ["authorizationType": "AWS_IAM"])
        #expect(await socket.call("PATCH", path, ["routeKey": "join"]).status == 400)
        let opened = await socket.call("PATCH", path, ["routeKey": "join", "authorizationType": "NONE"])
        #expect(opened["routeKey"] == "join")
    }
}
