import GatewayModel
import HTTPFront
import NIOCore

/// The time and the size of answers of REST APIs, streamed or not.
extension Exchange {
    /// API Gateway Developer Guide, response-transfer-mode: 5 minutes for Regional endpoints. That the time to the
    /// answer's head counts, too, is a choice.
    private static let streamIdleTime = TimeAmount.minutes(5)
    /// Streamed answers may be longer. What AWS lets no more than 2 MB a second of pass behind it is not slowed.
    private var bufferedBytes: Int { worker.options.limits.streamedBytes }

    /// There is one time for all of an answer.
    func setRESTDeadline(_ now: NIODeadline) {
        rest.end = deadline
        rest.isStreamed = route?.method?.isStreamed == true
        if rest.isStreamed { deadline = min(rest.end, now + Self.streamIdleTime) }
    }

    /// A stream may not be idle for long, either.
    func restPieceArrived() {
        if rest.isStreamed { deadline = min(rest.end, worker.now + Self.streamIdleTime) }
    }

    /// Nobody may take longer over a stream than its integration has; a slow client may over another answer, which AWS
    /// would have whole by then.
    func isStreamOver(_ now: NIODeadline) -> Bool { rest.isStreamed && now >= rest.end }

    /// Whether an origin's piece may be passed on; if not, the call has ended.
    func takesContent(_ bytes: ByteBuffer) -> Bool {
        guard !rest.isStreamed else {
            if rest.firstContentTook == nil { rest.firstContentTook = integrationMillisecondsSoFar }
            return true
        }
        // What is packed on its way counts as the origin has sent it.
        let before = rest.relay?.received ?? connection?.responseBodyBytes ?? 0
        guard before + bytes.readableBytes > bufferedBytes else {
            markAnswer(before + bytes.readableBytes)
            return true
        }
        refuseLongAnswer()
        return false
    }

    /// Whether an origin's answer is known to be too long to be buffered.
    func isTooLong(_ head: ResponseHead) -> Bool {
        guard !rest.isStreamed, case .length(let length) = head.body else { return false }
        return length > bufferedBytes
    }

    func refuseLongAnswer() {
        integrationError = "the integration's answer is longer than \(bufferedBytes) bytes"
        refuse(
            .internalError, because: "calls \(integrationName), whose answer is longer than \(bufferedBytes) bytes")
    }
}
