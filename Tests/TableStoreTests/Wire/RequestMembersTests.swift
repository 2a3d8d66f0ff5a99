import JSON
import Testing

@testable import TableStore

@Suite("Members of a request")
struct RequestMembersTests {
    @Test("are found by their names, escaped or not")
    func names() throws {
        let members = try RequestMembers(Array(#" { "a" : "x" , "\u0062":"y" } "#.utf8))
        #expect(try members.string("a") == "x")
        #expect(try members.string("b") == "y")
        #expect(try members.string("c") == nil)
    }

    @Test("are absent when they are null")
    func null() throws {
        let members = try RequestMembers(Array(#"{"a":null}"#.utf8))
        #expect(try members.string("a") == nil)
        #expect(try members.integer("a") == nil)
        #expect(members.range("a") == nil)
    }

    @Test("count once, the last time, when they are repeated")
    func repeated() throws {
        #expect(try RequestMembers(Array(#"{"a":"x","a":"y"}"#.utf8)).string("a") == "y")
    }

    @Test("numbers lose their fractions downwards", arguments: [("3", 3), ("3.9", 3), ("-1.5", -2), ("1e2", 100)])
    func floored(text: String, value: Int) throws {
        #expect(try RequestMembers(Array(#"{"a":\#(text)}"#.utf8)).integer("a") == value)
    }

    @Test("numbers beyond all integers are as far as integers go", arguments: [("1e999", Int.max), ("-1e999", .min)])
    func far(text: String, value: Int) throws {
        #expect(try RequestMembers(Array(#"{"a":\#(text)}"#.utf8)).integer("a") == value)
    }

    @Test(
        "booleans may be words",
        arguments: [
            ("true", true), ("false", false), (#""TRUE""#, true), (#""yes""#, true), (#""1""#, true),
            (#""No""#, false), (#""0""#, false), (#""false""#, false),
        ])
    func booleans(text: String, value: Bool) throws {
        #expect(try RequestMembers(Array(#"{"a":\#(text)}"#.utf8)).boolean("a") == value)
    }

    private static func error(_ text: String, _ read: (RequestMembers) throws -> Void) -> TableError? {
        do {
            try read(RequestMembers(Array(#"{"a":\#(text)}"#.utf8)))
            return nil
        } catch { return error as? TableError }
    }

    @Test(
        "of another type than a string are refused",
        arguments: [
            ("23", "NUMBER_VALUE cannot be converted to String"),
            ("3.5", "DECIMAL_VALUE cannot be converted to String"),
            ("true", "TRUE_VALUE cannot be converted to String"),
            ("false", "FALSE_VALUE cannot be converted to String"),
            ("[]", "Unrecognized collection type class java.lang.String"),
            ("{}", "Start of structure or map found where not expected"),
        ])
    func string(text: String, message: String) {
        #expect(Self.error(text) { _ = try $0.string("a") }?.message == message)
    }

    @Test(
        "of another type than an integer are refused",
        arguments: [
            (#""23""#, "STRING_VALUE cannot be converted to Integer"),
            ("true", "TRUE_VALUE cannot be converted to Integer"),
            ("[]", "Unrecognized collection type class java.lang.Integer"),
            ("{}", "Start of structure or map found where not expected"),
        ])
    func integer(text: String, message: String) {
        #expect(Self.error(text) { _ = try $0.integer("a") }?.message == message)
    }

    @Test(
        "of another type than a boolean are refused",
        arguments: [
            ("23", "NUMBER_VALUE cannot be converted to Boolean"),
            ("3.5", "DECIMAL_VALUE cannot be converted to Boolean"),
            (#""maybe""#, "Unexpected token received from parser"),
            ("[]", "Unrecognized collection type class java.lang.Boolean"),
            ("{}", "Start of structure or map found where not expected"),
        ])
    func boolean(text: String, message: String) {
        #expect(Self.error(text) { _ = try $0.boolean("a") }?.message == message)
    }

    @Test(
        "of another type than a list are refused",
        arguments: [
            ("23", "Unexpected field type"), (#""x""#, "Unexpected field type"),
            ("{}", "Start of structure or map found where not expected"),
        ])
    func list(text: String, message: String) {
        #expect(Self.error(text) { _ = try $0.elements("a") }?.message == message)
    }

    @Test("of another type than an object are refused", arguments: ["23", #""x""#, "true"])
    func object(text: String) {
        #expect(Self.error(text) { _ = try $0.members("a") }?.message == "Unexpected field type")
    }

    @Test(
        "of no JSON object are refused without a message",
        arguments: ["", " ", "{", #"{"a"}"#, #"{"a":1,}"#, #"{"a":1}x"#, "{'a':1}", #"{"a":tru}"#, "\"\u{1}\""])
    func syntax(text: String) {
        #expect(throws: TableError.self) { try RequestMembers(Array(text.utf8)) }
        do { _ = try RequestMembers(Array(text.utf8)) } catch {
            #expect(error.type == "com.amazon.coral.service#SerializationException")
        }
    }

    @Test("that are not UTF-8 are refused, not mended")
    func notUTF8() {
        #expect(throws: TableError.self) {
            try RequestMembers([0x7B, 0x22, 0x61, 0x22, 0x3A, 0x22, 0xFF, 0x22, 0x7D]).string("a")
        }
    }

    @Test("nested without end are refused")
    func deep() {
        let text = #"{"a":"# + String(repeating: "[", count: 100_000)
        #expect(throws: TableError.self) { try RequestMembers(Array(text.utf8)) }
    }

    @Test("random bytes never trap")
    func random() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array(#"{}[]",:\u0019truefalsn.eE+- "#.utf8) + [0xFF, 0x00]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0..<24)).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            guard let members = try? RequestMembers(bytes) else { continue }
            for (_, range) in members.all { #expect(range.upperBound <= bytes.count) }
        }
    }
}
