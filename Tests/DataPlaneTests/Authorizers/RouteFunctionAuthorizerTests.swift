import GatewayModel
import JSON
import NIOCore
import Testing

@testable import DataPlane

@Suite("Function authorizers of HTTP APIs")
struct RouteFunctionAuthorizerTests {
    private static let routeArn = "arn:aws:execute-api:us-east-1:000000000000:\(TestAPI.id)/$default/GET/pets/7"

    private func gateway(
        integration: V2.Integration = .function(), routes: [String] = ["GET /pets/{id}"],
        log: String = "$context.status [$context.authorizer.error] $context.authorizer.key",
        _ change: (inout V2.Authorizer) -> Void = { _ in }
    ) throws -> EmbeddedGateway {
        var api = TestAPI(routes: routes.map { ($0, integration) }, logFormat: log)
        api.authorizationType = "CUSTOM"
        var authorizer = V2.Authorizer(
            authorizerId: "auth", name: "auth", authorizerType: "REQUEST",
            identitySource: ["$request.header.Authorization"])
        authorizer.authorizerUri = REST.Integration.function(name: "auth").uri
        authorizer.authorizerPayloadFormatVersion = "2.0"
        authorizer.enableSimpleResponses = true
        change(&authorizer)
        api.authorizer = authorizer
        let gateway = try EmbeddedGateway(api.definition)
        gateway.function.answer(#"{"statusCode":200,"body":"ok"}"#)
        return gateway
    }

    private func get(_ token: String? = "t", path: String = "/pets/7") -> String {
        TestGateway.request("GET", path, token.map { ["Authorization: \($0)"] } ?? [])
    }

    @Test("A simple response lets in or not, and its context is told with its types")
    func simple() throws {
        let gateway = try gateway()
        gateway.asked.answer(
            .success(ByteBuffer(string: #"{"isAuthorized":true,"context":{"key":"v","n":1,"o":{"a":[true]}}}"#)),
            .success(ByteBuffer(string: #"{"isAuthorized":false}"#)),
            .success(ByteBuffer(string: #"{"isAuthorized":true}"#)))
        gateway.send(get(), get(), get())
        #expect(gateway.statuses == ["200 OK", "403 Forbidden", "200 OK"])
        #expect(gateway.received.contains(#"{"message":"Forbidden"}"#))
        let told = try gateway.function.events.map { $0["requestContext"]?["authorizer"] }
        #expect(told == [["lambda": ["key": "v", "n": 1, "o": ["a": [true]]]], ["lambda": nil]])
        #expect(gateway.entries == ["200 [-] v", "403 [-] -", "200 [-] -"])
    }

    @Test("The event of format 2.0")
    func version2() throws {
        let gateway = try gateway()
        gateway.asked.answer(#"{"isAuthorized":true}"#)
        gateway.send(get("tok", path: "/pets/7?a=1&a=2"))
        let event = try #require(try gateway.asked.events.first)
        #expect(
            event.object?.keys == [
                "version", "type", "routeArn", "identitySource", "routeKey", "rawPath", "rawQueryString", "headers",
                "queryStringParameters", "requestContext", "pathParameters",
            ])
        #expect((event["version"], event["type"], event["routeArn"]) == ("2.0", "REQUEST", .string(Self.routeArn)))
        #expect((event["identitySource"], event["routeKey"]) == (["tok"], "GET /pets/{id}"))
        #expect(event["queryStringParameters"] == ["a": "1,2"])
    }

    @Test("The event of format 1.0, and a policy for an answer")
    func version1() throws {
        let gateway = try gateway(integration: .function("1.0")) {
            $0.authorizerPayloadFormatVersion = "1.0"
            $0.enableSimpleResponses = nil
            $0.identitySource = ["$request.header.Authorization", "$request.querystring.a"]
        }
        gateway.asked.answer(
            FunctionAuthorizerTests.answer("Allow", "arn:*/POST/pets/*", more: #","context":{"key":1}"#))
        gateway.send(get("tok", path: "/pets/7?a=1"), get("tok"))
        #expect(gateway.statuses == ["403 Forbidden", "401 Unauthorized"])
        gateway.asked.answer(
            FunctionAuthorizerTests.answer("Allow", "arn:*/GET/pets/*", more: #","context":{"key":1}"#))
        gateway.send(get("tok", path: "/pets/7?a=1"))
        #expect(gateway.statuses.last == "200 OK")
        let event = try #require(try gateway.asked.events.last)
        #expect((event["version"], event["type"], event["methodArn"]) == ("1.0", "REQUEST", .string(Self.routeArn)))
        #expect((event["identitySource"], event["authorizationToken"]) == ("tok,1", "tok,1"))
        #expect((event["stageVariables"], event["pathParameters"]) == ([:], ["id": "7"]))
        var told = try #require(try gateway.function.events.last?["requestContext"]?["authorizer"]?.object)
        #expect(told["integrationLatency"]?.integer != nil)
        told["integrationLatency"] = nil
        #expect(told == ["key": 1, "principalId": "bob"])
    }

    @Test(
        "What is no answer is 500, and the log has the reason",
        arguments: [#"{"isAuthorized":"true"}"#, "{}", "true", "no JSON", #"{"isAuthorized":true,"context":7}"#])
    func malformed(payload: String) throws {
        let gateway = try gateway()
        gateway.asked.answer(payload)
        gateway.send(get())
        #expect(gateway.statuses == ["500 Internal Server Error"])
        #expect(gateway.received.hasSuffix(#"{"message":"Internal Server Error"}"#))
        #expect(gateway.entries == ["500 [Could not parse policy] -"])
    }

    @Test("Unauthorized, thrown or answered, is 401; so is a missing identity, about which nobody is asked")
    func unauthorized() throws {
        let gateway = try gateway { $0.identitySource.append("$stageVariables.none") }
        gateway.send(get())
        #expect(gateway.statuses == ["401 Unauthorized"])
        #expect(gateway.received.hasSuffix(#"{"message":"Unauthorized"}"#))
        #expect(try gateway.asked.events.isEmpty)
        let other = try self.gateway()
        let error = ByteBuffer(string: #"{"errorMessage":"Unauthorized"}"#)
        other.asked.answer(.success(error), .functionError(error))
        other.send(get(), get())
        #expect(other.statuses == ["401 Unauthorized", "401 Unauthorized"])
    }

    @Test("What has been said stands for all routes of the authorizer, unless the route is part of the identity")
    func shared() throws {
        for (more, count) in [([], 1), (["$context.routeKey"], 2)] {
            let gateway = try gateway(routes: ["GET /pets/{id}", "GET /b"]) {
                $0.authorizerResultTtlInSeconds = 60
                $0.identitySource += more
            }
            gateway.asked.answer(#"{"isAuthorized":true}"#)
            gateway.send(get(), get(path: "/b"), get())
            #expect(gateway.statuses == Array(repeating: "200 OK", count: 3))
            #expect(try gateway.asked.events.count == count)
        }
    }

    @Test("Without a time nothing is kept; the function is waited for ten seconds")
    func uncached() throws {
        let gateway = try gateway()
        gateway.asked.answer(#"{"isAuthorized":true}"#)
        gateway.send(get(), get())
        #expect(try gateway.asked.events.count == 2)
        let slow = try self.gateway()
        slow.send(get())
        slow.wait(milliseconds: 10_000)
        #expect(slow.statuses == ["500 Internal Server Error"])
    }

    @Test("A gate lives as long as anybody holds it, and is another one for another authorizer")
    func gates() {
        let gates = FunctionGates()
        func gate(_ id: String, seconds: Int = 0) -> FunctionGate {
            gates.gate(
                FunctionGate.Definition(
                    stage: StageKey(apiId: "a", stageName: "s"), deploymentId: "", authorizerId: id, form: .simple,
                    uri: "", sources: [], stageValues: [], seconds: seconds, validation: ""), [])
        }
        var held = [gate("a"), gate("a"), gate("b"), gate("a", seconds: 1)]
        #expect(held[0] === held[1] && held[0] !== held[2] && held[0] !== held[3])
        #expect(gates.count == 3)
        held = []
        #expect(gates.count == 0)
    }
}
