import NIOCore
import Testing
import WebSocketFront

@testable import WebSocketClient

@Suite("Deliveries of messages")
struct DeliveriesTests {
    @Test("latencies are from the sending to each receipt, the spread from the first to the last")
    func numbered() {
        var deliveries = Deliveries()
        deliveries.sent(.number(0), at: 10)
        deliveries.sent(.number(1), at: 20)
        for time in [13, 15, 40] as [UInt64] { deliveries.received(.number(0), at: time) }
        deliveries.received(.number(1), at: 21)
        #expect((deliveries.latencies.count, deliveries.latencies.maximum) == (4, 30))
        #expect(deliveries.spreads.count == 0)
        deliveries.finish()
        #expect((deliveries.spreads.count, deliveries.spreads.maximum) == (1, 27))
        #expect(deliveries.receiptsOfSpreads == 3)
    }

    @Test("messages without a number are known by their content, and have no latencies")
    func content() {
        var deliveries = Deliveries()
        for time in [1, 2, 9] as [UInt64] { deliveries.received(.content(7), at: time) }
        deliveries.received(.content(8), at: 50)
        deliveries.finish()
        #expect((deliveries.spreads.count, deliveries.spreads.maximum) == (1, 8))
        #expect(deliveries.latencies.count == 0)
    }

    @Test("only the newest are remembered; of an older one the spread is known")
    func bounded() {
        var deliveries = Deliveries()
        deliveries.received(.content(-1), at: 5)
        deliveries.received(.content(-1), at: 8)
        for number in 0..<Deliveries.remembered { deliveries.sent(.number(number), at: 10) }
        #expect((deliveries.spreads.count, deliveries.spreads.maximum) == (1, 3))
        deliveries.sent(.number(Deliveries.remembered), at: 10)
        deliveries.received(.number(0), at: 12)
        #expect(deliveries.latencies.count == 0)
        deliveries.received(.number(1), at: 12)
        #expect(deliveries.latencies.count == 1)
    }
}

@Suite("A swarm's message")
struct SwarmMessageTests {
    private func payload(_ message: SwarmMessage, _ number: Int) -> ByteBuffer {
        var bytes = message.frame(number: number).bytes
        bytes.moveReaderIndex(forwardBy: 2)
        return bytes
    }

    @Test("has another word in the place of {id}, by which it is known in whatever it comes back in")
    func numbered() {
        let message = SwarmMessage(#"{"data":"{id}"}"#)
        for number in [0, 7, 9_999_999_999] {
            let sent = String(buffer: payload(message, number))
            #expect(sent.hasPrefix(#"{"data":""#) && sent.hasSuffix(#""}"#) && !sent.contains("{id}"))
            #expect(message.number(in: ByteBuffer(string: sent)) == number)
            #expect(message.number(in: ByteBuffer(string: "you said: \(sent), twice \(sent)")) == number)
        }
        #expect(payload(message, 1) != payload(message, 2))
    }

    @Test("is not taken for that of another swarm, nor for another text")
    func others() {
        let message = SwarmMessage("{id}")
        let text = String(buffer: payload(message, 1))
        let other = SwarmMessage("x{id}")
        #expect(message.number(in: ByteBuffer(string: "m000000-0000000001")) == nil)
        #expect(message.number(in: ByteBuffer(string: String(text.dropLast()))) == nil)
        #expect(message.number(in: ByteBuffer()) == nil)
        // By chance two swarms have one mark, once in millions of runs.
        #expect(
            other.number(in: ByteBuffer(string: text)) == nil || payload(other, 1) == ByteBuffer(string: "x\(text)"))
    }

    @Test("without a place for a number is what it is")
    func plain() {
        let message = SwarmMessage("hello")
        #expect(!message.isNumbered)
        #expect(payload(message, 3) == ByteBuffer(string: "hello"))
        #expect(message.number(in: ByteBuffer(string: "hello")) == nil)
    }
}

@Suite("A pace")
struct PaceTests {
    private func time(_ milliseconds: Int64) -> NIODeadline {
        .uptimeNanoseconds(0) + .milliseconds(1_000_000 + milliseconds)
    }

    @Test("is kept over a long time, whatever the ticks")
    func kept() {
        var pace = Pace(perSecond: 30, from: time(0))
        var done = 0
        for tick in 0...2000 {
            for _ in 0..<pace.due(at: time(Int64(tick) * 5)) {
                pace.use()
                done += 1
            }
        }
        #expect(abs(done - 301) <= 1)
    }

    @Test("begins at once, and does not make up for a standstill")
    func standstill() {
        var pace = Pace(perSecond: 100, from: time(0))
        #expect(pace.due(at: time(0)) == 1)
        #expect(pace.due(at: time(10_000)) == 10)
    }
}
