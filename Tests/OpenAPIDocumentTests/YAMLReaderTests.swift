import JSON
import Testing

@testable import OpenAPIDocument

@Suite struct YAMLReaderTests {
    @Test(
        arguments: [
            ("a: 1", ["a": .number("1")]), ("a: 2.0", ["a": .number("2.0")]), ("a: '2.0'", ["a": "2.0"]),
            ("a: true", ["a": true]), ("a: yes", ["a": "yes"]), ("a: ~", ["a": nil]), ("a:", ["a": nil]),
            ("a: 0x1F", ["a": "0x1F"]), ("a: 1_000", ["a": "1_000"]), ("a: 2020-01-01", ["a": "2020-01-01"]),
            ("a: -1.5e3", ["a": .number("-1.5e3")]), ("a: 007", ["a": "007"]), ("200: ok", ["200": "ok"]),
            ("a: !!str 5", ["a": "5"]), ("a: [1, {b: c}]", ["a": [1, ["b": "c"]]]),
            ("a: |\n  x\n  y\n", ["a": "x\ny\n"]), ("'<<': 1", ["<<": 1]),
            ("b: &x {c: 1}\na: *x", ["b": ["c": 1], "a": ["c": 1]]),
            ("b: &x {c: 1, d: 2}\na: {<<: *x, c: 3}", ["b": ["c": 1, "d": 2], "a": ["c": 3, "d": 2]]),
        ] as [(String, JSONValue)])
    func reads(text: String, value: JSONValue) throws {
        #expect(try YAMLReader.read(text) == value)
    }

    @Test(
        arguments: [
            "a: [", "a: b: c", "a: *none", "a: !Ref b", "a: !x [1]", "a: 1\na: 2", "? [1]\n: 2", "a: {<<: 5}",
            "a: 1\n---\nb: 2",
            "a: \"\u{1}\"",
        ])
    func refuses(text: String) {
        #expect(throws: DocumentError.self) { try YAMLReader.read(text) }
    }

    /// Nine levels of nine aliases each would be 387 million values.
    @Test func nestedAliasesAreRefused() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        let error = #expect(throws: DocumentError.self) { try YAMLReader.read(text) }
        #expect(error?.message == "The definition is not valid YAML: More than 1000000 values at line 7.")
    }

    @Test func nestedKeysAreRefusedWithTheirPlace() {
        let items = Array(repeating: "a", count: 100_000).joined(separator: ",")
        let nested = String(repeating: "{", count: 990) + "[\(items)]" + String(repeating: "}", count: 990)
        let error = #expect(throws: DocumentError.self) { try DocumentReader.read("x: \(nested)") }
        #expect(
            error?.message == "The definition is not valid YAML: Keys must be strings at line 1, column 5.")
    }

    @Test func aRepeatedKeyIsNamed() {
        let error = #expect(throws: DocumentError.self) { try YAMLReader.read("a: 1\nb: {c: 1, c: 2}") }
        #expect(error?.message == "The definition is not valid YAML: duplicate key c at line 2.")
    }

    @Test func deepNestingIsRefused() {
        let text = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        #expect(throws: DocumentError.self) { try YAMLReader.read("a: " + text) }
        let deeper = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        #expect(throws: DocumentError.self) { try YAMLReader.read("a: " + deeper) }
    }

    @Test func tooLargeADocumentIsRefused() {
        let text = String(repeating: " ", count: DocumentLimits.bytes) + "{}"
        #expect(throws: DocumentError.self) { try DocumentReader.read(text) }
    }

    @Test func anAmpersandInTextIsNoAnchor() throws {
        let text = "a: https://x.example/?a=1&b=2\nb: Tom & Jerry *x*\n"
        #expect(try YAMLReader.read(text)["b"] == "Tom & Jerry *x*")
    }
}
