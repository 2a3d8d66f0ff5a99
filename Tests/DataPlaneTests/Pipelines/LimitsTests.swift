import DataPlane
import NIOCore
import Testing

@testable import GatewayModel

@Suite("Calls within and beyond AWS's quotas")
struct LimitsTests {
    private let api = TestAPI(routes: [("$default", .function())])
    private let large = String(repeating: "x", count: 6_291_457)

    @Test("a time-out that was stored under other limits is cut to those of now")
    func storedTimeout() async throws {
        let limits = CallLimits(
            httpTimeout: 50...60, restTimeout: 50...60, streamTimeout: 50...60, webSocketTimeout: 50...60,
            streamedBytes: 1, heldBytes: 1, eventBytes: 1, payloadBytes: 1)
        let api = TestAPI(routes: [("GET /a", .function(timeout: 900_000))])
        try await TestGateway.serving(api, limits: limits) { gateway in
            let answer = try await gateway.call("GET", "/a")
            #expect(answer.status == 503)
            #expect(gateway.summaries.all.map(\.reason) == ["route GET /a calls f, which did not answer in 60 ms"])
        }
    }

    @Test("with bounds of our own a longer body reaches its function, unmarked")
    func own() async throws {
        try await TestGateway.serving(api, limits: .own) { gateway in
            gateway.function.answer(#""ok""#)
            let answer = try await gateway.call("POST", "/", body: large)
            #expect(answer.status == 200)
            #expect(gateway.summaries.all.map(\.mark) == [nil])
        }
    }

    @Test("a mark says what AWS would have answered to a body, and to no other one")
    func body() async throws {
        try await TestGateway.serving(api, limits: .of(.warn)) { gateway in
            gateway.function.answer(#""ok""#)
            let answers = [
                try await gateway.call("POST", "/", body: large), try await gateway.call("POST", "/", body: "small"),
            ]
            #expect(answers.map(\.status) == [200, 200])
            #expect(
                gateway.summaries.all.map(\.mark) == [
                    "AWS would have answered 413: a body of 6,291,457 bytes, its quota is 6,291,456", nil,
                ])
        }
    }

    @Test("a mark says what AWS would have made of a function's answer")
    func answer() async throws {
        try await TestGateway.serving(api, limits: .of(.warn)) { gateway in
            let text = String(repeating: "y", count: 6_291_600)
            gateway.function.answer(#"{"statusCode":200,"body":"\#(text)"}"#)
            let answer = try await gateway.call("GET", "/")
            #expect(answer.body.count == 6_291_600)
            #expect(
                gateway.summaries.all.map(\.mark) == [
                    "AWS would have answered 500: a function's answer of 6,291,628 bytes, its quota is 6,291,556"
                ])
        }
    }

    @Test("nothing is served beyond our own bounds")
    func bounds() async throws {
        try await TestGateway.serving(api, limits: .own) { gateway in
            let declared = try await gateway.call("POST", "/", ["Content-Length: 67108865"])
            #expect(declared.status == 413)
        }
    }
}
