import JSON
import Testing

@testable import LogStore

/// Patterns and messages of the user guide, and their edges.
@Suite("A filter pattern")
struct FilterPatternTests {
    private func matches(_ pattern: String, _ message: String) throws -> Bool {
        var matching = PatternMatching(try FilterPattern(pattern))
        return matching.matches(Array(message.utf8))
    }

    @Test(
        "of words",
        arguments: [
            ("", "anything", true), ("  ", "anything", true),
            ("ERROR", "[ERROR 400] BAD REQUEST", true), ("ERROR", "error", false),
            ("ERROR ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS", true), ("ERROR ARGUMENTS", "[ERROR 401]", false),
            ("?ERROR ?ARGUMENTS", "MISSING ARGUMENTS", true), ("?ERROR ?ARGUMENTS", "INFO", false),
            ("\"INTERNAL SERVER ERROR\"", "[ERROR 500] INTERNAL SERVER ERROR", true),
            ("\"INTERNAL SERVER ERROR\"", "INTERNAL ERROR OF THE SERVER", false),
            ("ERROR -ARGUMENTS", "[ERROR 400] BAD REQUEST", true), ("ERROR -ARGUMENTS", "ERROR ARGUMENTS", false),
            ("-debug", "info", true), ("-debug", "debug", false), ("-\"a b\"", "a b", false),
            // Beside another, one with a question mark says nothing.
            ("?ERROR REQUEST", "REQUEST", true), ("?ERROR REQUEST", "ERROR", false),
            ("\"say \\\"hi\\\"\"", "they say \"hi\"", true),
            ("%AUTHORIZED%", "UNAUTHORIZED REQUEST", true), ("%^\\[ERROR [45]\\d+%", "[ERROR 500]", true),
            ("%^ERROR%", "an ERROR", false), ("%a{2,3}|b+c?%", "xaay", true), ("-%\\d%", "no digit", true),
            ("überall", "es ist überall", true),
        ])
    func words(pattern: String, message: String, isMatch: Bool) throws {
        #expect(try matches(pattern, message) == isMatch)
    }

    @Test(
        "of members",
        arguments: [
            ("{ $.eventType = \"UpdateTrail\" }", #"{"eventType": "UpdateTrail"}"#, true),
            ("{ $.eventType = UpdateTrail }", #"{"eventType": "UpdateTrail"}"#, true),
            ("{$.eventType=\"Update*\"}", #"{"eventType": "UpdateTrail"}"#, true),
            ("{ $.sourceIPAddress != 123.123.* }", #"{"sourceIPAddress": "111.111.111.111"}"#, true),
            ("{ $.sourceIPAddress != 123.123.* }", #"{"sourceIPAddress": "123.123.1.1"}"#, false),
            ("{ $.arrayKey[0] = \"value\" }", #"{"arrayKey": ["value", "another value"]}"#, true),
            ("{ $.objectList[1].id = 2 }", #"{"objectList": [{"id": 1}, {"id": 2}]}"#, true),
            ("{ $.objectList[*].id = 2 }", #"{"objectList": [{"id": 1}, {"id": 2}]}"#, true),
            ("{ $.objectList[5].id = 2 }", #"{"objectList": []}"#, false),
            ("{ $.SomeObject IS NULL }", #"{"SomeObject": null}"#, true),
            ("{ $.SomeObject IS NULL }", "{}", false),
            ("{ $.SomeOtherObject NOT EXISTS }", #"{"SomeObject": null}"#, true),
            ("{ $.ThisFlag IS TRUE }", #"{"ThisFlag": true}"#, true),
            ("{ $.ThisFlag IS FALSE }", #"{"ThisFlag": true}"#, false),
            (
                "{ ($.user.id = 1) && ($.users[0].email = \"John.Doe@example.com\") }",
                #"{"user": {"id": 1}, "users": [{"email": "John.Doe@example.com"}]}"#, true
            ),
            ("{ $.a = 1 && $.b = 2 || $.c = 3 }", #"{"a": 9, "c": 3}"#, true),
            ("{ $.a = 1 && ($.b = 2 || $.c = 3) }", #"{"a": 9, "c": 3}"#, false),
            ("{ $.bandwidth > 75 }", #"{"bandwidth": 75.1}"#, true),
            ("{ $.latency < 50 }", #"{"latency": 5e1}"#, false),
            ("{ $.code >= 400 }", #"{"code": "404"}"#, true), ("{ $.n = -1.5E1 }", #"{"n": -15}"#, true),
            ("{ $.errorCode = %4[0-9]{2}% }", #"{"errorCode": 404}"#, true),
            ("{ $[\"a.b\"] = x }", #"{"a.b": "x"}"#, true),
            ("{ $.missing != x }", "{}", false), ("{ $.a = x }", "no JSON", false), ("{ $.a = x }", "[1", false),
            ("{ $.a = 1 }", "{\"a\": 1}\n", true),
        ])
    func members(pattern: String, message: String, isMatch: Bool) throws {
        #expect(try matches(pattern, message) == isMatch)
    }

    private static let line =
        #"127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534"#

    @Test(
        "of columns",
        arguments: [
            ("[ip, user, username, timestamp, request, status_code, bytes > 1000]", true),
            ("[ip, user, username, timestamp, request, status_code = 4*, bytes]", true),
            ("[ip, user, username, timestamp, request, status_code = 2*, bytes]", false),
            ("[ip, user, username, timestamp, request, status_code = 404 || status_code = 410, bytes]", true),
            ("[ip, user, username, timestamp, request, status_code > 400 && status_code < 404, bytes]", false),
            ("[..., request = *html*, status_code = 4*,]", true),
            ("[..., request =*.html*, status_code = 4*, bytes]", true),
            ("[ip, ..., bytes = 1534]", true), ("[ip=%127\\.0\\.0\\.[1-9]%, ...]", true), ("[ip, user]", false),
            ("[ip != 127*, ...]", false), ("[...]", true),
            ("[ip, user, username, timestamp = \"10/Oct/*\", ...]", true),
        ])
    func columns(pattern: String, isMatch: Bool) throws {
        #expect(try matches(pattern, Self.line) == isMatch)
    }

    @Test("shows what it has compared")
    func extracted() throws {
        let pattern = try FilterPattern("[ip, user, ..., bytes]")
        #expect(
            pattern.extracted(Array(Self.line.utf8))
                == ["$ip": "127.0.0.1", "$user": "Prod", "$bytes": "1534"])
    }

    @Test(
        "that is none is refused",
        arguments: [
            ("email@domain.com", "Invalid character(s) in term '@'"), ("!(info)", "Invalid character(s) in term '!('"),
            ("\"\"", "Invalid character(s) in term '\"\"'"), ("%a(b)%", "Invalid character(s) in term '('"),
            ("%ü%", nil), ("\"open", nil), ("%open", nil), ("%%", nil), ("%[%", nil), ("{}", nil), ("{ $.a }", nil),
            ("{ $.a = }", nil), ("{ $.a > x }", nil), ("{ a = 1 }", nil), ("{ $.a = 1 } }", nil),
            ("[a, ..., ...]", nil),
            ("{ $.a[-1] = 1 }", nil), ("{ $.a[99999999999999999999] = 1 }", nil), ("{ $. = 1 }", nil), ("?", nil),
            ("[a = 1 || b = 2]", nil), ("[a = ]", nil), ("[a b]", nil),
            ("{ $.a = %x% && $.b = %y% && $.c = %z% }", nil),
            ("{ " + String(repeating: "(", count: 200) + "$.a = 1" + String(repeating: ")", count: 200) + " }", nil),
        ] as [(String, String?)])
    func wrong(pattern: String, message: String?) {
        #expect {
            _ = try FilterPattern(pattern)
        } throws: { error in
            guard let error = error as? LogError else { return false }
            return error.code == "InvalidParameterException" && (message.map { $0 == error.message } ?? true)
        }
    }

    @Test("whose expression would take for ever matches nothing, and ends its page")
    func endless() throws {
        var matching = PatternMatching(try FilterPattern("%a*a*a*a*a*a*a*a*a*a*b%"))
        let message = [UInt8](repeating: UInt8(ascii: "a"), count: 30_000)
        var count = 0
        while !matching.isExhausted, count < 1_000 {
            let isMatch = matching.matches(message)
            #expect(!isMatch)
            count += 1
        }
        #expect(count < 1_000)
    }

    /// Beginnings of patterns, which break off anywhere, do no harm.
    @Test("may break off anywhere")
    func cut() {
        for pattern in [
            #"{ ($.a["b"][0] >= 1 && $.c = "x*") || $.d NOT EXISTS }"#, #"[a = "1", ..., b != %x\d% && b > 3]"#,
        ] {
            for count in 0...pattern.utf8.count {
                let part = String(pattern.prefix(count))
                for text in [part, part + "}", part + "]"] { _ = try? FilterPattern(text) }
            }
        }
    }
}
