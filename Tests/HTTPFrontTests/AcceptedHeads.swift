import Testing

@testable import HTTPFront

/// What a test asks of a head that was read.
struct HeadFacts: Equatable, Sendable {
    var method = RequestHead.Method.get
    var methodText = "GET"
    var target = "/"
    var path = "/"
    var query = ""
    var host = "a"
    var isHTTP10 = false
    var keepsAlive = true
    var expectsContinue = false
    var body = RequestHead.BodyFraming.none
}

extension HeadFacts {
    init(_ head: RequestHead) {
        method = head.method
        methodText = head.string(head.methodRange)
        target = head.string(head.target)
        path = head.string(head.path)
        query = head.string(head.query)
        host = head.string(head.host)
        isHTTP10 = head.isHTTP10
        keepsAlive = head.keepsAlive
        expectsContinue = head.expectsContinue
        body = head.body
    }
}

/// Heads that are read, with what they say.
struct AcceptedHead: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let text: String
    let facts: HeadFacts

    init(_ description: String, _ text: String, _ change: (inout HeadFacts) -> Void = { _ in }) {
        testDescription = description
        self.text = text
        var facts = HeadFacts()
        change(&facts)
        self.facts = facts
    }

    private static func line(
        _ description: String, _ line: String, _ change: (inout HeadFacts) -> Void
    ) -> AcceptedHead {
        AcceptedHead(description, "\(line)\r\nHost: a\r\n\r\n", change)
    }

    private static func fields(
        _ description: String, _ lines: String, version: String = "1.1", _ change: (inout HeadFacts) -> Void
    ) -> AcceptedHead {
        AcceptedHead(description, "GET / HTTP/\(version)\r\nHost: a\r\n\(lines)\r\n") { facts in
            facts.isHTTP10 = version == "1.0"
            facts.keepsAlive = version != "1.0"
            change(&facts)
        }
    }

    private static func host(_ host: String) -> AcceptedHead {
        AcceptedHead("the host \(host)", "GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n") { $0.host = host }
    }

    private static let methods: [(RequestHead.Method, String)] = [
        (.get, "GET"), (.head, "HEAD"), (.options, "OPTIONS"), (.patch, "PATCH"), (.post, "POST"), (.put, "PUT"),
        (.delete, "DELETE"), (.other, "COPY_X"), (.other, "PURGE"), (.other, "X"), (.other, "M-SEARCH"),
    ]

    static let all: [AcceptedHead] =
        methods.map { method, text in
            line("the method \(text)", "\(text) / HTTP/1.1") {
                $0.method = method
                $0.methodText = text
            }
        } + lines + authorities + framing + persistence

    private static let lines: [AcceptedHead] = [
        line("a path and a query", "GET /a/b?c=d&e HTTP/1.1") {
            $0.target = "/a/b?c=d&e"
            $0.path = "/a/b"
            $0.query = "c=d&e"
        },
        line("an empty query", "GET /a? HTTP/1.1") {
            $0.target = "/a?"
            $0.path = "/a"
        },
        line("a second question mark", "GET /a?b?c HTTP/1.1") {
            $0.target = "/a?b?c"
            $0.path = "/a"
            $0.query = "b?c"
        },
        line("a path with everything that is printed", "GET //a/../%2F%zz/;:@!$&'()*+,=-._~\"<>[]^`{|}\\ HTTP/1.1") {
            $0.target = "//a/../%2F%zz/;:@!$&'()*+,=-._~\"<>[]^`{|}\\"
            $0.path = $0.target
        },
        line("the asterisk of OPTIONS", "OPTIONS * HTTP/1.1") {
            $0.method = .options
            $0.methodText = "OPTIONS"
            $0.target = "*"
            $0.path = "*"
        },
        line("HTTP/1.0", "GET / HTTP/1.0") {
            $0.isHTTP10 = true
            $0.keepsAlive = false
        },
        // RFC 9110 section 2.5: a higher minor version is read as the highest that is known.
        line("HTTP/1.2", "GET / HTTP/1.2") { _ in },
        // RFC 9112 section 2.2: empty lines before a request are ignored.
        AcceptedHead("an empty line in front", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        AcceptedHead("two empty lines in front", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        AcceptedHead("HTTP/1.0 without a host", "GET / HTTP/1.0\r\n\r\n") {
            $0.isHTTP10 = true
            $0.keepsAlive = false
            $0.host = ""
        },
    ]

    private static let authorities: [AcceptedHead] =
        [
            "a.b-c_d~e.F", "a:80", "a:", "a:65535", "127.0.0.1:4566", "[::1]", "[::1]:80", "[::ffff:1.2.3.4]", "A",
        ].map(host) + [
            // RFC 9112 section 3.2.2: the authority of the target wins over Host.
            line("an absolute target", "GET http://b:8/c?d HTTP/1.1") {
                $0.host = "b:8"
                $0.target = "/c?d"
                $0.path = "/c"
                $0.query = "d"
            },
            line("an absolute target of https, in other case", "GET HtTpS://b/ HTTP/1.1") { $0.host = "b" },
            // RFC 9112 section 3.2.1: no path means the root.
            line("an absolute target without path", "GET http://b HTTP/1.1") {
                $0.host = "b"
                $0.target = ""
            },
            line("an absolute target with a query but no path", "GET https://b:8?c/d HTTP/1.1") {
                $0.host = "b:8"
                $0.target = "?c/d"
                $0.query = "c/d"
            },
            line("an absolute target as a path", "GET /http://b/c HTTP/1.1") {
                $0.target = "/http://b/c"
                $0.path = "/http://b/c"
            },
        ]

    private static let framing: [AcceptedHead] = [
        fields("a length", "Content-Length: 5\r\n") { $0.body = .length(5) },
        fields("a length in other case, without a space", "cOnTeNt-LeNgTh:5\r\n") { $0.body = .length(5) },
        fields("a length with white space around it", "Content-Length: \t5 \t\r\n") { $0.body = .length(5) },
        fields("a length of nothing", "Content-Length: 0\r\n") { _ in },
        fields("a length with zeros in front", "Content-Length: 0010\r\n") { $0.body = .length(10) },
        fields("a length of eighteen digits", "Content-Length: 999999999999999999\r\n") {
            $0.body = .length(999_999_999_999_999_999)
        },
        fields("a length of HTTP/1.0", "Content-Length: 5\r\n", version: "1.0") { $0.body = .length(5) },
        fields("chunks", "Transfer-Encoding: chunked\r\n") { $0.body = .chunked },
        fields("chunks in other case", "TRANSFER-ENCODING:\tChUnKeD\t\r\n") { $0.body = .chunked },
        fields("names that only look like framing", "Content-Length-X: 5\r\nX-Transfer-Encoding: a\r\n") { _ in },
        fields("an expectation", "Expect: 100-Continue\r\n") { $0.expectsContinue = true },
        fields("an expectation of HTTP/1.0, which has none", "Expect: 100-continue\r\n", version: "1.0") { _ in },
    ]

    private static let persistence: [AcceptedHead] = [
        fields("close", "Connection: close\r\n") { $0.keepsAlive = false },
        fields("close in a list", "Connection: a, ,CLOSE ,b\r\n") { $0.keepsAlive = false },
        fields("close on a second line", "Connection: keep-alive\r\nConnection: close\r\n") { $0.keepsAlive = false },
        fields("close before keep-alive", "Connection: close, keep-alive\r\n") { $0.keepsAlive = false },
        fields("a word that only looks like close", "Connection: closed\r\n") { _ in },
        fields("keep-alive of HTTP/1.0", "Connection: Keep-Alive\r\n", version: "1.0") { $0.keepsAlive = true },
        // RFC 9112 section 9.3: close comes first.
        fields("close and keep-alive of HTTP/1.0", "Connection: close, keep-alive\r\n", version: "1.0") { _ in },
        fields(
            "close and keep-alive on two lines of HTTP/1.0", "Connection: close\r\nConnection: keep-alive\r\n",
            version: "1.0"
        ) { _ in },
    ]
}
