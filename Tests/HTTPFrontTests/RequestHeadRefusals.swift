import Testing

@testable import HTTPFront

/// Heads that the front refuses, each with the rule that it breaks.
struct RefusedHead: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let text: String
    var refusal = ProtocolRefusal.badRequest

    init(_ description: String, _ text: String, _ refusal: ProtocolRefusal = .badRequest) {
        testDescription = description
        self.text = text
        self.refusal = refusal
    }

    /// A head that is right but for `lines`.
    fileprivate static func fields(_ description: String, _ lines: String) -> RefusedHead {
        RefusedHead(description, "POST / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n")
    }

    fileprivate static func line(
        _ description: String, _ line: String, _ refusal: ProtocolRefusal = .badRequest
    ) -> RefusedHead {
        RefusedHead(description, "\(line)\r\nHost: a\r\n\r\n", refusal)
    }
}

extension RefusedHead {
    /// RFC 9112 section 6: what lets two readers see two lengths.
    static let framing: [RefusedHead] = [
        .fields("both ways to frame a body", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
        .fields("both, the other way round", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
        .fields("both, with a length of nothing", "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"),
        .fields("two lengths that differ", "Content-Length: 5\r\nContent-Length: 6\r\n"),
        .fields("two lengths that agree", "Content-Length: 5\r\nContent-Length: 5\r\n"),
        .fields("a list of lengths", "Content-Length: 5, 5\r\n"),
        .fields("an empty length", "Content-Length:\r\n"),
        .fields("a length of white space", "Content-Length: \t \r\n"),
        .fields("a length with a sign", "Content-Length: +5\r\n"),
        .fields("a negative length", "Content-Length: -5\r\n"),
        .fields("a hexadecimal length", "Content-Length: 0x5\r\n"),
        .fields("a length with a fraction", "Content-Length: 5.0\r\n"),
        .fields("a length in two words", "Content-Length: 5 5\r\n"),
        .fields("a length in other digits", "Content-Length: \u{D9}\u{A5}\r\n"),
        .fields("a length just above what Int64 holds", "Content-Length: 9223372036854775808\r\n"),
        .fields("a length that wraps around to five", "Content-Length: 18446744073709551621\r\n"),
        .fields("a length of nineteen digits", "Content-Length: 0000000000000000005\r\n"),
        .fields("an unknown transfer coding", "Transfer-Encoding: xchunked\r\n"),
        .fields("a coding before chunked", "Transfer-Encoding: gzip, chunked\r\n"),
        .fields("a coding behind chunked", "Transfer-Encoding: chunked, identity\r\n"),
        .fields("chunked twice", "Transfer-Encoding: chunked, chunked\r\n"),
        .fields("chunked on two lines", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
        .fields("a coding with a parameter", "Transfer-Encoding: chunked;q=1\r\n"),
        .fields("a coding in quotes", "Transfer-Encoding: \"chunked\"\r\n"),
        .fields("no coding", "Transfer-Encoding:\r\n"),
        .fields("a vertical tab before the coding", "Transfer-Encoding: \u{B}chunked\r\n"),
        .fields("a space before the colon of a framing field", "Transfer-Encoding : chunked\r\n"),
        .fields("a folded framing field", "Transfer-Encoding:\r\n chunked\r\n"),
        RefusedHead(
            "a chunked body of HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"),
    ]

    /// RFC 9112 sections 2.2 and 5, RFC 9110 section 5.5.
    static let fields: [RefusedHead] = [
        .fields("a folded line", "X-A: one\r\n two\r\n"),
        .fields("a line folded by a tab", "X-A: one\r\n\ttwo\r\n"),
        RefusedHead("a folded first line", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
        .fields("a bare line feed behind a field", "X-A: one\nX-B: two\r\n"),
        .fields("a bare line feed as the empty line", "\n"),
        RefusedHead("bare line feeds throughout", "GET / HTTP/1.1\nHost: a\n\n"),
        .fields("a bare carriage return inside a value", "X-A: one\rX-B: two\r\n"),
        .fields("a bare carriage return at a value's end", "X-A: one\r\r\n"),
        .fields("a bare carriage return as the empty line", "\r\r\n"),
        .fields("a space before the colon", "X-A : one\r\n"),
        .fields("a tab before the colon", "X-A\t: one\r\n"),
        .fields("a space inside a name", "X A: one\r\n"),
        .fields("no name", ": one\r\n"),
        .fields("no colon", "X-A\r\n"),
        .fields("a null in a name", "X\0A: one\r\n"),
        .fields("a delete in a name", "X\u{7F}A: one\r\n"),
        .fields("a separator in a name", "X(A): one\r\n"),
        .fields("a slash in a name", "X/A: one\r\n"),
        .fields("a quote in a name", "X\"A: one\r\n"),
        .fields("a bracket in a name", "X[A]: one\r\n"),
        .fields("a letter beyond ASCII in a name", "X-\u{C4}: one\r\n"),
        .fields("a null in a value", "X-A: one\0two\r\n"),
        .fields("an escape in a value", "X-A: \u{1B}[2J\r\n"),
        .fields("a form feed in a value", "X-A: one\u{C}two\r\n"),
        .fields("a delete in a value", "X-A: one\u{7F}\r\n"),
    ]

    /// RFC 9112 section 3.
    static let lines: [RefusedHead] = [
        .line("no request line", ""),
        .line("no version (HTTP/0.9)", "GET /"),
        .line("no target", "GET HTTP/1.1"),
        .line("an empty target", "GET  HTTP/1.1"),
        .line("no method", " / HTTP/1.1"),
        .line("two spaces before the target", "GET  / HTTP/1.1"),
        .line("two spaces before the version", "GET /  HTTP/1.1"),
        .line("a tab for a space", "GET\t/\tHTTP/1.1"),
        .line("a space at the line's start", " GET / HTTP/1.1"),
        .line("a space at the line's end", "GET / HTTP/1.1 "),
        .line("a space in the target", "GET /a b HTTP/1.1"),
        .line("a separator in the method", "GE(T / HTTP/1.1"),
        .line("a method in small letters", "get / HTTP/1.1"),
        .line("a method with one small letter", "GEt / HTTP/1.1"),
        .line("a method with a digit", "M2 / HTTP/1.1"),
        .line("a method of 33 letters", String(repeating: "A", count: 33) + " / HTTP/1.1"),
        .line("a method of 8,000 letters", String(repeating: "A", count: 8000) + " / HTTP/1.1"),
        .line("TRACE", "TRACE / HTTP/1.1", .methodNotAllowed),
        .line("a null in the method", "GE\0T / HTTP/1.1"),
        .line("a null in the target", "GET /\0 HTTP/1.1"),
        .line("a control character in the target", "GET /\u{1} HTTP/1.1"),
        .line("a delete in the target", "GET /\u{7F} HTTP/1.1"),
        .line("a letter beyond ASCII in the target", "GET /\u{C3}\u{A9} HTTP/1.1"),
        .line("a bare carriage return in the target", "GET /\rX HTTP/1.1"),
        .line("a bare carriage return behind the version", "GET / HTTP/1.1\r"),
        .line("a TLS greeting", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{FC}\u{3}\u{3}"),
        RefusedHead("HTTP/2 with prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        .line("HTTP/2.0", "GET / HTTP/2.0", .versionNotSupported),
        .line("HTTP/0.9 by name", "GET / HTTP/0.9", .versionNotSupported),
        .line("HTTP/9.9", "GET / HTTP/9.9", .versionNotSupported),
        .line("a protocol in lower case", "GET / http/1.1"),
        .line("a protocol in mixed case", "GET / HtTP/1.1"),
        .line("a protocol whose last letter is small", "GET / HTTp/1.1"),
        .line("a protocol whose third letter is small", "GET / HTtP/1.1"),
        .line("another protocol", "GET / ICAP/1.1"),
        .line("a version without its minor number", "GET / HTTP/1"),
        .line("a version without its dot", "GET / HTTP/11"),
        .line("a minor version of two digits", "GET / HTTP/1.10"),
        .line("a major version of two digits", "GET / HTTP/01.1"),
        .line("a letter behind the version", "GET / HTTP/1.1x"),
        .line("a letter as the version", "GET / HTTP/1.x"),
    ]

    /// RFC 9112 section 3.2.
    static let targets: [RefusedHead] = [
        .line("a target without its slash", "GET pets HTTP/1.1"),
        .line("a query alone", "GET ?a=b HTTP/1.1"),
        .line("a fragment", "GET /a#b HTTP/1.1"),
        .line("a fragment of an absolute target", "GET http://a/b#c HTTP/1.1"),
        .line("the asterisk of another method", "GET * HTTP/1.1"),
        .line("an asterisk with more", "OPTIONS ** HTTP/1.1"),
        .line("the authority form", "GET a:443 HTTP/1.1"),
        .line("a tunnel", "CONNECT a:443 HTTP/1.1", .methodNotAllowed),
        .line("a path of CONNECT, which has the authority form only", "CONNECT / HTTP/1.1", .methodNotAllowed),
        .line("an absolute target of CONNECT", "CONNECT http://a/ HTTP/1.1", .methodNotAllowed),
        .line("an absolute target of another scheme", "GET ftp://a/ HTTP/1.1"),
        .line("an absolute target without authority", "GET http:///b HTTP/1.1"),
        .line("a fragment behind a query", "GET /a?b#/../c HTTP/1.1"),
        .line("a fragment behind an authority", "GET http://a#b HTTP/1.1"),
        .line("a query behind a scheme", "GET http://?b HTTP/1.1"),
        .line("a scheme alone", "GET http:// HTTP/1.1"),
        .line("a scheme with one slash", "GET http:/a/b HTTP/1.1"),
        .line("user information in an absolute target", "GET http://user:word@a/ HTTP/1.1"),
        .line("a port of letters in an absolute target", "GET http://a:b/ HTTP/1.1"),
        .line("a backslash in the authority", "GET http://a\\b/ HTTP/1.1"),
    ]

    /// RFC 9112 section 3.2: none, two or a malformed Host is 400.
    static let hosts: [RefusedHead] = [
        host("no host", ""),
        host("two hosts that differ", "Host: a\r\nHost: b\r\n"),
        host("two hosts that agree", "Host: a\r\nHost: a\r\n"),
        host("an empty host", "Host:\r\n"),
        host("a host of white space", "Host:  \t\r\n"),
        host("a host with a space", "Host: a b\r\n"),
        host("a list of hosts", "Host: a, b\r\n"),
        host("a host with a path", "Host: a/b\r\n"),
        host("a host with a query", "Host: a?b\r\n"),
        host("a host with a fragment", "Host: a#b\r\n"),
        host("a host with user information", "Host: user@a\r\n"),
        host("a host with a backslash", "Host: a\\b\r\n"),
        host("a host with a percent sign", "Host: a%00b\r\n"),
        host("a host with a letter beyond ASCII", "Host: \u{E9}\r\n"),
        host("a host with a null", "Host: a\0\r\n"),
        host("a port alone", "Host: :80\r\n"),
        host("a port of letters", "Host: a:http\r\n"),
        host("two ports", "Host: a:80:80\r\n"),
        host("a port of six digits", "Host: a:100000\r\n"),
        host("a negative port", "Host: a:-1\r\n"),
        host("an address without its end", "Host: [::1\r\n"),
        host("an address without its start", "Host: ::1]\r\n"),
        host("an empty address", "Host: []\r\n"),
        host("an address with more behind it", "Host: [::1]a\r\n"),
        host("letters that are no digits of an address", "Host: [::g]\r\n"),
        RefusedHead("two hosts of HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"),
        RefusedHead("a bad host beside an absolute target", "GET http://a/ HTTP/1.1\r\nHost: b c\r\n\r\n"),
        RefusedHead("no host beside an absolute target", "GET http://a/ HTTP/1.1\r\n\r\n"),
    ]

    /// RFC 9110 section 10.1.1.
    static let expectations: [RefusedHead] = [
        RefusedHead(
            "an unknown expectation", "POST / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n", .expectationFailed),
        RefusedHead(
            "a known and an unknown expectation",
            "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue, tea\r\n\r\n", .expectationFailed),
    ]

    static let all = framing + fields + lines + targets + hosts + expectations

    private static func host(_ description: String, _ lines: String) -> RefusedHead {
        RefusedHead(description, "GET / HTTP/1.1\r\nX-Before: 1\r\n\(lines)X-After: 1\r\n\r\n")
    }
}
