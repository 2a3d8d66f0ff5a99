import Testing

@testable import HTTPFront

@Suite("Names of header fields")
struct HeaderNameTests {
    private func name(_ text: String) -> HeaderName {
        Array(text.utf8).withUnsafeBytes { HeaderName($0) }
    }

    static let table: [(String, HeaderName)] = [
        ("Authorization", .authorization), ("Connection", .connection), ("Content-Length", .contentLength),
        ("Content-Type", .contentType), ("Cookie", .cookie), ("Date", .date), ("Expect", .expect),
        ("Forwarded", .forwarded), ("Host", .host), ("Keep-Alive", .keepAlive),
        ("X-HTTP-Method-Override", .methodOverride), ("Origin", .origin),
        ("Proxy-Connection", .proxyConnection), ("TE", .te), ("Trailer", .trailer),
        ("Transfer-Encoding", .transferEncoding), ("Upgrade", .upgrade), ("User-Agent", .userAgent), ("Via", .via),
        ("X-Amzn-Trace-Id", .amznTraceId), ("X-Forwarded-For", .forwardedFor), ("X-Forwarded-Host", .forwardedHost),
        ("X-Forwarded-Port", .forwardedPort), ("X-Forwarded-Proto", .forwardedProto),
        ("Apigw-Requestid", .apigwRequestId), ("Set-Cookie", .setCookie), ("X-Api-Key", .apiKey),
        ("Access-Control-Allow-Origin", .accessControl), ("Access-Control-Max-Age", .accessControl),
        ("Access-Control-Request-Method", .accessControlRequestMethod),
        ("Access-Control-Request-Headers", .accessControlRequestHeaders), ("X-Api-Key", .apiKey),
    ]

    @Test("are known whatever their case", arguments: table)
    func known(text: String, meaning: HeaderName) {
        #expect(name(text) == meaning)
        #expect(name(text.lowercased()) == meaning)
        #expect(name(text.uppercased()) == meaning)
    }

    @Test("are all in the table above")
    func complete() {
        #expect(Set(Self.table.map(\.1)).union([.other]) == Set(HeaderName.allCases))
    }

    /// Bytes that a mask of bit 5 would take for a letter or a dash.
    @Test(
        "are not known by a near miss",
        arguments: [
            "", "H", "Hosts", "Hos", "X-Content-Length", "Content-Lengt", "Content_Length", "Content\rLength",
            "Content-Length ", "Content-Lengt\u{8}", "Access-Control", "Access_Control-Max-Age",
            "AccessControl-Allow-Origin",
        ])
    func other(text: String) {
        #expect(name(text) == .other)
    }

    @Test("that concern one connection only are those of RFC 9110 section 7.6.1")
    func hopByHop() {
        #expect(
            Set(HeaderName.allCases.filter(\.isHopByHop)) == [
                .connection, .keepAlive, .proxyConnection, .te, .trailer, .transferEncoding, .upgrade,
            ])
    }
}
