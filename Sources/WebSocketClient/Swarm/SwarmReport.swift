package import WebSocketFront

/// What a swarm has seen so far, or in the end.
package struct SwarmReport: Sendable {
    /// Failures of one kind, with one of them.
    package struct Failures: Sendable {
        package var count: Int
        package let example: HandshakeFailure
    }

    /// Ends of one code that the swarm has not begun, with the reason of one of them.
    package struct Closes: Sendable {
        package var count: Int
        package let reason: String
    }

    /// How many of something there were, and between which moments.
    package struct Count: Sendable {
        package private(set) var count = 0
        private var first: UInt64 = 0
        private var last: UInt64 = 0

        mutating func add(at time: UInt64) {
            if count == 0 { first = time }
            last = time
            count += 1
        }

        /// From the first one to the last one.
        package var seconds: Double { Double(last - first) / 1e9 }
        /// The first one begins the time; it does not fall into it.
        package var perSecond: Double? { count > 1 && last > first ? Double(count - 1) / seconds : nil }
    }

    package internal(set) var opened = Count()
    package internal(set) var failed = 0
    package internal(set) var failures: [String: Failures] = [:]
    /// Handshakes, from the beginning of TCP on, in nanoseconds.
    package internal(set) var handshakes = Histogram()
    /// At the moment.
    package internal(set) var open = 0
    package internal(set) var sent = Count()
    /// Times that a message was due and no sender took more bytes.
    package internal(set) var heldBack = 0
    package internal(set) var received = Count()
    package internal(set) var receivedBytes = 0
    package internal(set) var latencies = Histogram()
    package internal(set) var spreads = Histogram()
    /// Of the messages that `spreads` counts.
    package internal(set) var receiptsOfSpreads = 0
    package internal(set) var closes: [CloseCode: Closes] = [:]
    /// Connections that the swarm ended, and that the server answered.
    package internal(set) var ended = 0
    package internal(set) var endedAnswered = 0

    /// Kinds of failures that are told apart: a server may answer each handshake in other words.
    private static let kinds = 32

    mutating func fail(_ failure: HandshakeFailure) {
        failed += 1
        var kind = failure.kind
        if failures.count >= Self.kinds, failures[kind] == nil { kind = "other" }
        failures[kind, default: Failures(count: 0, example: failure)].count += 1
    }

    mutating func close(_ closure: WebSocketClosure) {
        closes[closure.code, default: Closes(count: 0, reason: closure.reason)].count += 1
    }
}

extension HandshakeFailure {
    /// What failures are counted by.
    fileprivate var kind: String {
        switch self {
        case .unreachable(let error), .insecure(let error): "\(error)"
        case .refused(let refusal): "\(refusal.status)"
        case .wrong(let sentence): sentence
        case .ended: "ended"
        case .late: "late"
        }
    }
}
