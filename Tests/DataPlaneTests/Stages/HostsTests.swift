import GatewayModel
import JSON
import Testing

@Suite("API and stage are found", .timeLimit(.minutes(10)))
struct HostsTests {
    @Test(
        "the first segment of the path names a stage, or the default stage serves",
        arguments: [
            ("/pets", "default /pets"), ("/dev/pets", "dev /pets"), ("/dev", "dev /"), ("/dev/", "dev /"),
            ("/devel/pets", "default *"), ("/Dev/pets", "default *"), ("/%64ev/pets", "dev /pets"), ("/", "default *"),
            ("/pets/dev", "default *"), ("/dev?x=1", "dev /"), ("//dev/pets", "default *"), ("/dev/dev/pets", "dev *"),
        ])
    func stageByPath(target: String, served: String) async throws {
        var functions: [String: StandInFunction] = [:]
        for stage in ["default", "dev"] {
            for route in ["/pets", "/", "*"] {
                functions["\(stage) \(route)"] = StandInFunction.naming("\(stage) \(route)")
            }
        }
        let fallback = TestAPI(routes: [
            ("GET /pets", .function(name: "default /pets")), ("$default", .function(name: "default *")),
        ])
        let dev = TestAPI(
            stage: "dev",
            routes: [
                ("GET /pets", .function(name: "dev /pets")), ("GET /", .function(name: "dev /")),
                ("$default", .function(name: "dev *")),
            ])
        try await TestGateway.serving(fallback, dev, others: functions) { gateway in
            let answer = try await gateway.call("GET", target)
            #expect(answer.text == served)
        }
    }

    @Test(
        "the host names the API, in any case and any domain",
        arguments: [
            ("a1b2c3d4e5.execute-api.localhost:4566", 200), ("A1B2C3D4E5.Execute-API.us-east-1.amazonaws.com", 200),
            ("a1b2c3d4e5.execute-api.localhost.localstack.cloud", 200), ("zzzzzzzzzz.execute-api.localhost", 404),
            ("a1b2c3d4e5.execute-api", 404), ("a1b2c3d4e5", 404), ("localhost", 404),
            ("x.a1b2c3d4e5.execute-api.localhost", 404),
        ])
    func apiByHost(host: String, status: Int) async throws {
        try await TestGateway.serving(TestAPI(routes: [("$default", .function())])) { gateway in
            gateway.function.answer("1")
            let answer = try await gateway.call("GET", "/", host: host)
            #expect(answer.status == status)
        }
    }

    @Test("the authority of an absolute target wins over the host")
    func absoluteTarget() async throws {
        try await TestGateway.serving(TestAPI(routes: [("GET /a", .function())])) { gateway in
            gateway.function.answer("1")
            let answer = try await gateway.call("GET", "http://\(TestAPI.host)/a", host: "other.example")
            #expect(answer.status == 200)
            #expect(try gateway.function.events.last?["headers"]?["host"] == .string(TestAPI.host))
            #expect(try await gateway.call("GET", "http://other.example/a").status == 404)
        }
    }

    @Test(
        "the path names API and stage where the host does not",
        arguments: [
            ("/_aws/execute-api/a1b2c3d4e5/$default/a", 200), ("/_aws/execute-api/a1b2c3d4e5/%24default/a", 200),
            ("/_aws/execute-api/a1b2c3d4e5/dev/a", 200), ("/_aws/execute-api/a1b2c3d4e5/dev/b", 404),
            ("/_aws/execute-api/a1b2c3d4e5/none/a", 404), ("/_aws/execute-api/a1b2c3d4e5", 404),
            ("/_aws/execute-api/a1b2c3d4e5/", 404), ("/_aws/execute-api/zzz/dev/a", 404), ("/_aws/execute-api/", 404),
            ("/_aws/execute-ap", 404), ("/", 404),
        ])
    func apiByPath(target: String, status: Int) async throws {
        let stages = [
            TestAPI(routes: [("GET /a", .function())]), TestAPI(stage: "dev", routes: [("GET /a", .function())]),
        ]
        try await TestGateway.serving(stages[0], stages[1]) { gateway in
            gateway.function.answer("1")
            let answer = try await gateway.call("GET", target, host: "localhost:4566")
            #expect(answer.status == status)
        }
    }

    @Test("without a default stage only the named ones serve")
    func noDefaultStage() async throws {
        try await TestGateway.serving(TestAPI(stage: "dev", routes: [("$default", .function())])) { gateway in
            gateway.function.answer("1")
            let answer = try await gateway.call("GET", "/dev/x")
            #expect(answer.status == 200)
            #expect(try await gateway.call("GET", "/x").text == TestGateway.notFound)
        }
    }

    @Test("a request to the server as a whole finds no stage")
    func asterisk() async throws {
        let api = TestAPI(routes: [("$default", .function()), ("ANY /", .function())])
        try await TestGateway.serving(api) { gateway in
            gateway.function.answer("1")
            let answer = try await gateway.call("OPTIONS", "*")
            #expect(answer.status == 404)
        }
    }
}
