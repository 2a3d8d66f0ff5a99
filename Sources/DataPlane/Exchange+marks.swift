import GatewayModel
import HTTPFront
import NIOCore
import WebSocketFront

/// What AWS would have cut of a call, told to the operator where it is served all the same (`--limits warn`).
extension Exchange {
    /// Whatever else there is to say: the first is what AWS would have come to.
    func mark(_ sentence: @autoclosure () -> String) {
        guard worker.options.limits.isMarking, markedByAWS == nil else { return }
        markedByAWS = sentence()
    }

    /// How AWS would have ended the call before now; nil where it would not have, or nobody asks.
    func endByAWS(_ figures: CallFigures) -> String? {
        guard worker.options.limits.isMarking else { return nil }
        return closingByAWS ?? bodyMark ?? markedByAWS ?? timeMark(figures) ?? answerMark(figures)
    }

    // MARK: Connections

    private var closingByAWS: String? {
        guard let client = socket.client, socket.event == .message || socket.event == .disconnect else { return nil }
        let aws = WebSocketLimits.aws
        let life = startedAtEpochMilliseconds - client.connectedAt
        if life > aws.duration.milliseconds {
            return late("open for", life, aws.duration)
        }
        if client.longestSilence > aws.idleTime.milliseconds {
            return late("without a message for", client.longestSilence, aws.idleTime)
        }
        guard socket.event == .message else { return nil }
        if socket.isBinary { return closed(1003, "a binary message") }
        if socket.largestFrame > aws.frameBytes {
            return closed(1009, beyond("a frame", socket.largestFrame, aws.frameBytes))
        }
        guard requestLength > aws.messageBytes else { return nil }
        return closed(1009, beyond("a message", requestLength, aws.messageBytes))
    }

    private func closed(_ code: Int, _ cause: String) -> String {
        "AWS would have closed this connection with \(code): \(cause)"
    }

    private func late(_ what: String, _ milliseconds: Int, _ quota: TimeAmount) -> String {
        let seconds = grouped(quota.milliseconds / 1_000)
        return closed(1001, "\(what) \(grouped(milliseconds / 1_000)) s, its quota is \(seconds) s")
    }

    // MARK: Calls

    private var bodyMark: String? {
        let quota: Int
        switch (apiKind, route?.integration) {
        case (.webSocket, _) where socket.event == .callback: quota = WebSocketLimits.aws.messageBytes
        case (.webSocket, _): return nil
        case (.http, .function): quota = CallLimits.aws.eventBytes
        case (.http, _), (.rest, _): quota = CallLimits.aws.heldBytes
        }
        // What was refused before its body was asked for is refused by AWS as well.
        guard requestLength > quota, bodyUse != .held else { return nil }
        return "AWS would have answered 413: \(beyond("a body", requestLength, quota))"
    }

    private func timeMark(_ figures: CallFigures) -> String? {
        let aws = CallLimits.aws
        let quota: Int
        switch apiKind {
        case .http: quota = aws.httpTimeout.upperBound
        case .rest: quota = (rest.isStreamed ? aws.streamTimeout : aws.restTimeout).upperBound
        case .webSocket: quota = aws.webSocketTimeout.upperBound
        }
        guard let took = figures.integrationMilliseconds, took > quota else { return nil }
        return "AWS would have \(failure(503, 504)): the integration took \(grouped(took)) ms, "
            + "its quota is \(grouped(quota))"
    }

    private func answerMark(_ figures: CallFigures) -> String? {
        guard apiKind == .http, figures.responseLength > CallLimits.aws.heldBytes else { return nil }
        return "AWS would have answered 500: \(beyond("an answer", figures.responseLength, CallLimits.aws.heldBytes))"
    }

    // MARK: While it is under way

    /// An event for a function is written.
    func markEvent(_ bytes: Int) {
        guard bytes > CallLimits.aws.payloadBytes else { return }
        mark("AWS would have \(failure(413, 413)): \(beyond("an event", bytes, CallLimits.aws.payloadBytes))")
    }

    /// A function's answer has come.
    func markPayload(_ bytes: Int) {
        guard bytes > CallLimits.aws.payloadBytes else { return }
        mark(
            "AWS would have \(failure(500, 502)): \(beyond("a function's answer", bytes, CallLimits.aws.payloadBytes))")
    }

    /// So much has come of an answer of an origin or a table that AWS would have whole.
    func markAnswer(_ bytes: Int) {
        guard bytes > CallLimits.aws.heldBytes else { return }
        mark(
            "AWS would have \(failure(500, 500)): an answer of more than its quota of "
                + "\(grouped(CallLimits.aws.heldBytes)) bytes")
    }

    func markUnpacked(_ bytes: Int) {
        guard bytes > CallLimits.aws.heldBytes else { return }
        mark("AWS would have answered 413: \(beyond("an unpacked body", bytes, CallLimits.aws.heldBytes))")
    }

    /// A two-way route answers.
    func markMessage(_ bytes: Int) {
        guard bytes > WebSocketLimits.aws.messageBytes else { return }
        mark("AWS would have sent an error: \(beyond("an answer", bytes, WebSocketLimits.aws.messageBytes))")
    }

    private func failure(_ http: Int, _ rest: Int) -> String {
        switch apiKind {
        case .http: "answered \(http)"
        case .rest: "answered \(rest)"
        case .webSocket: socket.event == .connect ? "refused the connection" : "sent an error"
        }
    }

    private func beyond(_ what: String, _ bytes: Int, _ quota: Int) -> String {
        "\(what) of \(grouped(bytes)) bytes, its quota is \(grouped(quota))"
    }

    /// `131,072`
    private func grouped(_ number: Int) -> String {
        var text = ""
        for (position, digit) in "\(number)".reversed().enumerated() {
            if position > 0, position % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }
}

extension TimeAmount {
    fileprivate var milliseconds: Int { Int(nanoseconds / 1_000_000) }
}
