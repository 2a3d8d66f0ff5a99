import GatewayModel
import HTTPFront
import JSON
import Testing

@testable import DataPlane

@Suite("Functions that integrations name")
struct ResolvedFunctionTests {
    private let directory = StandInFunctions(functions: [
        "f": StandInFunction(), "f:live": StandInFunction(), "f:2": StandInFunction(),
    ])

    private func resolve(_ uri: String, _ variables: OrderedMap<String> = [:]) -> ResolvedFunction {
        ResolvedFunction(uri: uri, stageVariables: variables, directory: directory)
    }

    @Test(
        "by ARN or by API Gateway's own form of it",
        arguments: [
            ("arn:aws:lambda:us-east-1:000000000000:function:f", "f"),
            ("arn:aws:lambda:us-east-1:000000000000:function:f:live", "f:live"),
            ("arn:aws:lambda:eu-west-1:123456789012:function:f:2", "f:2"),
            (
                "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:f/invocations",
                "f"
            ),
            (
                "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:f:live/invocations",
                "f:live"
            ),
        ])
    func found(uri: String, name: String) {
        let function = resolve(uri)
        #expect(function.name == name)
        #expect(function.target != nil)
    }

    @Test("stage variables name function and alias")
    func variables() {
        let uri = "arn:aws:lambda:us-east-1:000000000000:function:${stageVariables.name}:${stageVariables.alias}"
        #expect(resolve(uri, ["name": "f", "alias": "live"]).name == "f:live")
        #expect(resolve(uri, ["name": "f"]).target == nil)
    }

    @Test(
        "or none of them",
        arguments: [
            "", "f", "arn:aws:lambda:us-east-1:000000000000:function",
            "arn:aws:lambda:us-east-1:000000000000:function:g",
            "arn:aws:lambda:us-east-1:000000000000:function:f:old", "arn:aws:s3:us-east-1:000000000000:function:f",
            "arn:aws:lambda:us-east-1:000000000000:layer:f", "arn:aws:lambda:us-east-1:000000000000:function:f:live:x",
        ])
    func notFound(uri: String) {
        #expect(resolve(uri).target == nil)
    }
}

@Suite("Stage variables in texts")
struct StageVariablesTests {
    @Test(
        "are replaced, once",
        arguments: [
            ("plain", "plain"), ("${stageVariables.a}", "1"),
            ("x${stageVariables.a}y${stageVariables.b}z", "x1y${stageVariables.a}z"),
            ("${other}", "${other}"), ("$stageVariables.a", "$stageVariables.a"), ("${stageVariables.c}", ""),
        ])
    func substituted(text: String, result: String) {
        #expect(StageVariables.substitute(text, ["a": "1", "b": "${stageVariables.a}", "c": ""]) == result)
    }

    @Test(
        "that are not defined, or not closed, have no value",
        arguments: [
            "${stageVariables.z}", "${stageVariables.}", "${stageVariables.a", "${stageVariables.a}${stageVariables.z}",
        ])
    func undefined(text: String) {
        #expect(StageVariables.substitute(text, ["a": "1"]) == nil)
    }
}

@Suite("The permission to invoke a function")
struct FunctionIntegrationTests {
    private static func permits(
        _ source: String?, _ key: String, _ method: RequestHead.Method, stage: String = "$default"
    ) throws -> Bool {
        let account = AccountIdentity()
        let policy = Lambda.ResourcePolicy.allowing(source.map { account.executeAPIARN($0) })
        let function = ResolvedFunction(
            uri: account.functionARN("f"), stageVariables: [:],
            directory: StandInFunctions(functions: ["f": StandInFunction(policy: policy)]))
        return FunctionIntegration(
            function: function, integration: .function(), routeKey: try #require(RouteKey(key)), account: account,
            key: StageKey(apiId: "abc", stageName: stage)
        ).permits(method)
    }

    @Test(
        "is asked for stage, method and path template",
        arguments: [
            (nil, "GET /pets/{id}", RequestHead.Method.get, true),
            ("abc/*/*/pets/{id}", "GET /pets/{id}", .get, true),
            ("abc/*/GET/pets/*", "GET /pets/{id}", .get, true),
            ("abc/$default/GET/pets/{id}", "GET /pets/{id}", .get, true),
            ("abc/*", "GET /pets/{id}", .get, true),
            ("abc/*/*/pets/7", "GET /pets/{id}", .get, false),
            ("abc/*/POST/pets/{id}", "GET /pets/{id}", .get, false),
            ("abc/dev/*/*", "GET /pets/{id}", .get, false),
            ("abd/*", "GET /pets/{id}", .get, false),
            ("abc/*/GET/", "GET /", .get, true),
            ("abc/*/$default", "$default", .get, true),
            ("abc/$default/$default", "$default", .other, true),
            ("abc/*/*", "$default", .post, true),
            ("abc/*/GET/pets", "$default", .get, false),
            // A route of every method may be permitted as a whole, or method by method.
            ("abc/*/*/pets", "ANY /pets", .delete, true),
            ("abc/*/*/pets", "ANY /pets", .other, true),
            ("abc/*/ANY/pets", "ANY /pets", .get, true),
            ("abc/*/GET/pets", "ANY /pets", .get, true),
            ("abc/*/GET/pets", "ANY /pets", .post, false),
            ("abc/*/GET/pets", "ANY /pets", .other, false),
        ])
    func permission(source: String?, key: String, method: RequestHead.Method, isPermitted: Bool) throws {
        #expect(try Self.permits(source, key, method) == isPermitted)
    }

    @Test("a named stage stands in the source")
    func namedStage() throws {
        #expect(try Self.permits("abc/dev/GET/a", "GET /a", .get, stage: "dev"))
        #expect(try !Self.permits("abc/$default/GET/a", "GET /a", .get, stage: "dev"))
        #expect(try Self.permits("abc/dev/$default", "$default", .get, stage: "dev"))
    }

    @Test("a function that is not there permits nothing")
    func noFunction() throws {
        let function = ResolvedFunction(
            uri: "arn:aws:lambda:r:a:function:gone", stageVariables: [:], directory: StandInFunctions(functions: [:]))
        let integration = FunctionIntegration(
            function: function, integration: .function("1.0"), routeKey: .default, account: AccountIdentity(),
            key: StageKey(apiId: "abc", stageName: "$default"))
        #expect(!integration.permits(.get))
        #expect(integration.name == "gone")
        #expect(integration.payloadFormat == .version1)
        #expect(integration.timeoutMilliseconds == 30_000)
    }
}
