import GatewayModel
import JSON
import NIOCore
import NIOEmbedded
import Testing

@testable import DataPlane

@Suite("Counters of methods")
struct MethodMetricsTests {
    @Test("are bounded, and give back their place")
    func bounded() {
        let count = MethodCount(limit: 1)
        let loop = EmbeddedEventLoop()
        var first = count.metrics(resource: "/a", method: "GET", loops: [loop])
        #expect(first?.resource == "/a")
        #expect(count.metrics(resource: "/b", method: "GET", loops: [loop]) == nil)
        #expect(count.refused == 1)
        first = nil
        #expect(count.metrics(resource: "/b", method: "GET", loops: [loop]) != nil)
        #expect(count.refused == 1)
    }

    @Test("are those of the methods whose settings ask for them, and go on when the stage changes")
    func chosen() throws {
        var detailed = REST.MethodSetting()
        detailed.metricsEnabled = true
        var api = TestRESTAPI(("GET /a", .to(.mock())), ("GET /b", .to(.mock())))
        api.settings = ["*/*": detailed, "b/GET": REST.MethodSetting()]
        let gateway = try EmbeddedGateway(api.definition)
        for path in ["/prod/a", "/prod/a", "/prod/b", "/prod/c"] { gateway.send(TestGateway.request("GET", path)) }
        let methods = gateway.stage.state.methodMetrics
        #expect(methods.map(\.resource) == ["/a"])
        #expect(methods.first?.loops[0].value.count == 2)
        #expect(gateway.metrics.count == 4)
        let again = gateway.stage.state.methodMetrics(resource: "/a", method: "GET")
        #expect(again === methods.first)
    }
}
