import JSON
import Testing

@testable import ControlPlane

@Suite("Authorizers of WebSocket APIs") struct WebSocketAuthorizersTests {
    private static let members: JSONObject = [
        "authorizerType": "REQUEST", "authorizerUri": WebSocketPlane.function, "name": "guard",
        "identitySource": [
            "route.request.header.Auth", "route.request.querystring.Name", "context.identity.sourceIp",
            "stageVariables.a",
        ],
    ]

    @Test("guard $connect, and stay while they do")
    func guarded() async throws {
        let socket = try await WebSocketPlane()
        let (path, made) = try await socket.make("/authorizers", "authorizerId", Self.members)
        for (name, value) in Self.members { #expect(made[name] == value) }
        let id = try #require(made["authorizerId"])
        let route = try await socket.makeRoute("$connect", ["authorizationType": "CUSTOM", "authorizerId": id])
        #expect(await socket.call("GET", route)["authorizerId"] == id)
        #expect(await socket.call("DELETE", path).status == 409)
        let changed = await socket.call(
            "PATCH", path, ["identitySource": [], "authorizerCredentialsArn": "arn:aws:iam::123456789012:role/r"])
        #expect(changed["identitySource"] == [])
        #expect(changed["authorizerCredentialsArn"] == "arn:aws:iam::123456789012:role/r")
        let opened = await socket.call("PATCH", route, ["authorizationType": "AWS_IAM"])
        #expect(opened["authorizerId"] == nil)
        #expect(await socket.call("DELETE", path).status == 204)
    }

    @Test(
        "are refused what is none",
        arguments: [
            (["authorizerType": "JWT"], "The authorizer type JWT is only supported for HTTP APIs."),
            (
                ["authorizerPayloadFormatVersion": "2.0"],
                "The member authorizerPayloadFormatVersion is only supported for HTTP APIs."
            ),
            (
                ["authorizerResultTtlInSeconds": 300],
                "The member authorizerResultTtlInSeconds is only supported for HTTP APIs."
            ),
            (["enableSimpleResponses": true], "The member enableSimpleResponses is only supported for HTTP APIs."),
            (["jwtConfiguration": [:]], "The member jwtConfiguration is only supported for HTTP APIs."),
            (["identitySource": ["$request.header.A"]], "Invalid identity source specified: $request.header.A"),
            (["identitySource": ["route.request.body.a"]], "Invalid identity source specified: route.request.body.a"),
            (
                ["identityValidationExpression": "a"],
                "IdentityValidationExpression is not valid for REQUEST authorizers"
            ),
            (["authorizerCredentialsArn": "role"], "Invalid ARN specified in the request"),
            (["name": ""], "Name is required"),
        ] as [(JSONObject, String)])
    func refused(changes: JSONObject, message: String) async throws {
        let socket = try await WebSocketPlane()
        var members = Self.members
        for (name, value) in changes { members[name] = value }
        let answer = await socket.call("POST", "/authorizers", .object(members))
        #expect(answer.code == "BadRequestException")
        #expect(answer.message == message)
    }
}
