import GatewayModel
import HTTPFront
import NIOCore

/// An answer that the runtime streams: one request to the Runtime API whose body is passed on, or collected for a caller
/// that wants it whole.
struct StreamingAnswer {
    let stream: HTTPStream
    /// Of the body so far.
    var bytes = 0
    /// What is kept for a caller that wants it whole.
    var collected: HeldAnswer
    /// When the runtime's connection ended within it.
    var lostAt: NIODeadline?
}

extension Sandbox {
    /// The runtime begins to stream its answer; false when it is none to the call that it works on.
    func answerBegan(_ requestId: [UInt8], contentType: [UInt8], _ stream: HTTPStream) -> Bool {
        guard answering == nil, let call = machine.running?.call,
            call.request.requestId.utf8.elementsEqual(requestId)
        else { return false }
        answering = StreamingAnswer(stream: stream, collected: HeldAnswer(pool.host.settings))
        call.request.stream?.attach(stream, contentType: contentType, version: version.version)
        return true
    }

    /// A piece of it. What comes behind the end of its call is dropped.
    func answerContinued(_ bytes: ByteBuffer, _ stream: HTTPStream) {
        guard answering?.stream === stream, let request = machine.running?.call.request else { return }
        answering?.bytes += bytes.readableBytes
        if let taker = request.stream {
            guard answering?.bytes ?? 0 <= LambdaLimits.streamedBytes else { return endStream(.tooLargeStream) }
            taker.send(bytes)
        } else {
            answering?.collected.append(bytes)
        }
    }

    /// Its end, with the error that the runtime told behind it, if there is one; false when its call has ended before.
    func answerEnded(_ error: ByteBuffer?, _ stream: HTTPStream) -> Bool {
        guard let answer = answering, answer.stream === stream else { return false }
        if let error {
            endStream(.failed(error, status: nil, type: nil))
        } else {
            endStream(answer.collected.fault ?? .succeeded(answer.collected.bytes))
        }
        return true
    }

    /// A connection is gone that may have brought it: mostly because its process ends, which says more and is waited for.
    func answerLost(_ stream: HTTPStream) {
        if answering?.stream === stream { answering?.lostAt = .now() }
    }

    func checkAnswer(_ now: NIODeadline) {
        guard let lostAt = answering?.lostAt, now - lostAt > LambdaLimits.truncationGrace,
            let id = machine.running?.call.request.requestId
        else { return }
        let payload = ErrorPayload.make(
            "Runtime.TruncatedResponse", "RequestId: \(id) Error: the connection ended within a streamed response")
        endStream(.failed(payload, status: "error", type: "Runtime.TruncatedResponse"))
    }

    private func endStream(_ ending: RunningInvocation.Ending) {
        guard let running = machine.answered(.now(), { _ in true }) else { return }
        pool.isReturning(self)
        finish(running, ending)
    }

    /// The call has ended, however it did.
    func letGoOfAnswer(_ running: RunningInvocation) {
        answering?.collected.release()
        answering = nil
        running.call.request.stream?.detach()
    }
}

extension RunningInvocation.Ending {
    static let tooLargeStream = Self.failed(
        ErrorPayload.streamTooLarge, status: "error", type: "Function.ResponseSizeTooLarge")
}
