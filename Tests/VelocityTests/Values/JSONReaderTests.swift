import Testing

@testable import Velocity

@Suite struct JSONReaderTests {
    /// What json-smart 2.2 makes of the text, with its class.
    @Test(arguments: [
        ("1", "Integer 1"), ("-0", "Integer 0"), ("12345678901", "Long 12345678901"), ("1.00", "Double 1.0"),
        ("123456789012345678901234567890", "BigInteger 123456789012345678901234567890"), ("1e5", "Double 100000.0"),
        ("1E-7", "Double 1.0E-7"), ("1.2345678901234567890", "BigDecimal 1.2345678901234567890"),
        ("1E400", "Double Infinity"), ("007", "Integer 7"), ("5.", "Double 5.0"), (".5", "String .5"),
        ("-", "Integer 0"),
        ("+1", "String +1"), ("1abc", "String 1abc"), ("12 34", "String 12 34"), ("2026-01-01", "String 2026-01-01"),
        ("true", "Boolean true"), (" true ", "Boolean true"), ("truex", "String truex"), ("\"abc\"def", "String abc"),
        ("'abc'", "String abc"), ("hello, world", "String hello, world"), ("a=1&b=2", "String a=1&b=2"),
        ("{a:1}", "LinkedHashMap {a=1}"), ("{'a':'b'}", "LinkedHashMap {a=b}"), ("{\"a\":1,}", "LinkedHashMap {a=1}"),
        ("{\"a\":1}}", "LinkedHashMap {a=1}"), ("{\"a\":b c}", "LinkedHashMap {a=b c}"), ("{,}", "LinkedHashMap {}"),
        ("{\"a\":1,\"a\":2}", "LinkedHashMap {a=2}"), ("{a b:1}", "LinkedHashMap {a b=1}"),
        ("[1,,2]", "JSONArray [1,2]"),
        ("{\"a\":1 \"b\":2}", "LinkedHashMap {a=1 \"b\":2}"), ("{\"a\":\"it\\'s\"}", "LinkedHashMap {a=it's}"),
        ("[1 2]", "JSONArray [\"1 2\"]"), ("[nul]", "JSONArray [\"nul\"]"), ("[\"x\"y]", "JSONArray [\"x\",\"y\"]"),
        ("[a:b]", "JSONArray [\"a:b\"]"), ("[1]]", "JSONArray [1]"), ("[01.5]", "JSONArray [1.5]"),
    ])
    func `Text is read as json-smart reads it`(text: String, value: String) {
        #expect(render("#set($x = $input.path('$'))$x.class.simpleName $x", body: text) == value)
    }

    @Test(arguments: [
        "{\"a\":1", "[1,2", "\"abc", "{\"a\" \"b\"}", "{\"a\":}", "{:1}", "]", "}", ":", "{\"a\"", "{", "[", "\"\\x\"",
        "{\"a\":\"b\"\"c\"}", "[{]", "{\"a\":[}",
    ])
    func `What json-smart refuses is plain text`(text: String) {
        #expect(render("#set($x = $input.path('$'))$x.class.simpleName $x", body: text) == "String \(text)")
    }

    @Test func `Strings are escaped as json-smart escapes them`() {
        let output = "[\"x/y\\u2028\\u0001\\u007F é\\u20AC\"] [\"x\\/y\\u2028\\u0001\\u007F é\\u20AC\"]"
        #expect(render("$input.json('$') $input.path('$')", body: "[\"x/y\\u2028\\u0001\\u007f é€\"]") == output)
    }

    @Test func `A body that is no UTF-8 is repaired`() throws {
        final class Source: TemplateSource {
            let templateBody: [UInt8] = [0x22, 0xFF, 0x61, 0x22]
            func templateParameter(_ name: String, in place: TemplateParameterPlace) -> String? { nil }
            func templateParameters(in place: TemplateParameterPlace) -> [(name: String, value: String)] { [] }
            func templateStageVariable(_ name: String) -> String? { nil }
            func templateStageVariables() -> [(name: String, value: String)] { [] }
            func templateContext(_ path: ContextPath) -> ContextValue { .absent }
            func templateContextNames(below path: String) -> [String] { [] }
        }
        var overrides = ContextOverrides()
        var output: [UInt8] = []
        try Template("$input.path('$')").render(Source(), overrides: &overrides, into: &output)
        #expect(String(decoding: output, as: UTF8.self) == "\u{FFFD}a")
    }
}
