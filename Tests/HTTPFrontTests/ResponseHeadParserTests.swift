import NIOCore
import Testing

@testable import HTTPFront

@Suite("Heads of responses")
struct ResponseHeadParserTests {
    typealias Result = ResponseHeadParser.Result

    struct Facts: Equatable, Sendable {
        var status = 200
        var keepsAlive = true
        var contentLength: Int?
        var body = ResponseHead.BodyFraming.untilClose
    }

    struct Accepted: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let text: String
        let isHead: Bool
        let facts: Facts

        init(_ text: String, isHead: Bool = false, _ change: (inout Facts) -> Void) {
            testDescription = text.debugDescription + (isHead ? " to HEAD" : "")
            self.text = text + "\r\n"
            self.isHead = isHead
            var facts = Facts()
            change(&facts)
            self.facts = facts
        }
    }

    private func parse(
        _ pieces: [String], isHead: Bool = false, into head: ResponseHead
    ) -> (result: Result, rest: String) {
        var input = ByteBuffer()
        var scanned = 0
        var result = Result.incomplete
        for piece in pieces {
            input.writeImmutableBuffer(ByteBuffer(latin1: piece))
            guard result == .incomplete else { continue }
            result = ResponseHeadParser.parse(&input, into: head, scanned: &scanned, isHead: isHead)
        }
        return (result, input.latin1)
    }

    // MARK: Acceptance

    static let accepted: [Accepted] = [
        Accepted("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n") {
            $0.contentLength = 5
            $0.body = .length(5)
        },
        Accepted("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n") {
            $0.contentLength = 0
            $0.body = .none
        },
        // RFC 9112 section 6.3: repeated lengths that agree are one length.
        Accepted("HTTP/1.1 200 OK\r\nContent-Length: 5\r\ncontent-length:5\r\n") {
            $0.contentLength = 5
            $0.body = .length(5)
        },
        Accepted("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n") { $0.body = .chunked },
        Accepted("HTTP/1.1 200 OK\r\n") { $0.keepsAlive = false },
        Accepted("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n") {
            $0.keepsAlive = false
            $0.contentLength = 1
            $0.body = .length(1)
        },
        Accepted("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n") {
            $0.keepsAlive = false
            $0.contentLength = 1
            $0.body = .length(1)
        },
        Accepted("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n") {
            $0.contentLength = 1
            $0.body = .length(1)
        },
        // RFC 9112 section 9.3: close comes first.
        Accepted("HTTP/1.0 200 OK\r\nConnection: close, keep-alive\r\nContent-Length: 1\r\n") {
            $0.keepsAlive = false
            $0.contentLength = 1
            $0.body = .length(1)
        },
        // RFC 9112 section 4: the phrase may be empty, and old servers leave its space out.
        Accepted("HTTP/1.1 204 \r\n") {
            $0.status = 204
            $0.body = .none
        },
        Accepted("HTTP/1.1 204\r\n") {
            $0.status = 204
            $0.body = .none
        },
        Accepted("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n") {
            $0.status = 304
            $0.contentLength = 5
            $0.body = .none
        },
        Accepted("HTTP/1.1 100 Continue\r\n") {
            $0.status = 100
            $0.body = .none
        },
        Accepted("HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n") {
            $0.status = 103
            $0.contentLength = 5
            $0.body = .none
        },
        Accepted("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", isHead: true) {
            $0.contentLength = 5
            $0.body = .none
        },
        Accepted("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n", isHead: true) { $0.body = .none },
        Accepted("HTTP/1.1 200 OK\r\n", isHead: true) { $0.body = .none },
        Accepted("HTTP/1.1 404 \u{E9}t\u{E9} 1\t2\r\nContent-Length: 5\r\n") {
            $0.status = 404
            $0.contentLength = 5
            $0.body = .length(5)
        },
        Accepted("HTTP/1.1 999 \r\nContent-Length: 0\r\n") {
            $0.status = 999
            $0.contentLength = 0
            $0.body = .none
        },
    ]

    @Test("reads what a head says", arguments: accepted)
    func accepts(head accepted: Accepted) {
        let head = ResponseHead()
        let (result, rest) = parse([accepted.text + "next"], isHead: accepted.isHead, into: head)
        #expect(result == .complete)
        #expect(rest == "next")
        #expect(Facts(head) == accepted.facts)
    }

    @Test("reads the same wherever the bytes are cut", arguments: accepted)
    func acceptsPieces(head accepted: Accepted) {
        for pieces in cuts(of: accepted.text) {
            let head = ResponseHead()
            #expect(parse(pieces, isHead: accepted.isHead, into: head).result == .complete, "cut as \(pieces)")
            #expect(Facts(head) == accepted.facts)
        }
    }

    @Test("a head that is used again keeps nothing of the one before")
    func reuse() {
        let head = ResponseHead()
        for first in Self.accepted {
            for second in Self.accepted {
                #expect(parse([first.text], isHead: first.isHead, into: head).result == .complete)
                #expect(parse([second.text], isHead: second.isHead, into: head).result == .complete)
                #expect(Facts(head) == second.facts, "\(second.testDescription) behind \(first.testDescription)")
            }
        }
    }

    @Test("the fields keep their order, case and bytes")
    func fields() {
        let head = ResponseHead()
        let text = "HTTP/1.1 200 OK\r\nX-A: \t1 2 \r\nSET-COOKIE:a=\u{E9}\r\nSet-Cookie: b\r\n\r\n"
        #expect(parse([text], into: head).result == .complete)
        let fields = head.withBytes { bytes in
            head.fields.map { [bytes[$0.name.range].latin1, bytes[$0.value.range].latin1] }
        }
        #expect(fields == [["X-A", "1 2"], ["SET-COOKIE", "a=\u{E9}"], ["Set-Cookie", "b"]])
        #expect(head.fields.map(\.known) == [.other, .setCookie, .setCookie])
    }

    // MARK: Refusals

    static let malformed: [WireText] = [
        "HTTP/1.1 200 OK\nContent-Length: 0\n\n", "HTTP/1.1 200 OK\r\nA: b\nC: d\r\n", "HTTP/1.1 200 OK\r\nA: b\rc\r\n",
        "HTTP/1.1 200 O\rK\r\n", "HTTP/1.1 200 OK\r\r\n", "HTTP/1.1 200 O\0K\r\n", "HTTP/1.1 200 O\u{7F}K\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n", "HTTP/1.1 200 OK\r\n: b\r\n",
        "HTTP/1.1 200 OK\r\nA\r\n", "HTTP/1.1 200 OK\r\nA: \0\r\n", "HTTP/1.1 200 OK\r\n A: b\r\n",
        // Status lines.
        "\r\nHTTP/1.1 200 OK\r\n", "HTTP/1.1\r\n", "HTTP/1.1 \r\n", "HTTP/1.1 20\r\n", "HTTP/1.1 2000 OK\r\n",
        "HTTP/1.1 200OK\r\n",
        "HTTP/1.1 099 OK\r\n", "HTTP/1.1 2x0 OK\r\n", "HTTP/1.1 -20 OK\r\n", "HTTP/1.1  200 OK\r\n",
        "HTTP/1.1\t200 OK\r\n",
        "HTTP/2.0 200 OK\r\n", "HTTP/0.9 200 OK\r\n", "HTTP/1.x 200 OK\r\n", "HTTP/1 200 OK\r\n", "http/1.1 200 OK\r\n",
        "ICY 200 OK\r\n", " HTTP/1.1 200 OK\r\n", "200 OK\r\n",
        // Framing.
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length:\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551621\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    ]

    @Test("refuses what two readers could read differently", arguments: malformed)
    func refuses(head refused: WireText) {
        let head = ResponseHead()
        #expect(parse([refused.text + "\r\n"], into: head).result == .malformed)
    }

    @Test("refuses it wherever the bytes are cut", arguments: malformed)
    func refusesPieces(head refused: WireText) {
        for pieces in cuts(of: refused.text + "\r\n") {
            let head = ResponseHead()
            #expect(parse(pieces, into: head).result == .malformed, "cut as \(pieces)")
        }
    }

    @Test("a head of 64 KB is read, one byte more is not")
    func limits() {
        func text(ofBytes length: Int) -> String {
            "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: length - 24) + "\r\n\r\n"
        }
        let head = ResponseHead()
        #expect(parse([text(ofBytes: HTTPLimits.headBytes)], into: head).result == .complete)
        #expect(parse([text(ofBytes: HTTPLimits.headBytes + 1)], into: head).result == .malformed)
        let endless = "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: HTTPLimits.headBytes - 20)
        #expect(parse([endless], into: head).result == .incomplete)
        #expect(parse([endless + "x"], into: head).result == .malformed)
    }
}

extension ResponseHeadParserTests.Facts {
    init(_ head: ResponseHead) {
        status = head.status
        keepsAlive = head.keepsAlive
        contentLength = head.contentLength
        body = head.body
    }
}
