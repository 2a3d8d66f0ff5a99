import JSON
import JSONSchema
import Testing

/// Schemas and bodies that try to cost more than they should.
@Suite struct LimitTests {
    static let tooManySteps = "[validation of the request body takes too many steps]"

    @Test("a pattern that takes for ever ends")
    func patterns() throws {
        let body = "\"" + String(repeating: "a", count: 60) + "!\""
        #expect(try MessageTests.fault(#"{"pattern":"^(a|a)*$"}"#, body) == Self.tooManySteps)
    }

    @Test("patterns share one budget")
    func manyPatterns() throws {
        let text = "\"" + String(repeating: "a", count: 18) + "!\""
        let body = "[" + Array(repeating: text, count: 2_000).joined(separator: ",") + "]"
        #expect(try MessageTests.fault(#"{"items":{"pattern":"^(a|a)*$"}}"#, body) == Self.tooManySteps)
    }

    @Test("schemas that double at each level end")
    func doubling() throws {
        let schema =
            ##"{"anyOf":[{"$ref":"#/definitions/x"}],"definitions":{"x":{"properties":{"a":{"anyOf":[{"$ref":"#/definitions/x"},{"$ref":"#/definitions/y"}]}},"required":["b"]},"y":{"properties":{"a":{"anyOf":[{"$ref":"#/definitions/x"},{"$ref":"#/definitions/y"}]}},"required":["c"]}}}"##
        let body = String(repeating: #"{"b":1,"c":1,"a":"#, count: 200) + "{}" + String(repeating: "}", count: 200)
        #expect(try MessageTests.fault(schema, body) != nil)
    }

    @Test("many equal objects are compared within bounds")
    func duplicates() throws {
        let numbers = (0..<5_000).map { String($0) }.joined(separator: ",")
        #expect(try MessageTests.fault(#"{"uniqueItems":true}"#, "[\(numbers)]") == nil)
        #expect(try MessageTests.fault(#"{"uniqueItems":true}"#, "[\(numbers),7e0]") != nil)
        let object = "{" + (0..<600).map { "\"k\($0)\":1" }.joined(separator: ",") + "}"
        #expect(try MessageTests.fault(#"{"uniqueItems":true}"#, "[\(object),\(object)]") != nil)
    }

    @Test("of a key that comes twice the last value counts", arguments: [2, 40])
    func repeatedKeys(_ others: Int) throws {
        let schema = #"{"properties":{"a":{"type":"string"}},"maxProperties":\#(others + 1)}"#
        let rest = (0..<others).map { "\"k\($0)\":1" }.joined(separator: ",")
        #expect(try MessageTests.fault(schema, "{\"a\":1,\(rest),\"a\":\"x\"}") == nil)
        #expect(try MessageTests.fault(schema, "{\"a\":\"x\",\(rest),\"\\u0061\":1}") != nil)
    }

    @Test(
        "numbers of any size are exact",
        arguments: [
            ("12345678901234567890123", "1", true), ("1e400", "0.7", false), ("7e999999999", "0.7", true),
            ("1e-999999999", "3", false), ("9007199254740993", "2", false), ("0.3", "0.1", true),
            ("123456789012345678901234567890", "98765432109876543210987", false),
            ("98765432109876543210987000", "98765432109876543210987", true), ("0", "5", true), ("-6", "3", true),
        ])
    func multiples(_ number: String, _ divisor: String, _ isMultiple: Bool) throws {
        #expect(try (MessageTests.fault("{\"multipleOf\":\(divisor)}", number) == nil) == isMultiple)
    }

    @Test("large numbers are compared exactly")
    func comparisons() throws {
        #expect(try MessageTests.fault(#"{"maximum":9007199254740992}"#, "9007199254740993") != nil)
        #expect(try MessageTests.fault(#"{"maximum":1e20}"#, "100000000000000000001") != nil)
        #expect(try MessageTests.fault(#"{"minimum":-1e999999999}"#, "-9e999999998") == nil)
        #expect(try MessageTests.fault(#"{"enum":[100]}"#, "1e2") == nil)
        #expect(try MessageTests.fault(#"{"enum":[9007199254740992]}"#, "9007199254740993") != nil)
    }

    @Test("messages do not grow with the product of schema and body")
    func messageSize() throws {
        let values = (0..<500).map { "\"value\($0)\"" }.joined(separator: ",")
        let body = "[" + (0..<500).map { "\"x\($0)\"" }.joined(separator: ",") + "]"
        let fault = try #require(try MessageTests.fault("{\"items\":{\"enum\":[\(values)]}}", body))
        #expect(fault.utf8.count < 200_000)
    }

    @Test("more than 64 required names")
    func manyNames() throws {
        let names = (0..<100).map { "\"k\($0)\"" }.joined(separator: ",")
        let members = (0..<100).map { "\"k\($0)\":1" }
        #expect(try MessageTests.fault("{\"required\":[\(names)]}", "{\(members.joined(separator: ","))}") == nil)
        #expect(
            try MessageTests.fault("{\"required\":[\(names)]}", "{\(members.dropLast().joined(separator: ","))}")
                == #"[object has missing required properties (["k99"])]"#)
    }

    @Test("a long chain of references is followed once")
    func chains() throws {
        let links = (0..<2_000).map { "\"d\($0)\":{\"$ref\":\"#/definitions/d\($0 + 1)\"}" }.joined(separator: ",")
        let uses = (0..<2_000).map { "{\"$ref\":\"#/definitions/d\($0)\"}" }.joined(separator: ",")
        let schema = "{\"items\":[\(uses)],\"definitions\":{\(links),\"d2000\":{\"type\":\"string\"}}}"
        #expect(try MessageTests.fault(schema, "[\"x\"]") == nil)
        #expect(try MessageTests.fault(schema, "[1]") != nil)
    }

    @Test("deep schemas compile")
    func deepSchemas() throws {
        let schema = String(repeating: #"{"items":"#, count: 120) + "{}" + String(repeating: "}", count: 120)
        #expect(
            try MessageTests.fault(schema, String(repeating: "[", count: 200) + String(repeating: "]", count: 200))
                == nil)
    }
}
