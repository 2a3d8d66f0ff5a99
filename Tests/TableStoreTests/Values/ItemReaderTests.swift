import Testing

@testable import TableStore

@Suite struct ItemReaderTests {
    @Test(
        "Items are written in one form",
        arguments: [
            ("{'b':{'S':'x'},'a':{'N':'01.50'}}", "{'a':{'N':'1.5'},'b':{'S':'x'}}"),
            ("{ 'a' : { 'SS' : ['b','','a'] } }", "{'a':{'SS':['','a','b']}}"),
            ("{'a':{'NS':['10','9','-1E1']}}", "{'a':{'NS':['-10','9','10']}}"),
            ("{'a':{'BS':['/w==','','AA==']}}", "{'a':{'BS':['','AA==','/w==']}}"),
            (
                "{'a':{'L':[{'M':{}},{'L':[]},{'NULL':true},{'BOOL':false}]}}",
                "{'a':{'L':[{'M':{}},{'L':[]},{'NULL':true},{'BOOL':false}]}}"
            ),
            ("{'a':{'M':{'z':{'B':'AQI='},'y':{'S':''}}}}", "{'a':{'M':{'y':{'S':''},'z':{'B':'AQI='}}}}"),
            ("{'a':{'S':'1'},'a':{'S':'2'}}", "{'a':{'S':'2'}}"), ("{}", "{}"), ("{'a':null}", "{}"),
            ("{'a':{'S':'x','N':null,'Q':[1,{}]}}", "{'a':{'S':'x'}}"),
            ("{'\\u0061':{'S':'\\u00e9\\ud83d\\ude00'}}", "{'a':{'S':'é😀'}}"),
            ("{'a':{'BOOL':'Yes'}}", "{'a':{'BOOL':true}}"),
        ])
    func canonical(text: String, written: String) throws {
        #expect(try item(text).shown == written)
    }

    @Test func namesAreOrderedAndComparedAsBytes() throws {
        // Composed and decomposed: equal strings to Swift, different names to DynamoDB.
        let item = try item("{'\u{E9}':{'S':'1'},'e\u{301}':{'S':'2'},'Z':{'S':'3'}}")
        #expect(item.count == 3)
        #expect(item["e\u{301}"] == .string("2"))
        #expect(item["\u{E9}"] == .string("1"))
        #expect(item.attributes.map(\.name.utf8.count) == [1, 3, 2])
    }

    @Test func stringsAreComparedAsBytes() {
        #expect(AttributeValue.string("\u{E9}") != .string("e\u{301}"))
        #expect(AttributeValue.stringSet(["\u{E9}"]) != .stringSet(["e\u{301}"]))
    }

    private static let invalid = "One or more parameter values were invalid: "
    private static let notOne = ", must contain exactly one of the supported datatypes"
    private static let notNumeric = "The parameter cannot be converted to a numeric value"

    @Test(arguments: [
        ("{'a':{}}", "Supplied AttributeValue is empty\(notOne)"),
        ("{'a':{'X':'1'}}", "Supplied AttributeValue is empty\(notOne)"),
        ("{'a':{'S':'1','N':'1'}}", "Supplied AttributeValue has more than one datatypes set\(notOne)"),
        ("{'a':{'NULL':false}}", "\(invalid)Null attribute value types must have the value of true"),
        ("{'a':{'SS':[]}}", "\(invalid)An string set  may not be empty"),
        ("{'a':{'NS':[]}}", "\(invalid)An number set  may not be empty"),
        ("{'a':{'L':[{'M':{'x':{'BS':[]}}}]}}", "\(invalid)Binary sets should not be empty"),
        ("{'a':{'SS':['b','a','b']}}", "\(invalid)Input collection ['a', 'b', 'b'] contains duplicates."),
        (
            "{'a':{'SS':['d','a','d','c','b']}}",
            "\(invalid)Input collection ['a', 'd', 'd', 'c', 'b'] contains duplicates."
        ),
        (
            "{'a':{'BS':['/w==','AA==','AA==']}}",
            "\(invalid)Input collection ['AA==','/w==','AA==']of type BS contains duplicates."
        ),
        ("{'a':{'NS':['2','1','2.0']}}", "\(invalid)Input collection contains duplicates."),
        ("{'a':{'N':''}}", "\(notNumeric): "), ("{'a':{'N':'abc'}}", "\(notNumeric): abc"),
        (
            "{'a':{'NS':['1','1e126']}}",
            "Number overflow. Attempting to store a number with magnitude larger than supported range"
        ),
        (
            "{'a':{'N':'1e-131'}}",
            "Number underflow. Attempting to store a number with magnitude smaller than supported range"
        ),
        (
            "{'a':{'N':'123456789012345678901234567890123456789'}}",
            "Attempting to store more than 38 significant digits in a Number"
        ),
        ("{'':{'S':'x'}}", "Empty attribute name"), ("{'a':{'M':{'':{'S':'x'}}}}", "Empty attribute name"),
        ("{'a':{'N':5}}", "NUMBER_VALUE cannot be converted to String"),
        ("{'a':{'B':'23456'}}", "Base64 encoded length is expected a multiple of 4 bytes but found: 5"),
        ("{'a':{'B':'=+/='}}", "Invalid last non-pad Base64 character dectected"),
        ("{'a':'x'}", "Unexpected field type"), ("{'a':{'S':'x'}", "com.amazon.coral.service#SerializationException"),
    ])
    func faults(text: String, message: String) {
        #expect(fault { () throws(TableError) in try item(text) }?.replacing("\"", with: "'") == message)
    }

    @Test(
        "The older layer has its own words",
        arguments: [
            ("{'SS':['b','a','b']}", "\(invalid)Input collection [b, a, b] contains duplicates."),
            (
                "{'BS':['/w==','AA==','AA==']}",
                "\(invalid)Input collection [/w==, AA==, AA==]of type BS contains duplicates."
            ),
            ("{'NS':['2','1','2']}", "Input collection contains duplicates"), ("{'N':''}", notNumeric),
            ("{'N':'abc'}", "\(notNumeric): abc"),
        ])
    func olderLayer(text: String, message: String) {
        #expect(fault { () throws(TableError) in try value(text, .older) } == message)
    }

    private static func nested(_ levels: Int) -> String {
        String(repeating: "{'M':{'n':", count: levels) + "{'S':'leaf'}" + String(repeating: "}}", count: levels)
    }

    @Test func thirtyTwoLevelsAreTheDeepest() throws {
        #expect(fault { () throws(TableError) in try item("{'a':\(Self.nested(31))}") } == nil)
        for levels in [32, 100] {
            #expect(
                fault { () throws(TableError) in try item("{'a':\(Self.nested(levels))}") }
                    == "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
                    + "beyond supported limit")
        }
    }

    @Test func anEmptyNameIsFoundBeforeWhatLiesDeep() {
        for text in ["{'a':\(Self.nested(40)),'':{'S':'x'}}", "{'':{'S':'x'},'a':\(Self.nested(40))}"] {
            #expect(fault { () throws(TableError) in try item(text) } == "Empty attribute name")
        }
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        for name in [[0xFF], [0xC3]] as [[UInt8]] {
            let body = Array("{\"".utf8) + name + Array("\":{\"S\":\"x\"}}".utf8)
            #expect(
                fault { () throws(TableError) in try Item(parsing: body, at: 0..<body.count, layer: .current) } != nil)
        }
    }

    @Test func aDamagedStoreIsAFaultOfTheServer() {
        #expect(throws: TableError.self) { try Item(stored: Array("{\"a\":".utf8)) }
        do { _ = try Item(stored: [0]) } catch { #expect(error.status == 500) }
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        var random = RandomTables(seed: 4)
        for _ in 0..<2_000 {
            let item = try random.item()
            let text = item.text
            let read = try Item(stored: text)
            #expect(read == item)
            #expect(read.text == text)
        }
    }

    @Test func noBytesTrap() throws {
        var random = RandomTables(seed: 5)
        let telling = Array("{}[]\",:\\SNBLMu0159eE+-.ntf \u{7F}".utf8) + [0, 0xC3, 0xFF]
        var read = 0
        for _ in 0..<5_000 {
            var text = try random.item().text
            for _ in 0...random.below(3) where !text.isEmpty {
                let position = random.below(text.count)
                switch random.below(3) {
                case 0: text[position] = random.pick(telling)
                case 1: text.remove(at: position)
                default: text.insert(random.pick(telling), at: position)
                }
            }
            if let item = try? Item(parsing: text, at: 0..<text.count, layer: .older) {
                read += 1
                #expect(try Item(stored: item.text) == item)
            }
        }
        #expect(read > 0 && read < 5_000)
    }
}
