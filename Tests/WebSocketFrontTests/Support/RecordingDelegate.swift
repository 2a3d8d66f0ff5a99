import HTTPFront
import NIOCore

@testable import WebSocketFront

/// Writes down what it is told, and answers as a test says.
final class RecordingDelegate: WebSocketDelegate {
    private(set) var events: [String] = []
    private(set) var connection: WebSocketConnection?
    var slowReader = SlowReader.keep
    /// How much of an unfinished message may be held, and how much is.
    var memory = Int.max
    private(set) var held = 0
    /// How much may wait.
    var queue = Int.max
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

    func mayHold(_ bytes: Int, _ connection: WebSocketConnection) -> Bool {
        held = bytes
        return bytes <= memory
    }

    func mayQueue(_ bytes: Int, _ connection: WebSocketConnection) -> Bool { bytes <= queue }

    func writabilityChanged(_ isWritable: Bool, _ connection: WebSocketConnection) {
        events.append(isWritable ? "writable" : "full")
        onWritable(isWritable, connection)
    }

    func fellBehind(queued: Int, _ connection: WebSocketConnection) -> SlowReader {
        events.append("behind")
        return slowReader
    }

    func closed(_ closure: WebSocketClosure, _ connection: WebSocketConnection) {
        events.append("closed \(closure.code.rawValue) \(closure.reason) by \(closure.side)")
    }

    /// What was told since the last call.
    func told() -> [String] {
        defer { events = [] }
        return events
    }
}
