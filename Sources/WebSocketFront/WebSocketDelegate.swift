package import NIOCore

/// What a connection's messages are for. Called on the connection's loop only.
package protocol WebSocketDelegate: AnyObject {
    /// The client has been told that it may speak. Comes first, before whatever it has sent already.
    func opened(_ connection: WebSocketConnection)
    /// A whole message, fragments put together; a text is UTF-8.
    func messageReceived(_ kind: MessageKind, _ bytes: ByteBuffer, _ connection: WebSocketConnection)
    /// A message that comes in pieces takes so many bytes by now; 0 when it is complete. False ends the connection (1011):
    /// all clients' unfinished messages together may be more than there is memory for.
    func mayHold(_ bytes: Int, _ connection: WebSocketConnection) -> Bool
    /// So many bytes would wait for a client that takes none. False lets it fall behind: what waits for all clients
    /// together may be more than there is memory for.
    func mayQueue(_ bytes: Int, _ connection: WebSocketConnection) -> Bool
    /// The client takes bytes again, or takes none for now.
    func writabilityChanged(_ isWritable: Bool, _ connection: WebSocketConnection)
    /// A message was not sent because `queued` bytes wait for the client already.
    func fellBehind(queued: Int, _ connection: WebSocketConnection) -> SlowReader
    /// Comes once and last; nothing can be sent by then.
    func closed(_ closure: WebSocketClosure, _ connection: WebSocketConnection)
}

extension WebSocketDelegate {
    package func opened(_ connection: WebSocketConnection) {}
    package func mayHold(_ bytes: Int, _ connection: WebSocketConnection) -> Bool { true }
    package func mayQueue(_ bytes: Int, _ connection: WebSocketConnection) -> Bool { true }
    package func writabilityChanged(_ isWritable: Bool, _ connection: WebSocketConnection) {}
    package func fellBehind(queued: Int, _ connection: WebSocketConnection) -> SlowReader { .keep }
}

/// What becomes of a client that takes its messages more slowly than they come.
package enum SlowReader: Sendable {
    /// It misses this message, and whoever sent it is told.
    case keep
    /// It is sent a close frame behind what waits already, and is given `closingTime` to take that.
    case close(CloseCode, reason: String)
    case abort
}

/// How a connection ended.
package struct WebSocketClosure: Equatable, Sendable {
    package enum Side: Sendable {
        case client
        case gateway
    }

    /// As the close frame had it; `noStatus` when it had none, `abnormal` when there was no such frame.
    package let code: CloseCode
    package let reason: String
    /// Who ended it.
    package let side: Side

    package init(_ code: CloseCode, reason: String = "", by side: Side) {
        self.code = code
        self.reason = reason
        self.side = side
    }
}
