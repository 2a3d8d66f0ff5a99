import HTTPFront
import NIOCore
import NIOPosix
import TestSockets
import WebSocketFront

@testable import WebSocketClient

/// A server whose connections do what the messages say, all on one loop:
///
/// - `all …` is sent to all connections, anything else comes back;
/// - `close CODE REASON` closes, `abort` ends without a word, `ping` pings, `bytes` sends bytes.
enum Playground {
    static func with<Result>(
        subprotocol: String? = nil, _ body: (Playing) async throws -> Result
    ) async throws -> Result {
        let room = Room()
        let service: @Sendable () -> any HTTPService = {
            let service = UpgradingService(room)
            service.subprotocol = subprotocol
            service.limits.takesBinary = true
            return service
        }
        return try await LoopbackServer.with(loops: 1, service) { port, _ in try await body(Playing(port: port)) }
    }

    struct Playing {
        let port: Int
        let loop = MultiThreadedEventLoopGroup.singleton.next()

        func dialer(_ subprotocols: [String] = []) throws -> Dialer {
            try Dialer(
                ClientHandshake(WebSocketURL("ws://127.0.0.1:\(port)/"), subprotocols: subprotocols), tls: nil,
                time: .seconds(20))
        }

        /// What was shown, and how it ended.
        func talk(
            _ steps: [Conversation.Step], timeout: TimeAmount = .seconds(20), subprotocols: [String] = [],
            then: (Talk) async -> Void = { _ in }
        ) async throws -> (events: [String], outcome: String) {
            let (shown, show) = AsyncStream.makeStream(of: Conversation.Event.self)
            let (copies, copy) = AsyncStream.makeStream(of: Conversation.Event.self)
            let handle = try await Conversation.begin(
                try dialer(subprotocols), steps: steps, timeout: timeout, on: loop
            ) { event in
                show.yield(event)
                copy.yield(event)
                if case .closed = event { copy.finish() }
            }
            await then(Talk(handle: handle, loop: loop, events: copies))
            let outcome = try await handle.outcome()
            show.finish()
            var events: [String] = []
            for await event in shown { events.append(event.words) }
            return (events, outcome.words)
        }

        func swarm(_ change: (inout SwarmPlan) -> Void) async throws -> Swarm.Handle {
            var plan = SwarmPlan()
            plan.connectionsPerSecond = 10_000
            plan.messagesPerSecond = 10_000
            change(&plan)
            return try await Swarm.begin(plan, try dialer(), on: loop)
        }
    }

    /// A conversation under way.
    struct Talk {
        let handle: Conversation.Handle
        fileprivate let loop: any EventLoop
        fileprivate let events: AsyncStream<Conversation.Event>

        /// All at once: nothing is heard between them.
        func type(_ lines: String...) { loop.execute { for line in lines { handle.typed(line) } } }

        /// Returns when this was shown, behind what was waited for before, or when the connection has ended.
        func until(_ words: String) async {
            for await event in events where event.words == words { return }
        }
    }

    /// Of one loop, as all that it knows are.
    private final class Room: WebSocketDelegate, @unchecked Sendable {
        private var present: [ObjectIdentifier: WebSocketConnection] = [:]

        func opened(_ connection: WebSocketConnection) { present[ObjectIdentifier(connection)] = connection }

        func messageReceived(_ kind: MessageKind, _ bytes: ByteBuffer, _ connection: WebSocketConnection) {
            let words = String(buffer: bytes).split(separator: " ", maxSplits: 2)
            switch words.first {
            case "all": for one in present.values { one.send(WebSocketFrame(kind, bytes)) }
            case "close": connection.close(CloseCode(rawValue: UInt16(words[1]) ?? 1000), reason: String(words[2]))
            case "abort": connection.abort()
            case "ping": connection.send(.ping(ByteBuffer(string: "there?")))
            case "bytes": connection.send(WebSocketFrame(.binary, ByteBuffer(bytes: [0, 255])))
            default: connection.send(WebSocketFrame(kind, bytes))
            }
        }

        func closed(_ closure: WebSocketClosure, _ connection: WebSocketConnection) {
            present.removeValue(forKey: ObjectIdentifier(connection))
        }
    }
}

extension Conversation.Event {
    var words: String {
        switch self {
        case .opened(let subprotocol): "open" + (subprotocol.map { " \($0)" } ?? "")
        case .sent(let text): "> \(text)"
        case .received(.text, let bytes): "< \(String(buffer: bytes))"
        case .received(.binary, let bytes): "< \(Array(bytes.readableBytesView))"
        case .pinged(let payload): "< ping \(String(buffer: payload))"
        case .ponged(let payload, let after): "< pong \(String(buffer: payload))\(after == nil ? ", unasked" : "")"
        case .closed(let closure): "closed \(closure.code.rawValue) \(closure.reason) by \(closure.side)"
        case .wrong: "wrong"
        }
    }
}

extension Conversation.Outcome {
    var words: String {
        switch self {
        case .ended: "ended"
        case .broken: "broken"
        case .notOpened: "not opened"
        case .late(let text): "late \(text)"
        case .missing(let text, _): "missing \(text)"
        case .stopped: "stopped"
        }
    }
}
