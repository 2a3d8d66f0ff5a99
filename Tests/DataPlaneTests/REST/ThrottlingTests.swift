import GatewayModel
import JSON
import NIOCore
import Testing

@testable import DataPlane

@Suite("Throttling and canaries of REST APIs")
struct ThrottlingTests {
    @Test(
        "a bucket lets as many pass as tokens have come",
        arguments: [(1.0, 1), (10, 5), (1000, 100), (0.5, 3), (3, 1)])
    func exact(rate: Double, burst: Int) {
        let bucket = TokenBucket(rate: rate, burst: burst)
        var tokens = Double(burst)
        var last: Int64 = 0
        var random: UInt64 = 1
        for _ in 0..<5_000 {
            // Off the edges, where a rounded nanosecond would decide.
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let now = last + Int64((random >> 11) % UInt64(2_000_000_000 / rate)) + 7
            tokens = min(Double(burst), tokens + Double(now - last) * rate / 1_000_000_000)
            last = now
            let passes = tokens >= 1
            if abs(tokens - tokens.rounded()) < 0.000_01 { tokens = tokens.rounded() }
            if passes { tokens -= 1 }
            #expect(bucket.take(.uptimeNanoseconds(UInt64(now) + 1_000_000_000)) == passes)
        }
    }

    @Test("a bucket without rate or burst lets nothing pass", arguments: [(0.0, 5), (5, 0)])
    func closed(rate: Double, burst: Int) {
        #expect(!TokenBucket(rate: rate, burst: burst).take(.now()))
    }

    @Test(
        "no rate and no burst is too small or too large",
        arguments: [(1e-11, 1), (1.2e-10, 1), (0.1, 1_000_000_000), (1e-9, 100)])
    func extremes(rate: Double, burst: Int) {
        let bucket = TokenBucket(rate: rate, burst: burst)
        for _ in 0..<min(burst, 100) { #expect(bucket.take(.now())) }
        if burst <= 100 { #expect(!bucket.take(.now())) }
    }

    @Test("a method that is called too often answers 429, beside others that are not")
    func throttled() throws {
        var api = TestRESTAPI(("GET /a", .to(.mock())), ("GET /b", .to(.mock())))
        var setting = REST.MethodSetting()
        setting.throttlingRateLimit = 0.001
        setting.throttlingBurstLimit = 2
        var free = REST.MethodSetting()
        free.throttlingRateLimit = -1.0
        free.throttlingBurstLimit = -1
        api.settings = ["*/*": setting, "b/GET": free]
        let gateway = try EmbeddedGateway(api.definition)
        for path in ["a", "a", "b", "a", "b", "b"] { gateway.send(TestGateway.request("GET", "/prod/\(path)")) }
        #expect(gateway.statuses.map { $0.prefix(3) } == ["200", "200", "200", "429", "200", "200"])
        #expect(gateway.received.contains(#"{"message":"Too Many Requests"}"#))
        #expect(gateway.received.contains("x-amzn-ErrorType: TooManyRequestsException\r\n"))
    }

    @Test(
        "a canary takes its share of each thousand, of a client's every second request, too",
        arguments: [0.1, 12.5, 50, 100])
    func canary(percent: Double) {
        let split = CanarySplit(seed: 3)
        var (all, even) = (0, 0)
        for number in 0..<20_000 {
            let isTaken = split.takesNext(CanaryShare(percent: percent))
            if isTaken { all += 1 }
            if isTaken, number % 2 == 0 { even += 1 }
            if number % 1_000 == 999 { #expect(all == (number + 1) / 1_000 * Int(percent * 10)) }
        }
        #expect(abs(Double(even) / Double(all) - 0.5) < 0.35)
    }

    @Test(
        "a share that no thousand divides is exact in a million, and spread over it", arguments: [0.04, 0.0001, 33.333])
    func fineShare(percent: Double) {
        let share = CanaryShare(percent: percent)
        let split = CanarySplit(seed: 5)
        var taken = [Int](repeating: 0, count: 10)
        for number in 0..<1_000_000 where split.takesNext(share) { taken[number / 100_000] += 1 }
        #expect(taken.reduce(0, +) == Int((percent * 10_000).rounded()))
        #expect((taken.max() ?? 0) - (taken.min() ?? 0) <= max(2, taken.reduce(0, +) / 20))
    }

    @Test("no share but none is nothing")
    func smallestShare() {
        #expect(CanaryShare(percent: 0).count == 0)
        #expect(CanaryShare(percent: 0.000001).count == 1)
        #expect(CanaryShare(percent: 12.5) == CanaryShare(percent: 12.5))
        #expect(CanaryShare(percent: 0.1).block == 1_000)
    }

    @Test("a canary serves its own deployment under its own variables")
    func canaryServes() throws {
        func method(_ name: String) -> REST.Method {
            var response = REST.IntegrationResponse(statusCode: "200")
            response.responseTemplates = [
                "application/json": "\(name) $stageVariables.v $context.isCanaryRequest"
            ]
            return .to(.mock(answers: ["200": response]))
        }
        var api = TestRESTAPI(("GET /a", method("old")))
        api.variables = ["v": "1"]
        var settings = REST.CanarySettings(deploymentId: "new", percentTraffic: 100.0)
        settings.stageVariableOverrides = ["v": "2"]
        api.canary = (settings, TestRESTAPI(("GET /a", method("new"))).content)
        let gateway = try EmbeddedGateway(api.definition)
        gateway.send(TestGateway.request("GET", "/prod/a"))
        #expect(gateway.received.hasSuffix("new 2 true"))
        api.canary?.settings.percentTraffic = 0.0
        let other = try EmbeddedGateway(api.definition)
        other.send(TestGateway.request("GET", "/prod/a"))
        #expect(other.received.hasSuffix("old 1 false"))
    }

    @Test("what is not served yet is refused when it is deployed")
    func unsupported() {
        var streaming = REST.Integration.function("AWS")
        streaming.uri = streaming.uri?.replacing("/invocations", with: "/response-streaming-invocations")
        #expect(throws: CompileError.self) { _ = try EmbeddedGateway(TestRESTAPI("GET /a", streaming).definition) }
    }
}
