package import WebSocketFront

/// A line that somebody has typed: a message, or a command that begins with a slash.
package enum TypedLine: Equatable {
    case message(String)
    case ping(String)
    case close(CloseCode?, reason: String)
    /// No such command, or a wrong one: a sentence says so.
    case wrong(String)

    package init(_ line: String) {
        guard line.hasPrefix("/") else {
            self = .message(line)
            return
        }
        let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true).map(String.init)
        switch words.first {
        case _ where line.hasPrefix("//"): self = .message(String(line.dropFirst()))
        case "/ping":
            let payload = words.dropFirst().joined(separator: " ")
            self = payload.utf8.count <= 125 ? .ping(payload) : .wrong("A ping holds 125 bytes at most.")
        case "/close": self = Self.close(words)
        default:
            self = .wrong(
                "Commands are /close [CODE [REASON]] and /ping [TEXT]; a message that begins with / is typed with two of them."
            )
        }
    }

    private static func close(_ words: [String]) -> TypedLine {
        guard words.count > 1 else { return .close(nil, reason: "") }
        guard let code = UInt16(words[1]).map(CloseCode.init), code.maySend else {
            return .wrong(
                "'\(words[1])' is no code that may be sent: those are 1000 to 1003, 1007 to 1014 and 3000 to 4999.")
        }
        let reason = words.count > 2 ? words[2] : ""
        guard reason.utf8.count <= 123 else { return .wrong("A reason has 123 bytes at most.") }
        return .close(code, reason: reason)
    }
}
