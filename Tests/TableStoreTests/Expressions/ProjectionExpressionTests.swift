import Testing

@testable import TableStore

@Suite struct ProjectionExpressionTests {
    @Test func bareNamesBeginWithALetter() throws {
        #expect(
            fault { () throws(TableError) in try projection("_123") }
                == "Invalid ProjectionExpression: Syntax error; token: \"_\", near: \"_123\"")
        #expect(
            try projection("a_1, #_b", names: "{'#_b':'_b'}").project(item("{'_b':{'N':'1'}}")).shown
                == "{'_b':{'N':'1'}}")
    }

    private static let stored = """
        {'id':{'S':'1'},'m':{'M':{'n':{'S':'x'},'o':{'M':{'p':{'N':'1'},'q':{'N':'2'}}}}},
        'l':{'L':[{'S':'0'},{'M':{'a':{'S':'1'},'b':{'S':'2'}}},{'S':'2'},{'L':[{'S':'30'},{'S':'31'}]}]},'a.b':{'S':'dot'}}
        """

    @Test(arguments: [
        ("id", "{'id':{'S':'1'}}"), ("m.n", "{'m':{'M':{'n':{'S':'x'}}}}"),
        ("m.o.q, id,m.o.p", "{'id':{'S':'1'},'m':{'M':{'o':{'M':{'p':{'N':'1'},'q':{'N':'2'}}}}}}"),
        ("l[2], l[0]", "{'l':{'L':[{'S':'0'},{'S':'2'}]}}"), ("l[1].b, l[9]", "{'l':{'L':[{'M':{'b':{'S':'2'}}}]}}"),
        ("l[3][1], l[2]", "{'l':{'L':[{'S':'2'},{'L':[{'S':'31'}]}]}}"), ("absent", "{}"), ("m.z", "{}"), ("l.a", "{}"),
        ("m[0]", "{}"), ("l[1].z", "{}"), ("id.x", "{}"), ("#dot", "{'a.b':{'S':'dot'}}"),
        ("#m.#n", "{'m':{'M':{'n':{'S':'x'}}}}"),
    ])
    func projects(text: String, projected: String) throws {
        let projection = try projection(text, names: "{'#dot':'a.b','#m':'m','#n':'n'}")
        #expect(try projection.project(item(Self.stored)).shown == projected)
    }

    private static let between = "must remove or rewrite one of these paths; path one: "

    @Test(arguments: [
        ("", "The expression can not be empty;"), ("a,", "Syntax error; token: \"<EOF>\", near: \",\""),
        ("a b", "Syntax error; token: \"b\", near: \"a b\""), (":v", "Syntax error; token: \":v\", near: \":v\""),
        ("l[]", "Syntax error; token: \"]\", near: \"[]\""), ("l[a]", "Syntax error; token: \"a\", near: \"[a]\""),
        ("(a)", "Syntax error; token: \"(\", near: \"(a\""),
        ("a, user.x", "Attribute name is a reserved keyword; reserved keyword: user"),
        ("#z", "An expression attribute name used in the document path is not defined; attribute name: #z"),
        ("a, b, a", "Two document paths overlap with each other; \(between)[a], path two: [a]"),
        ("a.b, #a", "Two document paths overlap with each other; \(between)[a, b], path two: [a]"),
        ("b, a[1].c, a[1]", "Two document paths overlap with each other; \(between)[a, [1], c], path two: [a, [1]]"),
        ("a.b, a[0]", "Two document paths conflict with each other; \(between)[a, b], path two: [a, [0]]"),
    ])
    func faults(text: String, message: String) {
        #expect(
            fault { () throws(TableError) in try projection(text, names: "{'#a':'a'}") }
                == "Invalid ProjectionExpression: \(message)")
    }

    @Test func manyPathsAreApart() throws {
        let names = (0..<500).map { "a\($0)" }
        #expect(try projection(names.joined(separator: ",")).paths.count == 500)
    }

    @Test func pathsHaveABound() {
        let text = Array(repeating: "a", count: 33).joined(separator: ".")
        #expect(fault { () throws(TableError) in try projection(String(text.dropLast(2))) } == nil)
        #expect(
            fault { () throws(TableError) in try projection(text) }
                == "Invalid ProjectionExpression: The document path has too many nesting elements; nesting levels: 33")
    }
}
