import TestFixtures

/// Makes requests that are valid for the most part, each with something slightly wrong now and then.
struct RequestGenerator {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// The bytes of one connection: up to three requests, in one of five cases changed further.
    mutating func connection() -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0...random.below(3) { bytes += request() }
        return random.once(in: 5) ? random.mutated(bytes) : bytes
    }

    private mutating func request() -> [UInt8] {
        var text = mostly([""], ["\r\n", "\r\n\r\n", "\n", " ", "\r"], once: 12)
        text += mostly(Self.methods, Self.oddMethods) + space()
        text += mostly(Self.targets, Self.oddTargets) + space()
        text += mostly(["HTTP/1.1"], Self.oddVersions, once: 12) + lineEnd()
        var lines = [mostly(Self.hosts, Self.oddHosts)]
        for _ in 0..<random.below(4) { lines.append(mostly(Self.fields, Self.oddFields)) }
        let body = body(&lines)
        lines.shuffle(using: &random)
        text += lines.map { $0 + lineEnd() }.joined() + lineEnd() + body
        return text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }

    /// Adds the framing fields of a body and gives the body.
    private mutating func body(_ lines: inout [String]) -> String {
        switch random.below(10) {
        case 0..<4: return ""
        case 4..<7:
            let body = String(repeating: random.pick(["a", "\r\n", "0\r\n\r\n", "\0"]), count: random.below(6))
            let length = mostly([body.unicodeScalars.count], [body.unicodeScalars.count + 1, 0, 1])
            lines.append(
                mostly(
                    ["Content-Length: \(length)", "content-length:\(length)", "Content-Length: \t0\(length) "],
                    [
                        "Content-Length: +\(length)", "Content-Length: \(length),\(length)",
                        "Content-Length: 0x\(length)", "Content-Length:", "Content-Length : \(length)",
                        "Content-Length: \(length)\r\nContent-Length: 9",
                        "Content-Length: \(length)\r\nTransfer-Encoding: chunked", "Content-Length: \(length) 1",
                        "Content-Length: 18446744073709551616", "Content-Length: \(length)\u{B}",
                        "Content-Length: \(length)\t",
                    ]))
            return body
        case 7: return chunks()
        default:
            lines.append(
                mostly(
                    ["Transfer-Encoding: chunked", "transfer-encoding:Chunked", "Transfer-Encoding: \tCHUNKED"],
                    [
                        "Transfer-Encoding: chunked ", "Transfer-Encoding: gzip, chunked",
                        "Transfer-Encoding: identity", "Transfer-Encoding: chunked, chunked",
                        "Transfer-Encoding:\r\n chunked", "Transfer-Encoding:",
                        "Transfer-Encoding : chunked", "Transfer-Encoding: xchunked", "Transfer-Encoding: \u{B}chunked",
                        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "Transfer-Encoding: chunked;a=b",
                        "Transfer-Encoding: chunked\r\nContent-Length: 3",
                    ]))
            return chunks()
        }
    }

    private mutating func chunks() -> String {
        var text = ""
        for _ in 0..<random.below(4) {
            let data = String(repeating: random.pick(["a", "\r\n", "\0", "\u{FF}"]), count: 1 + random.below(18))
            let size = String(data.unicodeScalars.count, radix: 16, uppercase: random.once(in: 2))
            text += mostly(
                [size, "0" + size], ["0x" + size, " " + size, size + " ", "-" + size, size + "0", "+" + size])
            text += mostly([""], Self.extensions, once: 10) + lineEnd() + data + lineEnd()
        }
        text += mostly(["0", "000"], ["", "00000000000000000", "0 ", "1"])
        text += mostly([""], Self.extensions) + lineEnd()
        for _ in 0..<random.below(3) where random.once(in: 3) {
            text += mostly(["A: b", "X-Trailer:", "B:\t1 "], Self.oddTrailers, once: 6) + lineEnd()
        }
        return text + lineEnd()
    }

    private mutating func mostly<Value>(_ usual: [Value], _ odd: [Value], once: Int = 40) -> Value {
        random.once(in: once) ? random.pick(odd) : random.pick(usual)
    }

    private mutating func space() -> String { mostly([" "], ["  ", "\t", ""], once: 160) }

    private mutating func lineEnd() -> String { mostly(["\r\n"], ["\n", "\r", "\r\r\n", " \r\n", ""], once: 250) }

    private static let methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND", "MKCALENDAR"]
    private static let oddMethods = ["get", "FOO", "CONNECT", "GE(T", "G\0T", "", "PRI", "DESCRIBE", "\u{C3}"]
    private static let targets = [
        "/", "/a/b?c=d", "/?", "//", "/a%20b", "/~!$&'()*+,;=:@-._", "/[]{}|\\^`\"<>", "http://b/c", "HTTPS://b:8/?d",
        "http://[::1]/", "/a?b?c",
    ]
    private static let oddTargets = [
        "", "*", "a", "/a b", "/#", "http://a", "http:///", "http://u@a/", "ftp://a/", "a:1", "/\u{E9}", "/\u{7F}",
        "/\t",
        "http://a_b/", "http://a:/", "?a", "http://a?b/",
    ]
    private static let oddVersions = [
        "HTTP/1.0", "HTTP/1.2", "HTTP/1.9", "HTTP/2.0", "HTTP/0.9", "http/1.1", "HTTP/1.1 ", "HTTP/1", "HTTP/1.01", "",
        "ICE/1.0", "RTSP/1.0", "HTTP/ 1.1",
    ]
    private static let hosts = ["Host: a", "host:a:80", "HOST: \t[::1]:8 ", "Host: a.b-c_d~e"]
    private static let oddHosts = [
        "X: y", "Host:", "Host: a\r\nHost: b", "Host: a b", "Host: a/b", "Host: u@a", "Host: a:b", "Host : a",
        " Host: a",
        "Host: \u{E9}", "Host: a,b", "Host: [::1",
    ]
    private static let fields = [
        "A: b", "X-Empty:", "X-Space: \t one  two \t", "Connection: keep-alive", "Connection: close",
        "Cookie: a=b; c=d",
        "Expect: 100-continue", "X-Text: \u{E9}\u{FF}", "!#$%&'*+-.^_`|~: 1", "Connection: te, keep-alive",
        "Content-Type: text/plain; a=\"b\"",
    ]
    private static let oddFields = [
        "A : b", "A", ": b", "A\0: b", "A: \0", "A: \u{7F}", "A: b\r\n c", " A: b", "A\t: b", "A(: b", "\u{E9}: b",
        "Connection: close, keep-alive", "Connection: keep-alive\r\nConnection: close", "Connection: \"close\"",
        "Connection: upgrade\r\nUpgrade: websocket", "Upgrade: h2c", "A: b\rC: d", "A: b\nC: d", "Expect: tea",
        "Proxy-Connection: close", "Connection:", "Connection: ,close,", "A: \u{1}", "A: \u{B}b", "\"A\": b",
    ]
    private static let extensions = [
        ";a", ";a=b", ";a=\"b\"", ";a;b=c", ";", "; a=b", ";a=\"b;c\"", ";a\0", ";a\u{7F}", ";\t", ";a\rb", ";\u{E9}",
        ";=",
    ]
    private static let oddTrailers = [
        "A : b", "A", ": b", "A: \0", " A: b", "A: b\r\n c", "Content-Length: 5", "Transfer-Encoding: chunked",
        "Connection: close", "A: b\rc", "A\0: b",
    ]
}
