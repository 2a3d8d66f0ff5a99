import NIOCore
import TestFixtures
import TestSockets

@testable import HTTPFront

/// A client and a service that each do whatever they may, at random.
final class RandomPlay {
    let client: TestClient
    private var random: SeededGenerator
    private var hasEnded = false
    private var isPaused = false
    private static let largestBody = 100_000

    init(random: SeededGenerator) throws {
        self.random = random
        client = try TestClient()
        client.service.onHead = { [unowned self] in
            (hasEnded, isPaused) = (false, false)
            client.service.bodyLimit = self.random.once(in: 4) ? self.random.below(30) : RecordingService.bodyBytes
            act($0, once: 3)
        }
        client.service.onBody = { [unowned self] _, connection in act(connection, once: 2) }
        client.service.onEnd = { [unowned self] in
            hasEnded = true
            act($0, once: 2)
        }
        client.service.onTooLarge = { [unowned self] in
            hasEnded = true
            if $0.canRespond { $0.answer(status: 413, "large") } else { $0.abort() }
        }
        if self.random.once(in: 3) { client.socket.stopTaking() }
    }

    /// The client sends a piece, and then both sides may do something.
    func send(_ piece: [UInt8]) {
        // A read of a socket is not larger.
        var rest = piece[...]
        repeat {
            client.send(Array(rest.prefix(65_536)))
            rest = rest.dropFirst(65_536)
        } while !rest.isEmpty
        switch random.below(12) {
        case 0..<3: client.socket.take(random.below(70_000))
        case 3: client.socket.take()
        case 4: client.wait(.milliseconds(Int64(random.below(20_000))))
        case 5 where random.once(in: 4): client.closeInput()
        case 5 where random.once(in: 4): client.reset()
        case 6 where random.once(in: 8): _ = client.loops.drain()
        default: break
        }
        act(client.connection, once: 2)
        client.deliver()
    }

    /// Both sides do what they still have to, and time passes: no connection outlives that.
    func end() {
        client.socket.take()
        for _ in 0..<10_000 where client.connection.isBusy && !client.isClosed {
            let before = client.service.events.count
            finish(client.connection)
            client.deliver()
            if client.service.events.count == before, !client.connection.isBusy { break }
            if client.service.events.count == before, !hasEnded { break }
        }
        client.wait(.minutes(10))
        if client.connection.isBusy { finish(client.connection) }
        client.wait(.minutes(10))
    }

    /// What a connection keeps of a client's bytes, and of the answers that it does not take.
    var isWithinBounds: Bool {
        let input = Mirror(reflecting: client.connection).children.first { $0.label == "input" }?.value as? ByteBuffer
        guard let input else { return false }
        return input.readableBytes <= HTTPLimits.headBytes + 65_536
            && client.connection.out.readableBytes <= HTTPLimits.pipelinedBytes + Self.largestBody
            && client.socket.pending <= 65_536 + 3 * Self.largestBody
    }

    // MARK: The service

    private func act(_ connection: HTTPStream, once: Int) {
        guard connection.isBusy, random.once(in: once) else { return }
        switch random.below(10) {
        case 0..<2:
            isPaused = true
            connection.setReading(false)
        case 2..<5 where connection.canRespond && (hasEnded || random.once(in: 6)): answer(connection)
        case 5 where connection.canRespond:
            connection.startResponse(status: 200)
            connection.finishHead(random.once(in: 2) ? .stream : .length(10))
            connection.flushResponse()
        case 6 where connection.hasResponseBegun && connection.isWritable:
            connection.writeBody(ByteBuffer(repeating: 0x62, count: random.below(Self.largestBody)))
            connection.flushResponse()
        case 7 where connection.hasResponseBegun && hasEnded: connection.endResponse()
        case 8 where random.once(in: 20): connection.abort()
        default:
            isPaused = false
            connection.setReading(true)
        }
    }

    private func answer(_ connection: HTTPStream) {
        if random.once(in: 3) {
            connection.answer(pieces: ["a", "", String(repeating: "b", count: random.below(Self.largestBody))])
        } else {
            connection.answer(status: random.pick([200, 404, 500]), String(repeating: "c", count: random.below(1000)))
        }
    }

    /// Ends what is under way, if its request has ended.
    private func finish(_ connection: HTTPStream) {
        if isPaused {
            isPaused = false
            connection.setReading(true)
        }
        guard hasEnded else { return }
        if connection.canRespond { connection.answer("ok") } else { connection.endResponse() }
    }
}
