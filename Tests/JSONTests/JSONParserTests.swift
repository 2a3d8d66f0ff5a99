import Testing

@testable import JSON

@Suite("JSON texts")
struct JSONParserTests {
    @Test(
        "keeps the order of members and the text of numbers",
        arguments: [
            #"{"b":1.0,"a":[1e2,-0,true,null],"c":"é\n"}"#,
            #"[]"#, #"{}"#, #""""#, #"0.10"#,
        ])
    func roundTrip(text: String) throws {
        #expect(try JSONValue(parsing: text).text == text)
    }

    @Test(
        "reads escapes",
        arguments: [
            (#""\u00e9""#, "é"), (#""\ud83d\ude00""#, "😀"), (#""\ud83d""#, "\u{FFFD}"),
            (#""a\/b\"\\\b\f\t""#, "a/b\"\\\u{8}\u{C}\t"),
        ])
    func escapes(text: String, meaning: String) throws {
        #expect(try JSONValue(parsing: text) == .string(meaning))
    }

    @Test(
        "refuses what is not JSON",
        arguments: [
            "", "{", "[1,]", "01", "+1", "1.", ".5", "1e", "nul", "tru e", "\"\u{1}\"", #""\x""#, #""\u12""#, "{'a':1}",
            "[1] 2", "\"",
            #"{"a" 1}"#, #"{"a":1,}"#, "NaN",
        ])
    func refusals(text: String) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    }

    @Test("refuses bytes that are not UTF-8")
    func notUTF8() {
        #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
    }

    @Test("refuses nesting beyond its limit, without using up the stack")
    func depth() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError.self) { try JSONValue(parsing: deep) }
    }

    @Test("the last of repeated keys counts")
    func repeatedKeys() throws {
        #expect(try JSONValue(parsing: #"{"a":1,"b":2,"a":3}"#).text == #"{"a":3,"b":2}"#)
    }

    @Test("large objects find their members")
    func largeObject() throws {
        var object = JSONObject()
        for number in 0..<1000 { object["k\(number)"] = .number(number) }
        object["k500"] = nil
        #expect(object.count == 999)
        #expect(object["k999"] == .number(999))
        #expect(object["k500"] == nil)
    }

    @Test("resources pass through Codable unchanged")
    func codable() throws {
        struct Resource: Codable, Equatable {
            var name: String
            var count: Int?
            var tags: OrderedMap<String>
            var list: [Bool]
        }
        let text = #"{"name":"x","tags":{"z":"1","a":"2"},"list":[true,false]}"#
        let resource = try JSONValue(parsing: text).decode(Resource.self)
        #expect(try JSONValue(encoding: resource).text == text)
    }
}
