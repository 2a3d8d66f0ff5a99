import HTTPFront
import NIOCore

@testable import WebSocketFront

/// Writes down what it is told, and answers as a test says.
final class RecordingDelegate: WebSocketDelegate {
    private(set) var events: [String] = []
    private(set) var connection: WebSocketConnection?
    var slowReader = SlowReader.keep
    /// Bytes that may be held of messages under way, and those that are.
    var memory = Int.max
    private(set) var heldBytes = 0
    var onOpen: (WebSocketConnection) -> Void = { _ in }
    var onMessage: (ByteBuffer, WebSocketConnection) -> Void = { _, _ in }
    var onWritable: (Bool, WebSocketConnection) -> Void = { _, _ in }

    func opened(_ connection: WebSocketConnection) {
        self.connection = connection
        events.append("opened")
        onOpen(connection)
    }

    func messageReceived(_ kind: MessageKind, _ bytes: ByteBuffer, _ connection: WebSocketConnection) {
        events.append("\(kind) \(bytes.words)")
        onMessage(bytes, connection)
    }

    func writabilityChanged(_ isWritable: Bool, _ connection: WebSocketConnection) {
        events.append(isWritable ? "writable" : "full")
        onWritable(isWritable, connection)
    }

    func fellBehind(queued: Int, _ connection: WebSocketConnection) -> SlowReader {
        events.append("behind")
        return slowReader
    }

    func takesMemory(_ bytes: Int, _ connection: WebSocketConnection) -> Bool {
        guard bytes <= memory - heldBytes else { return false }
        heldBytes += bytes
        return true
    }

    func gaveMemory(_ bytes: Int, _ connection: WebSocketConnection) { heldBytes -= bytes }

    func closed(_ closure: WebSocketClosure, _ connection: WebSocketConnection) {
        events.append("closed \(closure.code.rawValue) \(closure.reason) by \(closure.side)")
    }

    /// What was told since the last call.
    func told() -> [String] {
        defer { events = [] }
        return events
    }
}
