import GatewayModel
import HTTPFront
import JSON
import Testing

@testable import DataPlane

@Suite("Stages are compiled")
struct StageCompilerTests {
    private let compiler = StageCompiler.standingAlone([
        "f": StandInFunction(), "f:live": StandInFunction(), "g": StandInFunction(),
    ])

    private func compile(_ api: TestAPI, previous: CompiledStage? = nil) throws -> CompiledStage {
        try compiler.compile(api.definition, previous: previous)
    }

    private func compile(_ change: (inout V2.DeploymentContent) -> Void) throws -> CompiledStage {
        let api = TestAPI(routes: [("GET /a", .http("http://a.example/"))])
        var content = api.content
        change(&content)
        return try compiler.compile(api.definition(content), previous: nil)
    }

    /// The position of the route that serves it.
    private static func route(_ stage: CompiledStage, _ path: String) -> CompiledRoute? {
        var bindings: [Router.Binding] = []
        let index = Array(path.utf8).withUnsafeBytes { stage.router.match($0, .get, &bindings) }
        return index.flatMap { stage.routes[$0] }
    }

    @Test("what has not changed is used again, what has is made anew")
    func lent() throws {
        var api = TestAPI(
            routes: [
                ("GET /a", .http("http://a.example/")), ("GET /b", .http("http://b.example/")), ("GET /f", .function()),
            ], cors: V2.Cors(origins: ["*"]), logFormat: "x")
        let first = try compile(api)
        api.routes[1].integration = .http("http://c.example/")
        let second = try compile(api, previous: first)
        #expect(second.routes[0] === first.routes[0])
        #expect(second.routes[1] !== first.routes[1])
        #expect(second.routes[2] === first.routes[2])
        #expect(second.accessLog === first.accessLog)
        #expect(second.state === first.state)
        #expect(Self.route(second, "/b") === second.routes[1])
        api.routes[0].key = "GET /z"
        let third = try compile(api, previous: second)
        #expect(third.routes[0] !== second.routes[0])
        #expect(Self.route(third, "/a") == nil)
        #expect(Self.route(third, "/z") === third.routes[0])
        #expect(Self.route(second, "/a") === second.routes[0])
    }

    @Test("a key that goes from one route to another is found there")
    func exchangedKeys() throws {
        var api = TestAPI(routes: [("GET /a", nil), ("GET /b", nil), ("$default", nil)])
        let first = try compile(api)
        api.routes = [("GET /b", nil), ("$default", nil), ("GET /a", nil)]
        let second = try compile(api, previous: first)
        for (position, path) in ["/b", "/else", "/a"].enumerated() {
            #expect(Self.route(second, path) === second.routes[position])
        }
        api.routes.removeFirst(2)
        let third = try compile(api, previous: second)
        #expect(third.routes.count == 1)
        #expect(Self.route(third, "/b") == nil)
        #expect(Self.route(third, "/else") == nil)
        #expect(Self.route(third, "/a") === third.routes[0])
    }

    @Test("routes are made anew when the function that they call has another policy, and no others")
    func changedFunction() throws {
        let api = TestAPI(routes: [("GET /f", .function()), ("GET /g", .function(name: "g")), ("GET /a", nil)])
        let first = try compile(api)
        // Another version alone is no change.
        var functions = try #require(compiler.functions as? StandInFunctions)
        functions.version = 1
        var later = StageCompiler.standingAlone(functions)
        let second = try later.compile(api.definition, previous: first)
        for position in 0..<3 { #expect(second.routes[position] === first.routes[position]) }
        functions.version = 2
        functions.functions["f"] = StandInFunction(policy: Lambda.ResourcePolicy())
        later = StageCompiler.standingAlone(functions)
        let third = try later.compile(api.definition, previous: second)
        #expect(third.routes[0] !== first.routes[0])
        #expect(third.routes[1] === first.routes[1])
        #expect(third.routes[2] === first.routes[2])
        guard case .function(let integration) = third.routes[0]?.integration else {
            Issue.record("not a function")
            return
        }
        #expect(!integration.permits(.get))
        functions.version = 3
        functions.functions["f"] = nil
        later = StageCompiler.standingAlone(functions)
        guard case .function(let gone) = try later.compile(api.definition, previous: third).routes[0]?.integration
        else {
            Issue.record("not a function")
            return
        }
        #expect(gone.target == nil)
    }

    @Test("routes of one integration follow it, whether they came before it or not")
    func changedIntegration() throws {
        let api = TestAPI(routes: [("GET /a", nil), ("GET /b", nil), ("GET /c", .http("http://c/"))])
        var content = api.content
        content.setTargets(["i7", "i7", "i2"])
        let first = try compiler.compile(api.definition(content), previous: nil)
        guard case .missing = first.routes[0]?.integration else {
            Issue.record("an integration")
            return
        }
        content.put("http://one/", "i7")
        let second = try compiler.compile(api.definition(content), previous: first)
        content.put("http://two/", "i7")
        let third = try compiler.compile(api.definition(content), previous: second)
        func host(_ stage: CompiledStage, _ position: Int) -> String? {
            guard case .http(let integration) = stage.routes[position]?.integration else { return nil }
            return integration.origin?.key.host
        }
        #expect([0, 1, 2].map { host(second, $0) } == ["one", "one", "c"])
        #expect([0, 1, 2].map { host(third, $0) } == ["two", "two", "c"])
        #expect(third.routes[2] === first.routes[2])
    }

    @Test("routes that come and go leave nothing in the router for ever")
    func comingAndGoing() throws {
        var api = TestAPI(routes: [("GET /first", nil)])
        var stage = try compile(api)
        for number in 0..<600 {
            api.routes = [("GET /first", nil), ("GET /route\(number)", nil)]
            stage = try compile(api, previous: stage)
        }
        #expect(stage.router.removed <= 256)
        #expect(Self.route(stage, "/first") === stage.routes[0])
        #expect(Self.route(stage, "/route599") === stage.routes[1])
        #expect(Self.route(stage, "/route598") == nil)
    }

    @Test("a stage is checked without being served")
    func checked() throws {
        var api = TestAPI(routes: [("GET /a", .http("http://${stageVariables.host}/")), ("GET /f", .function())])
        #expect {
            try StageCheck().check([api.definition])
        } throws: { error in
            (error as? CompileError)?.message
                == "The integration URI http://${stageVariables.host}/ names a stage variable that is not defined."
        }
        api.variables = ["host": "a.example"]
        try StageCheck().check([api.definition])
    }

    @Test("other stage variables make every route anew")
    func lentVariables() throws {
        var api = TestAPI(
            routes: [("GET /a", .http("http://${stageVariables.host}/"))], variables: ["host": "one.example"])
        let first = try compile(api)
        api.variables = ["host": "two.example"]
        let second = try compile(api, previous: first)
        guard case .http(let integration) = second.routes[0]?.integration else {
            Issue.record("not an HTTP integration")
            return
        }
        #expect(integration.origin?.key.host == "two.example")
    }

    @Test("a route without a target has no integration")
    func missing() throws {
        guard case .missing = try compile(TestAPI(routes: [("GET /a", nil)])).routes[0]?.integration else {
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

extension V2.DeploymentContent {
    /// Changes the first route.
    fileprivate mutating func route<Value>(_ path: WritableKeyPath<V2.Route, Value>, _ value: Value) {
        guard var route = routes[at: 0] else { return }
        route[keyPath: path] = value
        routes.put(route)
    }

    /// Changes the first integration.
    fileprivate mutating func integration<Value>(_ path: WritableKeyPath<V2.Integration, Value>, _ value: Value) {
        guard var integration = integrations[at: 0] else { return }
        integration[keyPath: path] = value
        integrations.put(integration)
    }

    fileprivate mutating func setTargets(_ integrationIds: [String]) {
        for (position, id) in integrationIds.enumerated() {
            guard var route = routes[at: position] else { continue }
            route.target = "integrations/\(id)"
            routes.put(route)
        }
    }

    fileprivate mutating func put(_ uri: String, _ integrationId: String) {
        var integration = V2.Integration.http(uri)
        integration.integrationId = integrationId
        integrations.put(integration)
    }
}
