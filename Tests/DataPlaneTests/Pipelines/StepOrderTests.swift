import GatewayModel
import NIOCore
import Testing

@testable import DataPlane

@Suite("The order of an HTTP API's steps")
struct StepOrderTests {
    private static let cors = V2.Cors(origins: ["*"])
    private static let preflight = ["Origin: https://a", "Access-Control-Request-Method: GET"]
    private static let long = "X: " + String(repeating: "x", count: 10_240)

    @Test("is this one")
    func order() {
        #expect(
            HTTPPipeline.Step.allCases.map { "\($0)" } == [
                "endpoint", "route", "headSize", "preflight", "throttle", "authorize", "signature", "target", "body",
                "call",
            ])
        // Each is found by the number before plus one.
        #expect(HTTPPipeline.Step.allCases.map(\.rawValue) == Array(0..<10))
    }

    /// Of several faults the earlier step's is told, and what comes behind it is not asked.
    @Test(
        "decides which of several faults is told",
        arguments: [
            (true, "GET", "/none", [long], "404"), (true, "OPTIONS", "/a", preflight, "404"),
            (false, "GET", "/none", [long], "404"), (false, "GET", "/a", [long], "431"),
            (false, "OPTIONS", "/a", preflight + [long], "431"), (false, "OPTIONS", "/a", preflight, "204"),
        ])
    func faults(isDisabled: Bool, method: String, path: String, fields: [String], status: String) throws {
        let api = TestAPI(routes: [("GET /a", nil)], cors: Self.cors, isEndpointDisabled: isDisabled)
        let gateway = try EmbeddedGateway(api, .now(nil))
        gateway.send(TestGateway.request(method, path, fields))
        #expect(gateway.statuses.map { $0.prefix(3) } == [Substring(status)])
        #expect(gateway.authorizer.asked == 0)
    }

    @Test("asks the authorizer before anything is said of the integration or taken of the body")
    func authorizer() throws {
        let gateway = try EmbeddedGateway(TestAPI(routes: [("$default", nil)]), .now(.notFound))
        gateway.send(TestGateway.request("POST", "/", ["Content-Length: 99999999"]))
        #expect(gateway.statuses == ["404 Not Found"])
        #expect(gateway.authorizer.asked == 1)
    }

    @Test("looks at the integration before the body is asked for")
    func target() throws {
        let gateway = try EmbeddedGateway(TestAPI(routes: [("$default", .function(name: "none"))]))
        gateway.send(TestGateway.request("POST", "/", ["Content-Length: 3", "Expect: 100-continue"]))
        #expect(gateway.statuses == ["500 Internal Server Error"])
    }
}
