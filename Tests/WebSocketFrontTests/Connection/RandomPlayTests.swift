import NIOCore
import TestFixtures
import TestSockets
import Testing

@testable import HTTPFront
@testable import WebSocketFront

/// A client and a delegate that each do whatever they may, at random, the same in every run.
@Suite("A WebSocket connection whatever both sides do")
struct RandomPlayTests {
    private final class Play {
        let session: TestSession
        let limits: WebSocketLimits
        private var random: SeededGenerator

        init(random: SeededGenerator, limits: WebSocketLimits) throws {
            self.random = random
            self.limits = limits
            session = try TestSession()
            session.service.limits = limits
            session.delegate.slowReader = self.random.pick([.keep, .close(.policyViolation, reason: "slow"), .abort])
            session.delegate.onOpen = { [unowned self] connection in act(connection, once: 6) }
            session.delegate.onWritable = { [unowned self] _, connection in act(connection, once: 3) }
            session.delegate.onMessage = { [unowned self] _, connection in act(connection, once: 2) }
            if self.random.once(in: 3) { session.service.acceptsAtOnce = false }
        }

        func run() {
            session.handshake()
            for _ in 0...random.below(12) {
                for piece in random.pieces(of: random.frames(), cuts: 3) where !piece.isEmpty { session.send(piece) }
                clientActs()
                if session.connection == nil, random.once(in: 2) { session.service.accept(session.http) }
                if let connection = session.connection { act(connection, once: 3) }
                let most = max(limits.queuedBytes, 65_536 + 40_000) + 200
                if let queued = session.connection?.queuedBytes { #expect(queued <= most) }
                session.deliver()
            }
            if session.connection == nil { session.service.accept(session.http) }
            session.socket.take()
            session.wait(.hours(3))
            session.wait(.seconds(10))
        }

        private func act(_ connection: WebSocketConnection, once count: Int) {
            guard random.once(in: count) else { return }
            switch random.below(12) {
            case 0: connection.close(.normal, reason: "enough")
            case 1 where random.once(in: 3): connection.abort()
            case 2: connection.setReading(false)
            case 3, 4: connection.setReading(true)
            case 5: connection.send(.ping(ByteBuffer(string: "?")))
            default:
                for _ in 0...random.below(8) {
                    connection.send(WebSocketFrame(.text, ByteBuffer(repeating: 65, count: random.below(40_000))))
                }
            }
        }

        private func clientActs() {
            switch random.below(20) {
            case 0, 1, 2: session.socket.stopTaking()
            case 3, 4, 5: session.socket.take(random.below(50_000))
            case 6: session.socket.take()
            case 7: session.closeInput()
            case 8 where random.once(in: 3): session.reset()
            case 9: session.wait(.seconds(Int64(random.below(900))))
            default: break
            }
        }
    }

    @Test("it keeps little, comes to an end, and its delegate hears of that once and last", arguments: Seeds.all)
    func ends(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for round in 0..<150 {
            var limits = random.once(in: 2) ? WebSocketLimits.everything : .aws
            limits.queuedBytes = random.pick([1_000, 100_000, 262_144])
            let play = try Play(random: SeededGenerator(seed: random.next()), limits: limits)
            play.run()
            let session = play.session
            let told = session.delegate.told()
            #expect(session.isClosed && session.loops.count == 0, "round \(round) of seed \(seed)")
            guard session.connection != nil else {
                #expect(told.isEmpty)
                continue
            }
            #expect(told.first == "opened" && told.count { $0 == "opened" } == 1)
            #expect(told.last?.hasPrefix("closed") == true && told.count { $0.hasPrefix("closed") } == 1, "\(told)")
            _ = session.head()
            let frames = session.received()
            // Whole frames, and nothing behind a close frame; only an end without one may cut.
            let closing = frames.firstIndex { $0.hasPrefix("close") }
            #expect(closing == nil || closing == frames.count - 1, "round \(round) of seed \(seed): \(frames)")
            let whole = closing == nil ? frames.dropLast() : frames[...]
            #expect(whole.allSatisfy { !$0.hasPrefix("rest") && !$0.hasPrefix("flags") })
        }
    }
}
