import Testing

@testable import TableStore

@Suite struct AttributeValueTests {
    @Test(arguments: [
        ("{'S':''}", 0), ("{'S':'é'}", 2), ("{'B':'AQID'}", 3), ("{'BOOL':true}", 1), ("{'NULL':true}", 1),
        ("{'N':'3.14159'}", 5), ("{'SS':['a','bc']}", 3), ("{'NS':['1','-1']}", 5), ("{'BS':['AA==','AAA=']}", 3),
        ("{'L':[]}", 3), ("{'M':{}}", 3), ("{'L':[{'S':'abc'},{'L':[]}]}", 11), ("{'M':{'key':{'S':'abc'}}}", 10),
    ])
    func sizes(text: String, size: Int) throws {
        #expect(try value(text).size == size)
    }

    @Test func sizeOfAnItemIsThatOfNamesAndValues() throws {
        #expect(try item("{'pk':{'S':'abc'},'é':{'N':'1'}}").size == 2 + 3 + 2 + 2)
    }

    @Test(
        "Equality is deep, numbers by value, sets without order",
        arguments: [
            ("{'N':'1'}", "{'N':'1.0'}"), ("{'SS':['a','b']}", "{'SS':['b','a']}"),
            ("{'NS':['1','2']}", "{'NS':['2','1E0']}"),
            ("{'BS':['AA==','/w==']}", "{'BS':['/w==','AA==']}"),
            ("{'M':{'a':{'L':[{'N':'1'}]},'b':{'NULL':true}}}", "{'M':{'b':{'NULL':true},'a':{'L':[{'N':'1.0'}]}}}"),
        ])
    func equal(left: String, right: String) throws {
        #expect(try value(left) == value(right))
    }

    @Test(arguments: [
        ("{'N':'1'}", "{'S':'1'}"), ("{'L':[{'S':'a'},{'S':'b'}]}", "{'L':[{'S':'b'},{'S':'a'}]}"),
        ("{'SS':['a']}", "{'SS':['a','b']}"), ("{'M':{'a':{'S':''}}}", "{'M':{'b':{'S':''}}}"),
        ("{'S':'AA=='}", "{'B':'AA=='}"), ("{'BOOL':true}", "{'BOOL':false}"),
    ])
    func unequal(left: String, right: String) throws {
        #expect(try value(left) != value(right))
    }

    @Test(
        "Strings have the order of their bytes, not that of characters",
        arguments: [
            ("{'S':'Z'}", "{'S':'a'}"), ("{'S':'a'}", "{'S':'aa'}"), ("{'S':''}", "{'S':'a'}"),
            ("{'S':'e\u{301}'}", "{'S':'\u{E9}'}"),
            // Two UTF-16 units from D834 on, but four bytes from F0 on.
            ("{'S':'\u{FFFD}'}", "{'S':'𝄞'}"), ("{'B':'AA=='}", "{'B':'AQ=='}"), ("{'N':'-2'}", "{'N':'-1'}"),
            ("{'N':'9'}", "{'N':'10'}"),
        ])
    func ordered(lower: String, upper: String) throws {
        let (lower, upper) = (try value(lower), try value(upper))
        #expect(try #require(lower.compared(to: upper)) < 0)
        #expect(try #require(upper.compared(to: lower)) > 0)
        #expect(lower.compared(to: lower) == 0)
    }

    @Test(arguments: ["{'S':'1'}", "{'BOOL':true}", "{'NULL':true}", "{'L':[]}", "{'M':{}}", "{'NS':['1']}"])
    func noOrderBetweenTypesAndWithoutScalars(other: String) throws {
        #expect(try value(other).compared(to: .number(.zero)) == nil)
    }
}

@Suite struct ItemTests {
    @Test func attributesAreSetReplacedAndRemoved() {
        var item = Item()
        item["b"] = .string("1")
        item["a"] = .string("2")
        item["b"] = .string("3")
        item["c"] = nil
        #expect(item.shown == "{'a':{'S':'2'},'b':{'S':'3'}}")
        item["a"] = nil
        #expect(item.shown == "{'b':{'S':'3'}}")
    }

    @Test(
        "A part is found wherever it begins",
        arguments: [
            ("aaaab", "aaab", true), ("abababac", "ababac", true), ("aabaabaaab", "aabaaab", true),
            ("abab", "abac", false), ("aaaa", "aab", false), ("ab", "abc", false), ("xa", "a", true), ("", "", true),
            ("a", "", true), ("", "a", false), ("e\u{301}", "e", true), ("\u{E9}", "e\u{301}", false),
        ])
    func parts(whole: String, part: String, isFound: Bool) {
        #expect(AttributeValue.string(whole).contains(.string(part)) == isFound)
        #expect(AttributeValue.binary(Array(whole.utf8)).contains(.binary(Array(part.utf8))) == isFound)
    }
}
