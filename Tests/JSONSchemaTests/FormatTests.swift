import Testing

@Suite struct FormatTests {
    @Test(
        "formats that the library checks",
        arguments: [
            ("date-time", "2024-02-29T12:00:00Z", true), ("date-time", "2023-02-29T12:00:00Z", false),
            ("date-time", "2024-01-01T12:00:00.123456789012+0100", true), ("date-time", "2024-01-01T12:00:00", false),
            ("date-time", "2024-01-01t12:00:00z", true), ("date-time", "2024-01-01T24:00:00Z", false),
            ("date-time", "2024-01-01 12:00:00Z", false), ("date-time", "2024-01-01T12:00:60Z", false),
            ("email", "a.b+c@example.com", true), ("email", "Joe <joe@example.com>", true), ("email", "a@b@c", false),
            ("email", "@example.com", false), ("email", "a..b@example.com", false), ("email", "a@", false),
            ("email", "a b@example.com", false), ("email", "a@exa_mple.com", false),
            ("email", "\"a b\"@example.com", true),
            ("hostname", "localhost", true), ("hostname", "a_b.example.com", true), ("hostname", "-a.com", false),
            ("hostname", "a.1", false), ("hostname", "a..b", false), ("hostname", "", false),
            ("ipv4", "1.2.3.4", true), ("ipv4", "01.2.3.4", false), ("ipv4", "1.2.3", false), ("ipv4", "::1", false),
            ("ipv6", "::", true), ("ipv6", "1:2:3:4:5:6:7:8", true), ("ipv6", "1:2:3:4:5:6:7::", true),
            ("ipv6", "::1.2.3.4", true), ("ipv6", "1::2::3", false), ("ipv6", "1:2:3", false),
            ("ipv6", "1.2.3.4", false),
            ("ipv6", ":1:2:3:4:5:6:7", false), ("ipv6", "12345::", false), ("ipv6", "", false),
            ("uri", "https://example.com/a?b=c#d", true), ("uri", "relative/path", true),
            ("uri", "http://[::1]:80/", true),
            ("uri", "http://a b/", false), ("uri", "1http://x", false), ("uri", "http:", false), ("uri", "a%2", false),
            ("uri", "http://", false), ("uri", "a#b#c", false), ("uri", "http://[x]/", false), ("uri", "/ü", true),
            ("regex", "^(a|b)$", true), ("regex", "(", false),
            ("base64", "YWJj", true), ("base64", "YQ==", true), ("base64", "YQ=", false), ("base64", "Y*==", false),
            ("json-pointer", "/a~1b", true), ("json-pointer", "a", false), ("json-pointer", "/a~2", false),
            ("mac", "00:1A:2b:3c:4d:5e", true), ("mac", "00-1A", false),
            ("md5", "d41d8cd98f00b204e9800998ecf8427e", true), ("md5", "d41d", false),
            ("uuid", "123e4567-e89b-12d3-a456-426614174000", true), ("uuid", "123e4567", false),
            ("date", "no date", true), ("int32", "x", true),
        ])
    func checks(_ format: String, _ text: String, _ isValid: Bool) throws {
        let body = "\"" + text.replacing("\"", with: "\\\"") + "\""
        #expect(try (MessageTests.fault("{\"format\":\"\(format)\"}", body) == nil) == isValid)
    }
}
