import GatewayModel
import NIOCore
import Testing

@testable import DataPlane

@Suite("Requests are counted and told", .timeLimit(.minutes(10)))
struct StageMetricsTests {
    @Test("metrics count requests, errors and bytes by stage")
    func metrics() async throws {
        let api = TestAPI(routes: [("POST /a", .function())])
        try await TestGateway.serving(api) { gateway in
            gateway.function.answer(
                .success(ByteBuffer(string: #"{"statusCode":200,"body":"12345"}"#)),
                .functionError(ByteBuffer(string: "{}")))
            _ = try await gateway.call("POST", "/a", body: "123")
            _ = try await gateway.call("POST", "/a", body: "123")
            _ = try await gateway.call("POST", "/none")
            _ = try await gateway.call("POST", "/a", host: "zzz.execute-api.localhost")
            let metrics = try #require(await gateway.plane.metrics().first { $0.key == api.key }).metrics
            #expect(metrics.count == 3)
            #expect(metrics.clientErrors == 1)
            #expect(metrics.serverErrors == 1)
            #expect(
                metrics.dataProcessed == 3 + 5 + 3 + #"{"message":"Internal Server Error"}"#.utf8.count
                    + TestGateway.notFound.utf8.count)
            #expect(metrics.latencyBuckets.reduce(0, +) == 3)
        }
    }

    @Test("a call counts once in each column that it concerns, whatever carried it")
    func columns() {
        var metrics = StageMetrics()
        for status in [101, 200, 399, 400, CallFigures.clientGone, 500, 599] {
            metrics.add(CallFigures(status: status, requestLength: 2, responseLength: 3, latencyMicroseconds: 1000))
        }
        metrics.add(CallFigures(status: 503, integrationMilliseconds: 7, isOutOfMemory: true))
        #expect(metrics.count == 8)
        #expect(metrics.clientErrors == 2)
        #expect(metrics.serverErrors == 3)
        #expect(metrics.clientsGone == 1)
        #expect(metrics.bodiesRefused == 1)
        #expect(metrics.dataProcessed == 7 * 5)
        #expect(metrics.latencyMicroseconds == 7000)
        #expect(metrics.integrationLatencyMilliseconds == 7)
        #expect(metrics.latencyBuckets[0] == 1)
        #expect(metrics.latencyBuckets[10] == 7)
    }

    @Test("whoever watches is told of each call, with the gateway's own reason")
    func summaries() async throws {
        let api = TestAPI(routes: [("GET /a", .function()), ("GET /none", .function(name: "gone"))])
        try await TestGateway.serving(api) { gateway in
            gateway.function.answer("1")
            for target in ["/a?x=1", "/none", "/lost"] { _ = try await gateway.call("GET", target) }
            let all = gateway.summaries.all
            #expect(
                all.map { "\($0.method) \($0.path) \($0.status) \($0.routeKey ?? "-")" } == [
                    "GET /a?x=1 200 GET /a", "GET /none 500 GET /none", "GET /lost 404 -",
                ])
            #expect(all[0].reason == nil)
            #expect(all[1].reason == "route GET /none calls gone, which does not exist")
            #expect(all[2].reason == "no route of the API matches GET /lost")
        }
    }
}
