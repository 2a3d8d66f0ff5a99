import GatewayModel
import JSON
import NIOCore
import Testing

@testable import DataPlane

/// Connections are dealt out to the loops in turn, so of eight some come to each.
@Suite("A stage's cache, of all loops")
struct StageCacheTests {
    private static let keyed = TestRESTAPI(
        "GET /a/{id}", .function().with { $0.cacheKeyParameters = ["method.request.path.id"] }
    ).caching { $0.requireAuthorizationForCacheControl = false }

    /// A function that answers with its calls' numbers.
    private static func counting() -> StandInFunction {
        let function = StandInFunction()
        function.answer(
            (1...500).map { .success(ByteBuffer(string: #"{"statusCode":200,"body":"call \#($0)"}"#)) })
        return function
    }

    @Test("answers alike on every loop, each key with one call of the integration")
    func loops() async throws {
        try await TestGateway.serving(Self.keyed, function: Self.counting(), loops: 3) { gateway in
            for key in 1...30 {
                for _ in 0..<8 {
                    let answer = try await gateway.call("GET", "/prod/a/\(key)")
                    #expect(answer.text == "call \(key)")
                }
            }
            let metrics = await gateway.plane.metrics().first?.metrics
            #expect(metrics?.cacheHits == 210 && metrics?.cacheMisses == 30)
        }
    }

    @Test("is seen anew by every loop as soon as an answer has been replaced")
    func invalidation() async throws {
        try await TestGateway.serving(Self.keyed, function: Self.counting(), loops: 3) { gateway in
            for call in 1...20 {
                let fresh = try await gateway.call("GET", "/prod/a/1", ["Cache-Control: max-age=0"])
                #expect(fresh.text == "call \(call)")
                for _ in 0..<6 {
                    let answer = try await gateway.call("GET", "/prod/a/1")
                    #expect(answer.text == "call \(call)")
                }
            }
        }
    }

    @Test("has nothing any more once it has been flushed")
    func flush() async throws {
        try await TestGateway.serving(Self.keyed, function: Self.counting(), loops: 3) { gateway in
            for call in 1...20 {
                for _ in 0..<6 {
                    let answer = try await gateway.call("GET", "/prod/a/1")
                    #expect(answer.text == "call \(call)")
                }
                await gateway.plane.flushCache(of: StageKey(apiId: TestAPI.id, stageName: "prod"))
            }
            await gateway.plane.flushCache(of: StageKey(apiId: "none", stageName: "prod"))
        }
    }

    @Test("does not keep what was asked for before it was flushed")
    func lateAnswer() async throws {
        let function = StandInFunction()
        try await TestGateway.serving(Self.keyed, function: function) { gateway in
            async let first = gateway.call("GET", "/prod/a/1")
            try await function.awaitCall()
            await gateway.plane.flushCache(of: StageKey(apiId: TestAPI.id, stageName: "prod"))
            function.release(#"{"statusCode":200,"body":"old"}"#)
            let answer = try await first
            #expect(answer.text == "old")
            function.answer(#"{"statusCode":200,"body":"new"}"#)
            #expect(try await gateway.call("GET", "/prod/a/1").text == "new")
        }
    }

    @Test("stays when its stage is changed, and goes with its size and its deployment")
    func changes() async throws {
        try await TestGateway.serving(Self.keyed, function: Self.counting()) { gateway in
            var api = Self.keyed
            func answer() async throws -> String { try await gateway.call("GET", "/prod/a/1").text }
            #expect(try await answer() == "call 1")
            api.variables = ["v": "1"]
            try await gateway.publish(api)
            #expect(try await answer() == "call 1")
            api.cacheClusterSize = "1.6"
            try await gateway.publish(api)
            #expect(try await answer() == "call 2")
            api.deploymentId = "dep124"
            try await gateway.publish(api)
            #expect(try await answer() == "call 3")
            api.cacheClusterSize = nil
            try await gateway.publish(api)
            #expect(try await answer() == "call 4")
            api.cacheClusterSize = "1.6"
            try await gateway.publish(api)
            #expect(try await answer() == "call 5")
            #expect(try await answer() == "call 5")
        }
    }

    @Test("keeps a canary's answers only if its settings say so, apart from those of another deployment")
    func canary() async throws {
        try await TestGateway.serving(Self.keyed, function: Self.counting()) { gateway in
            func answer() async throws -> String { try await gateway.call("GET", "/prod/a/1").text }
            #expect(try await answer() == "call 1")
            var api = Self.keyed
            var settings = REST.CanarySettings(deploymentId: "dep999", percentTraffic: 100.0)
            api.canary = (settings, api.content)
            try await gateway.publish(api)
            #expect(try await answer() == "call 2")
            #expect(try await answer() == "call 3")
            settings.useStageCache = true
            api.canary = (settings, api.content)
            try await gateway.publish(api)
            #expect(try await answer() == "call 4")
            #expect(try await answer() == "call 4")
            settings.deploymentId = api.deploymentId
            api.canary = (settings, api.content)
            try await gateway.publish(api)
            #expect(try await answer() == "call 1")
        }
    }

    @Test("takes the smaller of the cluster's size and what the operator lets it have")
    func size() throws {
        let loops = try EmbeddedGateway(Self.keyed.definition)
        let cache = try #require(loops.stage.rest?.cache)
        #expect(cache.limit(on: 0) == 64 << 20)
    }

    // MARK: One fill

    private static var fillsOnce: DataPlaneOptions {
        var options = DataPlaneOptions()
        options.cache.fillsOnce = true
        return options
    }

    @Test("lets one of many ask the integration where the operator wants that")
    func single() async throws {
        let function = StandInFunction()
        try await TestGateway.serving(Self.keyed, function: function, options: Self.fillsOnce, loops: 2) { gateway in
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<30 { group.addTask { try await gateway.call("GET", "/prod/a/1").text } }
                try await function.awaitCall()
                function.release(#"{"statusCode":200,"body":"one"}"#)
                for try await text in group { #expect(text == "one") }
            }
            #expect(try function.events.count == 1)
        }
    }

    @Test("lets the others ask it when the one that did gets nothing that can be kept")
    func failedFill() async throws {
        let function = StandInFunction()
        try await TestGateway.serving(Self.keyed, function: function, options: Self.fillsOnce, loops: 2) { gateway in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<10 { group.addTask { try await gateway.call("GET", "/prod/a/1").status } }
                try await function.awaitCall()
                function.answer(#"{"statusCode":201}"#)
                function.release("[]")
                var statuses: [Int] = []
                for try await status in group { statuses.append(status) }
                #expect(statuses.sorted() == Array(repeating: 201, count: 9) + [502])
            }
        }
    }

    @Test("lets the others ask it when the one that did goes away")
    func lostFill() async throws {
        let function = StandInFunction()
        try await TestGateway.serving(Self.keyed, function: function, options: Self.fillsOnce, loops: 2) { gateway in
            try await gateway.connect { wire in
                try await wire.send(TestGateway.request("GET", "/prod/a/1"))
                try await function.awaitCall()
            }
            function.answer(#"{"statusCode":200,"body":"other"}"#)
            #expect(try await gateway.call("GET", "/prod/a/1").text == "other")
        }
    }
}
