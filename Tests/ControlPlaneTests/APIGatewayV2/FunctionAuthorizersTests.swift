import GatewayModel
import JSON
import Testing

@testable import ControlPlane

@Suite("Function authorizers of HTTP APIs, made") struct FunctionAuthorizersTests {
    private let plane = APIPlane()
    private static let members: JSONObject = [
        "name": "f", "authorizerType": "REQUEST", "authorizerPayloadFormatVersion": "2.0",
        "enableSimpleResponses": true, "identitySource": ["$request.header.A", "$context.routeKey"],
        "authorizerUri": .string(
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/\(AccountIdentity().functionARN("f"))/invocations"
        ),
    ]

    @Test("A route that asks one is CUSTOM, and keeps the authorizer from being deleted")
    func route() async throws {
        let ids = try await plane.makeAPI()
        let path = "/v2/apis/\(ids.api)"
        let made = await plane.call("POST", path + "/authorizers", .object(Self.members))
        #expect(made.status == 201)
        let id = try #require(made["authorizerId"])
        for (type, status) in [("CUSTOM", 201), ("JWT", 400)] {
            let body: JSONValue = [
                "routeKey": .string("GET /\(type)"), "authorizationType": .string(type), "authorizerId": id,
            ]
            #expect(await plane.call("POST", path + "/routes", body).status == status)
        }
        let scopes: JSONValue = [
            "routeKey": "GET /s", "authorizationType": "CUSTOM", "authorizerId": id, "authorizationScopes": ["a"],
        ]
        #expect(await plane.call("POST", path + "/routes", scopes).status == 400)
        #expect(await plane.call("DELETE", path + "/authorizers/\(id.string ?? "")").status == 409)
    }

    @Test(
        "What is none is refused",
        arguments: [
            ["authorizerUri": "arn:aws:lambda:us-east-1:000000000000:function:f"], ["authorizerUri": nil],
            ["authorizerPayloadFormatVersion": nil], ["authorizerPayloadFormatVersion": "1.0"],
            ["authorizerResultTtlInSeconds": 3601], ["authorizerResultTtlInSeconds": 1, "identitySource": []],
            ["identitySource": ["$request.path"]], ["identitySource": ["$request.header.A,B"]],
            ["identityValidationExpression": "a"], ["authorizerCredentialsArn": "role"], ["name": nil],
        ] as [JSONObject])
    func refused(changes: JSONObject) async throws {
        let ids = try await plane.makeAPI()
        var members = Self.members
        for (name, value) in changes { members[name] = value }
        let answer = await plane.call("POST", "/v2/apis/\(ids.api)/authorizers", .object(members))
        #expect((answer.status, answer.code) == (400, "BadRequestException"))
    }
}
