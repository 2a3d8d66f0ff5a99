import GatewayServer
import JSON
import WebSocketClient
import WebSocketFront

/// A swarm's report, for people and for programs.
struct SwarmText {
    private let report: SwarmReport
    private let wanted: Int
    private let url: WebSocketURL

    init(_ report: SwarmReport, of wanted: Int, url: WebSocketURL) {
        self.report = report
        self.wanted = wanted
        self.url = url
    }

    // MARK: For people

    var lines: [String] {
        var lines = ["opened    \(report.opened.count) of \(wanted)\(rate(report.opened)), \(times(report.handshakes))"]
        if report.failed > 0 { lines.append("refused   \(report.failed)") }
        for failures in report.failures.values.sorted(by: { $0.count > $1.count }) {
            lines.append(
                "    \(failures.count) times: " + failures.example.sentences(of: url).joined(separator: "\n    "))
        }
        lines.append("sent      \(report.sent.count)\(rate(report.sent))")
        if report.heldBack > 0 { lines.append("held back \(report.heldBack) times: no sender took more bytes") }
        lines.append("received  \(report.received.count)\(rate(report.received)), \(report.receivedBytes) bytes")
        if report.latencies.count > 0 { lines.append("latency   \(times(report.latencies))") }
        if report.spreads.count > 0 {
            lines.append(
                "spread    \(times(report.spreads)), of \(report.spreads.count) messages with "
                    + "\(report.receiptsOfSpreads / Int(report.spreads.count)) receipts each")
        }
        for (code, closes) in report.closes.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            lines.append("closed    \(closes.count) with \(code.rawValue) \(TerminalText.safe(closes.reason))")
        }
        lines.append("ended     \(report.ended), \(report.endedAnswered) with an answer")
        return lines
    }

    private func rate(_ count: SwarmReport.Count) -> String {
        count.perSecond.map { " (\(Int($0.rounded())) a second)" } ?? ""
    }

    private func times(_ histogram: Histogram) -> String {
        guard let half = histogram.percentile(0.5), let most = histogram.percentile(0.99) else { return "none" }
        return "p50 \(milliseconds(half)) ms, p99 \(milliseconds(most)) ms, max \(milliseconds(histogram.maximum)) ms"
    }

    private func milliseconds(_ nanoseconds: UInt64) -> Double { Double(nanoseconds / 1000) / 1000 }

    // MARK: For programs

    var json: JSONValue {
        var object: JSONObject = ["wanted": .number(wanted)]
        object["opened"] = count(report.opened)
        object["handshakes"] = value(report.handshakes)
        object["refused"] = .number(report.failed)
        object["refusals"] = .array(
            report.failures.values.sorted { $0.count > $1.count }.map { failures in
                ["count": .number(failures.count), "example": example(failures.example)]
            })
        object["sent"] = count(report.sent)
        object["heldBack"] = .number(report.heldBack)
        object["received"] = count(report.received)
        object["receivedBytes"] = .number(report.receivedBytes)
        object["latency"] = value(report.latencies)
        object["spread"] = value(report.spreads)
        object["spreadReceipts"] = .number(report.receiptsOfSpreads)
        object["closes"] = .object(closes)
        object["ended"] = .number(report.ended)
        object["endedAnswered"] = .number(report.endedAnswered)
        return .object(object)
    }

    private var closes: JSONObject {
        var object: JSONObject = [:]
        for (code, closes) in report.closes.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            object["\(code.rawValue)"] = ["count": .number(closes.count), "reason": .string(closes.reason)]
        }
        return object
    }

    private func example(_ failure: HandshakeFailure) -> JSONValue {
        guard case .refused(let refusal) = failure else {
            return ["sentence": .string(failure.sentences(of: url).joined(separator: " "))]
        }
        return ["status": .number(refusal.status), "body": .string(String(decoding: refusal.body, as: UTF8.self))]
    }

    private func count(_ count: SwarmReport.Count) -> JSONValue {
        ["count": .number(count.count), "seconds": number(count.seconds), "perSecond": number(count.perSecond ?? 0)]
    }

    private func value(_ histogram: Histogram) -> JSONValue {
        [
            "count": .number(Int(clamping: histogram.count)),
            "p50": number(milliseconds(histogram.percentile(0.5) ?? 0)),
            "p99": number(milliseconds(histogram.percentile(0.99) ?? 0)),
            "max": number(milliseconds(histogram.maximum)),
        ]
    }

    private func number(_ value: Double) -> JSONValue { .number("\(value)") }
}
