import NIOCore
import TestFixtures
import Testing

@testable import HTTPFront

/// Inputs that nobody thought of, the same ones in every run: what must hold holds for them too.
@Suite("The front under random input")
struct FuzzTests {
    // MARK: Parsers

    @Test("a head is read the same in pieces as whole", arguments: Seeds.all)
    func heads(seed: UInt64) {
        var generator = RequestGenerator(seed: seed)
        for round in 0..<2000 {
            let bytes = generator.random.mutated(generator.connection())
            let takesTunnels = round % 2 == 1
            let whole = readHead([bytes], takesTunnels)
            let pieces = readHead(generator.random.pieces(of: bytes, cuts: 6), takesTunnels)
            #expect(whole == pieces, "round \(round) of seed \(seed): \(bytes.latin1.debugDescription)")
        }
    }

    private struct HeadOutcome: Equatable {
        var result = RequestHeadParser.Result.incomplete
        var facts: HeadFacts?
        var rest = ""
    }

    private func readHead(_ pieces: [[UInt8]], _ takesTunnels: Bool) -> HeadOutcome {
        var input = ByteBuffer()
        let head = RequestHead()
        head.takesTunnels = takesTunnels
        var scanned = 0
        var outcome = HeadOutcome()
        for piece in pieces {
            input.writeBytes(piece)
            guard outcome.result == .incomplete else { continue }
            outcome.result = RequestHeadParser.parse(&input, into: head, scanned: &scanned)
        }
        if outcome.result == .complete {
            outcome.facts = HeadFacts(head)
            outcome.rest = input.latin1
        }
        return outcome
    }

    @Test("a response's head is read the same in pieces as whole", arguments: Seeds.all)
    func responseHeads(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for round in 0..<2000 {
            let bytes = random.mutated(Array(random.pick(ResponseHeadParserTests.accepted).text.utf8))
            let whole = readResponse([bytes])
            let pieces = readResponse(random.pieces(of: bytes, cuts: 6))
            #expect(whole == pieces, "round \(round) of seed \(seed): \(bytes.latin1.debugDescription)")
        }
    }

    private func readResponse(_ pieces: [[UInt8]]) -> [String] {
        var input = ByteBuffer()
        let head = ResponseHead()
        var scanned = 0
        var result = ResponseHeadParser.Result.incomplete
        for piece in pieces {
            input.writeBytes(piece)
            guard result == .incomplete else { continue }
            result = ResponseHeadParser.parse(&input, into: head, scanned: &scanned, isHead: false)
        }
        guard result == .complete else { return ["\(result)"] }
        return ["\(head.status) \(head.body) \(head.keepsAlive) \(head.fields.map(\.known))", input.latin1]
    }

    @Test("a chunked body is read the same in pieces as whole, and keeps little", arguments: Seeds.all)
    func chunks(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for round in 0..<2000 {
            let body = random.pick(ChunkedDecoderTests.bodies).text + random.pick(ChunkedDecoderTests.bodies).text
            let bytes = random.mutated(Array(ByteBuffer(latin1: body).readableBytesView))
            let whole = decode([bytes])
            let pieces = decode(random.pieces(of: bytes, cuts: 6))
            #expect(whole == pieces, "round \(round) of seed \(seed): \(bytes.latin1.debugDescription)")
            #expect(whole.first?.utf8.count ?? 0 <= bytes.count * 2)
        }
    }

    private func decode(_ pieces: [[UInt8]]) -> [String] {
        var decoder = ChunkedDecoder()
        var input = ByteBuffer()
        var data = ""
        var last = ChunkedDecoder.Event.needsMore
        for piece in pieces where last == .needsMore {
            input.writeBytes(piece)
            events: while true {
                last = decoder.next(&input)
                guard case .data(let bytes) = last else { break events }
                data += bytes.latin1
            }
        }
        return [data, "\(last)"]
    }

    // MARK: Connections

    @Test("a connection tells its service what the parsers read", arguments: Seeds.all)
    func agrees(seed: UInt64) throws {
        var generator = RequestGenerator(seed: seed)
        for round in 0..<500 {
            let bytes = generator.connection()
            let read = FrontReader(bytes)
            let client = try TestClient()
            client.service.bodyLimit = .max
            for piece in generator.random.pieces(of: bytes, cuts: 6) { client.send(piece) }
            let comment: Comment = "round \(round) of seed \(seed): \(bytes.latin1.debugDescription)"
            #expect(client.service.heads.count == read.requests.count, comment)
            #expect(client.service.count(.end) == read.requests.count { $0.isComplete }, comment)
            #expect(client.service.body == read.requests.map(\.body.latin1).joined(), comment)
            let ends = read.isRefused || read.requests.contains { $0.isComplete && !$0.keepsAlive }
            #expect(client.isAtEnd == ends, comment)
        }
    }

    @Test("a connection survives every client and service, within bounds, and ends", arguments: Seeds.all)
    func survives(seed: UInt64) throws {
        var generator = RequestGenerator(seed: seed)
        for round in 0..<300 {
            let play = try RandomPlay(random: SeededGenerator(seed: generator.random.next()))
            var bytes = generator.connection()
            // Now and then so much that it meets every limit.
            if generator.random.once(in: 10) { bytes = (0..<2000).flatMap { _ in bytes } }
            for piece in generator.random.pieces(of: bytes, cuts: 30) {
                play.send(piece)
                #expect(play.isWithinBounds, "round \(round) of seed \(seed)")
            }
            play.end()
            #expect(
                play.client.isClosed, "round \(round) of seed \(seed): \(bytes.prefix(2000).latin1.debugDescription)")
            #expect(play.client.loops.count == 0)
        }
    }
}
