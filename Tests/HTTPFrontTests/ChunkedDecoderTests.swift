import NIOCore
import Testing

@testable import HTTPFront

@Suite("Chunked bodies")
struct ChunkedDecoderTests {
    struct Outcome: Equatable {
        var body = ""
        var last = ChunkedDecoder.Event.needsMore
        var rest = ""
    }

    /// Feeds the pieces until the decoder is done or has refused.
    private func decode(_ pieces: [String]) -> Outcome {
        var decoder = ChunkedDecoder()
        var input = ByteBuffer()
        var outcome = Outcome()
        for piece in pieces {
            input.writeImmutableBuffer(ByteBuffer(latin1: piece))
            guard outcome.last == .needsMore else { continue }
            events: while true {
                outcome.last = decoder.next(&input)
                guard case .data(let bytes) = outcome.last else { break events }
                outcome.body += bytes.latin1
            }
        }
        outcome.rest = input.latin1
        return outcome
    }

    // MARK: Bodies that are read

    struct Body: CustomTestStringConvertible, Sendable {
        let text: String
        let body: String
        var testDescription: String { String(text.debugDescription.prefix(60)) }

        init(_ text: String, _ body: String) {
            self.text = text
            self.body = body
        }
    }

    static let bodies: [Body] = [
        Body("0\r\n\r\n", ""),
        Body("000\r\n\r\n", ""),
        Body("3\r\nabc\r\n0\r\n\r\n", "abc"),
        Body("1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", "abc"),
        Body("000000000000003\r\nabc\r\n0\r\n\r\n", "abc"),
        Body("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789"),
        Body("1b\r\nabcdefghijklmnopqrstuvwxyz!\r\n0\r\n\r\n", "abcdefghijklmnopqrstuvwxyz!"),
        // Data that looks like framing is data.
        Body("7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n", "\r\n0\r\n\r\n"),
        Body("1\r\n\n\r\n1\r\n\r\r\n0\r\n\r\n", "\n\r"),
        Body("2\r\n\0\u{FF}\r\n0\r\n\r\n", "\0\u{FF}"),
        // Extensions say nothing to us (RFC 9112 section 7.1.1).
        Body("3;a\r\nabc\r\n0\r\n\r\n", "abc"),
        Body("3;a=b;c=\"d e;f\"\r\nabc\r\n0;last\r\n\r\n", "abc"),
        Body("3; a = b\r\nabc\r\n0\r\n\r\n", "abc"),
        // Nor do trailers, framing among them.
        Body("0\r\nA: b\r\n\r\n", ""),
        Body("3\r\nabc\r\n0\r\nA:\r\nContent-Length: 99\r\nTransfer-Encoding: x\r\n\r\n", "abc"),
        Body("0\r\nA:\t\u{E9} b \r\n\r\n", ""),
    ]

    @Test("reads a body to its end and not beyond", arguments: bodies)
    func reads(body: Body) {
        #expect(decode([body.text + "next"]) == Outcome(body: body.body, last: .end, rest: "next"))
    }

    @Test("reads the same wherever the bytes are cut", arguments: bodies)
    func readsPieces(body: Body) {
        for pieces in cuts(of: body.text) {
            #expect(decode(pieces) == Outcome(body: body.body, last: .end), "cut as \(pieces)")
        }
    }

    @Test("is not at the end before the last byte", arguments: bodies)
    func needsTheLastByte(body: Body) {
        #expect(decode([String(body.text.unicodeScalars.dropLast())]).last == .needsMore)
    }

    @Test("passes data on as it comes, without waiting for the chunk's end")
    func streams() {
        var decoder = ChunkedDecoder()
        var input = ByteBuffer(string: "ffffff\r\nab")
        #expect(decoder.next(&input) == .data(ByteBuffer(string: "ab")))
        #expect(decoder.next(&input) == .needsMore)
        input.writeString("c")
        #expect(decoder.next(&input) == .data(ByteBuffer(string: "c")))
        #expect(decoder.next(&input) == .needsMore)
        #expect(input.readableBytes == 0)
    }

    @Test("stays at the end")
    func staysAtTheEnd() {
        var decoder = ChunkedDecoder()
        var input = ByteBuffer(string: "0\r\n\r\n3\r\nabc\r\n")
        #expect(decoder.next(&input) == .end)
        #expect(decoder.next(&input) == .end)
        #expect(input.latin1 == "3\r\nabc\r\n")
    }

    @Test("keeps trailers where they are asked for, as long as they may be")
    func trailers() {
        let long = String(repeating: "x", count: HTTPLimits.trailerBytes)
        let text = "1\r\na\r\n0\r\nA: b\r\nC: \(long)\r\n\r\n"
        for (limit, isTaken) in [(9_000, true), (8_000, false)] {
            for pieces in [[text], text.unicodeScalars.map { String($0) }] {
                var decoder = ChunkedDecoder(keepingTrailers: limit)
                var input = ByteBuffer()
                var last = ChunkedDecoder.Event.needsMore
                for piece in pieces {
                    input.writeString(piece)
                    repeat { last = decoder.next(&input) } while last == .data(ByteBuffer(string: "a"))
                    if last == .malformed { break }
                }
                #expect(last == (isTaken ? .end : .malformed))
                if isTaken { #expect(String(buffer: decoder.trailers) == "A: b\r\nC: \(long)\r\n") }
            }
        }
    }

    // MARK: Bodies that are refused

    static let malformed: [WireText] = [
        // Sizes.
        "\r\n", "\r\n0\r\n\r\n", "zz\r\n", "0x3\r\nabc\r\n", "-3\r\nabc\r\n", "+3\r\nabc\r\n", " 3\r\nabc\r\n",
        "3 \r\nabc\r\n", "3\t\r\nabc\r\n", "3 3\r\nabc\r\n", "3,\r\nabc\r\n", "3.0\r\nabc\r\n", "\u{0}3\r\nabc\r\n",
        ";a\r\nabc\r\n", "g\r\n", "\u{FF}\r\n",
        // Sizes that would wrap around to something small.
        "10000000000000003\r\nabc\r\n", "ffffffffffffffff\r\n", "fffffffffffffffffffd\r\n", "0000000000000003\r\n",
        // Lines.
        "3\nabc\r\n0\r\n\r\n", "3\rabc\r\n0\r\n\r\n", "3\r\r\nabc\r\n", "\n",
        "3;a\nb\r\nabc\r\n", "3;a\rb\r\nabc\r\n", "3;a\0b\r\nabc\r\n", "3;\u{7F}\r\nabc\r\n", "3;\u{1B}[2J\r\nabc\r\n",
        // What stands behind the data.
        "3\r\nabcd\r\n0\r\n\r\n", "3\r\nabc0\r\n\r\n", "3\r\nabc\n0\r\n\r\n", "3\r\nabc\r0\r\n\r\n",
        "3\r\nabc\n\n0\r\n\r\n", "3\r\nab\r\n0\r\n\r\n",
        // Trailers.
        "0\r\nbad\r\n\r\n", "0\r\n: b\r\n\r\n", "0\r\nA : b\r\n\r\n", "0\r\n A: b\r\n\r\n", "0\r\nA: b\r\n c\r\n\r\n",
        "0\r\nA\0: b\r\n\r\n", "0\r\nA: b\nC: d\r\n\r\n", "0\r\nA: b\rC: d\r\n\r\n", "0\r\n\n", "0\r\n\r\r\n",
        "0\n\r\n",
        "0\r\nA: b\0c\r\n\r\n", "0\r\nA: \u{7F}\r\n\r\n", "0\r\nA: \u{B}b\r\n\r\n",
    ]

    @Test("refuses what is not framed exactly", arguments: malformed)
    func refuses(body: WireText) {
        #expect(decode([body.text]).last == .malformed)
    }

    @Test("refuses it wherever the bytes are cut", arguments: malformed)
    func refusesPieces(body: WireText) {
        for pieces in cuts(of: body.text) { #expect(decode(pieces).last == .malformed, "cut as \(pieces)") }
    }

    // MARK: Limits

    /// A size line of so many bytes, its line feed apart.
    private func sizeLine(ofBytes length: Int) -> String { "0;" + String(repeating: "x", count: length - 3) + "\r" }

    @Test("a line of a size is at most 1 KB")
    func lineLimit() {
        let limit = HTTPLimits.chunkLineBytes
        #expect(decode([sizeLine(ofBytes: limit) + "\n\r\n"]).last == .end)
        #expect(decode([sizeLine(ofBytes: limit + 1) + "\n\r\n"]).last == .malformed)
        #expect(decode([sizeLine(ofBytes: limit)]).last == .needsMore)
        #expect(decode([sizeLine(ofBytes: limit + 1)]).last == .malformed)
    }

    @Test("a line of a trailer is at most 1 KB")
    func trailerLineLimit() {
        #expect(decode(["0\r\nA: " + String(repeating: "x", count: HTTPLimits.chunkLineBytes)]).last == .malformed)
    }

    @Test("all trailers together are at most 8 KB")
    func trailersLimit() {
        let line = "A: " + String(repeating: "x", count: 1021 - 3) + "\r\n"
        let whole = String(repeating: line, count: 8)
        let left = HTTPLimits.trailerBytes - 8 * 1021
        let rest = "A:" + String(repeating: "x", count: left - 2)
        #expect(decode(["0\r\n" + whole + rest + "\r\n\r\n"]).last == .end)
        #expect(decode(["0\r\n" + whole + rest + "x\r\n\r\n"]).last == .malformed)
    }
}
