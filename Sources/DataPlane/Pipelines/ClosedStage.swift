import HTTPFront
import NIOCore

/// A stage of a REST API: it is there, and nothing of it is open yet.
final class ClosedStage: StagePipeline {
    func take(_ step: UInt8, _ x: Exchange) throws(Refusal) -> StepResult { throw .notFound }

    func response(to refusal: Refusal) -> GatewayResponse {
        GatewayResponse(
            status: 403, contentType: "application/json", body: #"{"message":"Forbidden"}"#, message: "Forbidden",
            type: "ACCESS_DENIED")
    }

    func writeFields(_ x: Exchange, to out: inout ByteBuffer) {
        out.writeStaticString("x-amzn-RequestId: ")
        out.writeBytes(x.requestId)
        out.writeStaticString("\r\nx-amzn-ErrorType: ForbiddenException\r\n")
    }
}
