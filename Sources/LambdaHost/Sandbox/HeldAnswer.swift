import GatewayModel
import NIOCore

/// An answer of a function while it comes, kept whole. What is too large is read to its end, so that the runtime can be
/// told, but not kept.
struct HeldAnswer {
    private(set) var bytes = ByteBuffer()
    /// Why it is not kept.
    private(set) var fault: RunningInvocation.Ending?
    private let settings: LambdaHostSettings
    /// What it has taken of the memory for bodies: all beyond AWS's quota, which is allowed for without counting.
    private var taken = 0

    init(_ settings: LambdaHostSettings) { self.settings = settings }

    mutating func append(_ piece: ByteBuffer) {
        guard fault == nil else { return }
        let length = bytes.readableBytes + piece.readableBytes
        guard length <= settings.limits.payloadBytes else {
            return drop(
                .failed(
                    ErrorPayload.tooLarge(settings.limits.payloadBytes), status: "error",
                    type: "Function.ResponseSizeTooLarge"))
        }
        let more = max(0, length - CallLimits.aws.payloadBytes) - taken
        guard more <= 0 || settings.takeMemory(more) else {
            return drop(
                .failed(ErrorPayload.answerWithoutMemory, status: "error", type: "Function.ResponseSizeTooLarge"))
        }
        taken += max(0, more)
        if bytes.readableBytes == 0 { bytes = piece } else { bytes.writeImmutableBuffer(piece) }
    }

    private mutating func drop(_ fault: RunningInvocation.Ending) {
        release()
        self.fault = fault
    }

    /// Whoever has its bytes by now counts them himself.
    mutating func release() {
        bytes = ByteBuffer()
        fault = nil
        guard taken > 0 else { return }
        settings.giveMemory(taken)
        taken = 0
    }
}
