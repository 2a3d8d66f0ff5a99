import GatewayModel
import JSON
import Testing

@testable import DataPlane

@Suite("Stages are compiled")
struct StageCompilerTests {
    private let functions = StandInFunctions(functions: ["f": StandInFunction(), "f:live": StandInFunction()])

    private func compile(_ api: TestAPI, previous: CompiledStage? = nil) throws -> CompiledStage {
        try StageCompiler(functions: functions, registry: Registry(), accessLogs: StandInLogs())
            .compile(api.definition, previous: previous)
    }

    private func compile(_ change: (inout V2.StageDefinition) -> Void) throws -> CompiledStage {
        var definition = TestAPI(routes: [("GET /a", .http("http://a.example/"))]).definition
        change(&definition)
        return try StageCompiler(functions: functions, registry: Registry(), accessLogs: StandInLogs())
            .compile(definition, previous: nil)
    }

    @Test("HTTP routes that have not changed are used again, others are made anew")
    func lent() throws {
        var api = TestAPI(routes: [
            ("GET /a", .http("http://a.example/")), ("GET /b", .http("http://b.example/")), ("GET /f", .function()),
        ])
        let first = try compile(api)
        api.routes[1].integration = .http("http://c.example/")
        let second = try compile(api, previous: first)
        #expect(second.routes[0] === first.routes[0])
        #expect(second.routes[1] !== first.routes[1])
        // The function, or who may invoke it, may have changed.
        #expect(second.routes[2] !== first.routes[2])
        api.routes[0].key = "POST /a"
        #expect(try compile(api, previous: second).routes[0] !== second.routes[0])
    }

    @Test("other stage variables make every route anew")
    func lentVariables() throws {
        var api = TestAPI(
            routes: [("GET /a", .http("http://${stageVariables.host}/"))], variables: ["host": "one.example"])
        let first = try compile(api)
        api.variables = ["host": "two.example"]
        let second = try compile(api, previous: first)
        guard case .http(let integration) = second.routes[0].integration else {
            Issue.record("not an HTTP integration")
            return
        }
        #expect(integration.origin?.host == "two.example")
    }

    @Test("a route without a target has no integration")
    func missing() throws {
        guard case .missing = try compile(TestAPI(routes: [("GET /a", nil)])).routes[0].integration else {
            Issue.record("an integration")
            return
        }
    }

    @Test("what cannot be served fails")
    func failures() {
        #expect(throws: CompileError.self) { try compile { $0.route(\.authorizationType, "JWT") } }
        #expect(throws: CompileError.self) { try compile { $0.route(\.routeKey, "GET a") } }
        #expect(throws: CompileError.self) { try compile { $0.integration(\.integrationType, "MOCK") } }
        #expect(throws: CompileError.self) { try compile { $0.integration(\.integrationUri, "ftp://a/") } }
    }

    @Test("NONE is an authorization that is served")
    func none() throws {
        #expect(try compile { $0.route(\.authorizationType, "NONE") }.routes.count == 1)
    }

    @Test("names of path variables have no plus; the default route has none")
    func names() throws {
        let stage = try compile(TestAPI(routes: [("GET /{a}/b/{c+}", nil), ("$default", nil)]))
        #expect(stage.routes.map { $0.variables.map { String(decoding: $0, as: UTF8.self) } } == [["a", "c"], []])
        #expect(stage.routes.map { String(decoding: $0.resourcePath, as: UTF8.self) } == ["/{a}/b/{c+}", "$default"])
    }

    @Test("what events need of a stage is written once")
    func eventParts() throws {
        let stage = try compile(TestAPI(apiId: "abc", variables: ["b": "\"2\"", "a": "1"]))
        #expect(String(decoding: stage.eventIdentity, as: UTF8.self) == #""accountId":"000000000000","apiId":"abc""#)
        #expect(stage.eventStageVariables.map { String(decoding: $0, as: UTF8.self) } == #"{"b":"\"2\"","a":"1"}"#)
        #expect(try compile(TestAPI()).eventStageVariables == nil)
        #expect(String(decoding: stage.domainName, as: UTF8.self) == "abc.execute-api.us-east-1.amazonaws.com")
    }
}

extension V2.StageDefinition {
    /// Changes the first route.
    fileprivate mutating func route<Value>(_ path: WritableKeyPath<V2.Route, Value>, _ value: Value) {
        change { content in
            guard var route = content.routes[at: 0] else { return }
            route[keyPath: path] = value
            content.routes.put(route)
        }
    }

    /// Changes the first integration.
    fileprivate mutating func integration<Value>(_ path: WritableKeyPath<V2.Integration, Value>, _ value: Value) {
        change { content in
            guard var integration = content.integrations[at: 0] else { return }
            integration[keyPath: path] = value
            content.integrations.put(integration)
        }
    }

    private mutating func change(_ change: (inout V2.DeploymentContent) -> Void) {
        var content = content
        change(&content)
        self = V2.StageDefinition(account: account, apiId: apiId, stage: stage, content: content)
    }
}
