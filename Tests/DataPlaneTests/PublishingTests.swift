import DataPlane
import GatewayModel
import Testing

@Suite("Stages are published", .timeLimit(.minutes(10)))
struct PublishingTests {
    @Test("a connection sees what is published, from its next request on")
    func swap() async throws {
        var api = TestAPI(routes: [("GET /a", .function(name: "one"))])
        try await TestGateway.serving(
            api, others: ["one": StandInFunction.naming("one"), "two": StandInFunction.naming("two")]
        ) { gateway in
            try await gateway.connect { wire in
                func call() async throws -> Message {
                    try await wire.send(TestGateway.request("GET", "/a"))
                    return try await wire.message()
                }
                #expect(try await call().text == "one")
                let generation = gateway.plane.generation
                api.routes[0].integration = .function(name: "two")
                try await gateway.publish(api)
                #expect(gateway.plane.generation == generation + 1)
                #expect(try await call().text == "two")
                try await gateway.publish(removing: [api.key])
                #expect(try await call().text == TestGateway.notFound)
                try await gateway.publish(api)
                #expect(try await call().text == "two")
            }
        }
    }

    @Test("a swap changes only the stages that it names")
    func swapOfOne() async throws {
        let one = TestAPI(apiId: "one", routes: [("GET /a", .function())])
        let two = TestAPI(apiId: "two", routes: [("GET /a", .function())])
        try await TestGateway.serving(one, two) { gateway in
            gateway.function.answer("1")
            try await gateway.publish(removing: [one.key])
            #expect(try await gateway.call("GET", "/a", host: "one.execute-api.localhost").status == 404)
            #expect(try await gateway.call("GET", "/a", host: "two.execute-api.localhost").status == 200)
        }
    }

    @Test("of two changes the later one stands, in whatever order they are published")
    func order() async throws {
        var api = TestAPI(routes: [("GET /a", .function(name: "one"))])
        let functions = ["one", "two"].map { ($0, StandInFunction.naming($0)) }
        try await TestGateway.serving(api, others: Dictionary(uniqueKeysWithValues: functions)) { gateway in
            func call() async throws -> String { try await gateway.call("GET", "/a").text }
            let earlier = try gateway.plane.prepare([api.definition], removing: [])
            api.routes[0].integration = .function(name: "two")
            try await gateway.publish(api)
            await earlier.publish()
            #expect(try await call() == "two")

            let before = try gateway.plane.prepare([api.definition], removing: [])
            try await gateway.publish(removing: [api.key])
            await before.publish()
            #expect(try await call() == TestGateway.notFound)

            let removal = try gateway.plane.prepare([], removing: [api.key])
            try await gateway.publish(api)
            await removal.publish()
            #expect(try await call() == "two")
        }
    }

    @Test("what cannot be compiled leaves what is served as it is")
    func failedSwap() async throws {
        var api = TestAPI(routes: [("GET /a", .function())])
        try await TestGateway.serving(api) { gateway in
            gateway.function.answer("1")
            api.routes = [("GET /a", .http("ftp://nowhere/"))]
            await #expect(throws: (any Error).self) { try await gateway.publish(api) }
            let answer = try await gateway.call("GET", "/a")
            #expect(answer.status == 200)
        }
    }

    @Test("a request under way ends as it began, whatever is published meanwhile")
    func swapUnderWay() async throws {
        let api = TestAPI(routes: [("GET /a", .function())], logFormat: "$context.routeKey $context.status")
        try await TestGateway.serving(api) { gateway in
            try await gateway.connect { wire in
                try await wire.send(TestGateway.request("GET", "/a"))
                try await gateway.function.awaitCall()
                try await gateway.publish(removing: [api.key])
                gateway.function.release(#"{"statusCode":200,"body":"late"}"#)
                #expect(try await wire.message().text == "late")
                try await wire.send(TestGateway.request("GET", "/a"))
                #expect(try await wire.message().status == 404)
            }
            #expect(await gateway.entries() == ["GET /a 200"])
        }
    }
}
