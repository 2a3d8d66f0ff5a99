import NIOCore
import Testing

@testable import HTTPFront

@Suite("Request heads")
struct RequestHeadParserTests {
    typealias Result = RequestHeadParser.Result

    /// Feeds a head in pieces; the answer is the first that is not "incomplete".
    private func parse(_ pieces: [String], into head: RequestHead) -> (result: Result, rest: String) {
        var input = ByteBuffer()
        var scanned = 0
        var result = Result.incomplete
        for piece in pieces {
            input.writeImmutableBuffer(ByteBuffer(latin1: piece))
            guard result == .incomplete else { continue }
            result = RequestHeadParser.parse(&input, into: head, scanned: &scanned)
        }
        return (result, input.latin1)
    }

    private func parse(_ text: String) -> Result {
        let head = RequestHead()
        return parse([text], into: head).result
    }

    /// A head that was refused says nothing.
    private func facts(_ result: Result, _ head: RequestHead) -> HeadFacts? {
        result == .complete ? HeadFacts(head) : nil
    }

    // MARK: Refusals

    @Test("refuses what two readers could read differently", arguments: RefusedHead.all)
    func refuses(head refused: RefusedHead) {
        #expect(parse(refused.text) == .refused(refused.refusal))
    }

    @Test("refuses it wherever its bytes are cut", arguments: RefusedHead.all)
    func refusesPieces(head refused: RefusedHead) {
        for pieces in cuts(of: refused.text) {
            let head = RequestHead()
            #expect(parse(pieces, into: head).result == .refused(refused.refusal), "cut as \(pieces)")
        }
    }

    @Test("answers a bare line feed at once, without waiting for a head that never ends")
    func bareLineFeedAtOnce() {
        #expect(parse("GET / HTTP/1.1\n") == .refused(.badRequest))
        #expect(parse("\n") == .refused(.badRequest))
        #expect(parse("GET / HTTP/1.1\r\nX: \n") == .refused(.badRequest))
    }

    // MARK: Acceptance

    @Test("reads what a head says", arguments: AcceptedHead.all)
    func accepts(head accepted: AcceptedHead) {
        let head = RequestHead()
        let (result, rest) = parse([accepted.text + "next"], into: head)
        #expect(facts(result, head) == accepted.facts)
        #expect(rest == "next")
    }

    @Test("reads the same wherever the bytes are cut", arguments: AcceptedHead.all)
    func acceptsPieces(head accepted: AcceptedHead) {
        for pieces in cuts(of: accepted.text) {
            let head = RequestHead()
            let (result, rest) = parse(pieces, into: head)
            #expect(facts(result, head) == accepted.facts, "cut as \(pieces)")
            #expect(rest.isEmpty)
        }
    }

    @Test("a head is not complete before its last byte", arguments: AcceptedHead.all)
    func needsItsLastByte(head accepted: AcceptedHead) {
        let head = RequestHead()
        #expect(parse([String(accepted.text.unicodeScalars.dropLast())], into: head).result == .incomplete)
    }

    @Test("a head that is used again keeps nothing of the one before")
    func reuse() {
        let head = RequestHead()
        for first in AcceptedHead.all {
            for second in AcceptedHead.all {
                _ = parse([first.text], into: head)
                let result = parse([second.text], into: head).result
                #expect(
                    facts(result, head) == second.facts, "\(second.testDescription) behind \(first.testDescription)")
            }
        }
    }

    @Test("heads that follow each other are read one by one")
    func pipelined() {
        var input = ByteBuffer(latin1: AcceptedHead.all.map(\.text).joined())
        let head = RequestHead()
        var scanned = 0
        for expected in AcceptedHead.all {
            let result = RequestHeadParser.parse(&input, into: head, scanned: &scanned)
            #expect(facts(result, head) == expected.facts)
        }
        #expect(input.readableBytes == 0)
    }

    @Test("the fields keep their order, case and bytes, without the white space around them")
    func fieldBytes() {
        let head = RequestHead()
        let text = "GET / HTTP/1.1\r\nHOST:a\r\nx-B: \t one  two \t\r\nX-b:\r\nX-C:\u{E9}\u{FF}\t!\r\n"
        #expect(parse([text + "!#$%&'*+-.^_`|~09azAZ: 1\r\n\r\n"], into: head).result == .complete)
        let fields = head.withBytes { bytes in
            head.fields.map { [bytes[$0.name.range].latin1, bytes[$0.value.range].latin1] }
        }
        #expect(
            fields == [
                ["HOST", "a"], ["x-B", "one  two"], ["X-b", ""], ["X-C", "\u{E9}\u{FF}\t!"],
                ["!#$%&'*+-.^_`|~09azAZ", "1"],
            ])
        #expect(head.fields.map(\.known) == [.host, .other, .other, .other, .other])
    }

    // MARK: Limits

    private static func head(ofBytes length: Int) -> String {
        let start = "GET / HTTP/1.1\r\nHost: a\r\nX: "
        return start + String(repeating: "x", count: length - start.utf8.count - 4) + "\r\n\r\n"
    }

    @Test("a head of 64 KB is read, one byte more is 431")
    func headBytes() {
        #expect(parse(Self.head(ofBytes: HTTPLimits.headBytes)) == .complete)
        #expect(parse(Self.head(ofBytes: HTTPLimits.headBytes + 1)) == .refused(.headTooLarge))
    }

    @Test("a head without end is refused as soon as it is too large")
    func endlessHead() {
        let endless = "GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: HTTPLimits.headBytes - 19)
        #expect(parse(endless) == .incomplete)
        #expect(parse(endless + "x") == .refused(.headTooLarge))
        #expect(parse("GET /" + String(repeating: "x", count: HTTPLimits.headBytes)) == .refused(.headTooLarge))
    }

    @Test("256 fields are read, one more is 431")
    func fieldCount() {
        func head(fields: Int) -> String {
            "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: 1\r\n", count: fields - 1) + "\r\n"
        }
        #expect(parse(head(fields: HTTPLimits.headerFields)) == .complete)
        #expect(parse(head(fields: HTTPLimits.headerFields + 1)) == .refused(.headTooLarge))
    }

    @Test("looks at each byte of a slow head once")
    func scansOnce() {
        var input = ByteBuffer()
        let head = RequestHead()
        var scanned = 0
        for byte in Self.head(ofBytes: 1000).utf8.dropLast() {
            input.writeInteger(byte)
            #expect(RequestHeadParser.parse(&input, into: head, scanned: &scanned) == .incomplete)
            #expect(scanned == input.readableBytes)
        }
    }
}
