import GatewayModel
import NIOCore
import Testing

@testable import DataPlane
@testable import HTTPFront

@Suite("A second kind of stage")
struct SecondKindTests {
    /// Says what it heard, after a moment; refuses what is too long, in its own words.
    private final class EchoStage: StagePipeline {
        func take(_ step: UInt8, _ x: Exchange) throws(Refusal) -> StepResult {
            switch step {
            case 0:
                let pause = x.pause
                let bound = NIOLoopBound(x, eventLoop: x.worker.eventLoop)
                x.worker.eventLoop.scheduleTask(in: .milliseconds(50)) { bound.value.resume(pause) }
                return .wait
            case 1: return try x.collectBody(limit: 5)
            default:
                let heard = x.body ?? ByteBuffer()
                x.respond(200, .length(heard.readableBytes)) { $0.text("x-kind: echo\r\n") }
                x.append(heard)
                x.finish()
                return .done
            }
        }

        func response(to refusal: Refusal) -> GatewayResponse {
            GatewayResponse(
                status: 422, fields: Array("content-type: text/xml\r\n".utf8), body: Array("<no/>".utf8),
                message: Array("no".utf8), type: "DEFAULT_4XX")
        }

        func writeFields(_ x: Exchange, to out: inout ByteBuffer) {
            out.writeStaticString("x-amzn-RequestId: ")
            out.writeBytes(x.requestId)
            out.writeStaticString("\r\n")
        }
    }

    private static let log = "$context.apiId $context.status $context.error.responseType"

    private func gateway() throws -> EmbeddedGateway {
        try EmbeddedGateway(TestAPI(routes: [("$default", .function())], logFormat: Self.log), beside: EchoStage())
    }

    private func post(_ body: String, to id: String = EmbeddedGateway.otherId) -> String {
        TestGateway.request("POST", "/a", host: "\(id).execute-api.localhost", body: body)
    }

    @Test("is found by its host and goes its own way, beside HTTP APIs on one connection")
    func served() throws {
        let gateway = try gateway()
        gateway.function.answer("1")
        gateway.send(post("hello") + post("x", to: TestAPI.id))
        #expect(gateway.received.isEmpty)
        gateway.wait(milliseconds: 50)
        #expect(gateway.statuses == ["200 OK", "200 OK"])
        #expect(gateway.received.contains("x-kind: echo\r\nDate: "))
        #expect(gateway.received.contains("\r\nx-amzn-RequestId: "))
        #expect(gateway.received.contains("\r\n\r\nhello"))
        #expect(gateway.received.components(of: "apigw-requestid: ") == 1)
        #expect(gateway.entries == ["\(EmbeddedGateway.otherId) 200 -", "\(TestAPI.id) 200 -"])
        #expect(gateway.metrics.count == 1)
    }

    @Test("tells refusals in its own words, and is logged and counted like the others")
    func refused() throws {
        let gateway = try gateway()
        gateway.send(post("too long"))
        gateway.wait(milliseconds: 50)
        #expect(gateway.statuses.map { $0.prefix(3) } == ["422"])
        #expect(gateway.received.contains("\r\ncontent-type: text/xml\r\n"))
        #expect(gateway.received.hasSuffix("<no/>"))
        #expect(!gateway.received.contains("apigw-requestid"))
        #expect(gateway.entries == ["\(EmbeddedGateway.otherId) 422 DEFAULT_4XX"])
    }
}

extension String {
    /// How often `text` stands in it.
    fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
