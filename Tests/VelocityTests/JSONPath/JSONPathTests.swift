import Testing

@testable import Velocity

@Suite struct JSONPathTests {
    private let store = #"""
        {"store": {"book": [
          {"category": "reference", "author": "Rees", "title": "Sayings", "price": 8.95},
          {"category": "fiction", "author": "Waugh", "title": "Sword", "price": 12.99, "tags": ["war", "x"]},
          {"category": "fiction", "author": "Melville", "title": "Moby", "isbn": "0-553-21311-3", "price": 8.99, "tags": []},
          {"category": "fiction", "author": "Tolkien", "title": "Rings", "isbn": "0-395-19395-8", "price": 22.99}],
         "bicycle": {"color": "red", "price": 19.95}}, "expensive": 10, "a.b": {"c d": 1}, "n": null, "nums": [3, 1, 2]}
        """#

    @Test(arguments: [
        ("$.store.bicycle.color", #""red""#), ("$['store']['bicycle'][\"color\"]", #""red""#),
        ("store.bicycle.color", #""red""#), ("$.store.book[0].title", #""Sayings""#),
        ("$.store.book[-1].title", #""Rings""#), ("$.store.book[9].title", #""""#), ("$['a.b']['c d']", "1"),
        ("$.n", "null"), ("$.n.x", #""""#), ("$.none[*]", "[]"), ("$.expensive[*]", "[]"), ("$.expensive[0]", #""""#),
        ("$.store.book[*].author", #"["Rees","Waugh","Melville","Tolkien"]"#), ("$.store.*.color", #"["red"]"#),
        ("$..author", #"["Rees","Waugh","Melville","Tolkien"]"#), ("$..price", "[8.95,12.99,8.99,22.99,19.95]"),
        ("$.store.bicycle['color', 'price']", #"{"color":"red","price":19.95}"#), ("$.nums[0,2]", "[3,2]"),
        ("$.store['bicycle', 'book'].color", #"["red"]"#),
    ])
    func `Names, elements and wildcards`(path: String, json: String) { #expect(value(path) == json) }

    @Test(arguments: [
        ("$..book[2].title", #"["Moby"]"#), ("$..book[0,1].title", #"["Sayings","Sword"]"#),
        ("$..book[:2].title", #"["Sayings","Sword"]"#), ("$..book[1:2].title", #"["Sword"]"#),
        ("$..book[-2:].title", #"["Moby","Rings"]"#), ("$..book[2:].title", #"["Moby","Rings"]"#),
        ("$.store.book[:-3].title", #"["Sayings"]"#),
    ])
    func `Slices`(path: String, json: String) { #expect(value(path) == json) }

    @Test(arguments: [
        ("@.isbn", #"["Moby","Rings"]"#), ("@.price < 10", #"["Sayings","Moby"]"#),
        ("@.price <= $['expensive']", #"["Sayings","Moby"]"#), ("@.author =~ /.*REES/i", #"["Sayings"]"#),
        ("@.category == 'fiction' && @.price != 22.99", #"["Sword","Moby"]"#), ("!(@.isbn)", #"["Sayings","Sword"]"#),
        ("@.category == \"reference\" || @.price > 20", #"["Sayings","Rings"]"#), ("!@.isbn", #"["Sayings","Sword"]"#),
        ("@.author in ['Rees', 'Tolkien']", #"["Sayings","Rings"]"#),
        ("@.author nin ['Rees']", #"["Sword","Moby","Rings"]"#),
        ("@.tags size 2", #"["Sword"]"#), ("@.tags empty true", #"["Moby"]"#),
        ("@.tags anyof ['x', 'y']", #"["Sword"]"#),
        ("@.tags subsetof ['war', 'x', 'y']", #"["Sword","Moby"]"#), ("@.tags noneof ['x']", #"["Moby"]"#),
        ("@.tags contains 'war'", #"["Sword"]"#), ("@.missing != 2", #"["Sayings","Sword","Moby","Rings"]"#),
        ("@.missing == 2", "[]"), ("@['author'] == 'Rees'", #"["Sayings"]"#), ("@.price == '8.95'", #"["Sayings"]"#),
        ("@.tags.length() > 1", #"["Sword"]"#), ("(@.price > 10 && @.isbn) || @.price < 8.99", #"["Sayings","Rings"]"#),
    ])
    func `Filters`(filter: String, json: String) { #expect(value("$.store.book[?(\(filter))].title") == json) }

    @Test(arguments: [
        ("$.store.book.length()", "4"), ("$.nums.sum()", "6.0"), ("$.nums.min()", "1.0"), ("$.nums.max()", "3.0"),
        ("$.nums.avg()", "2.0"), ("$.nums.stddev()", "0.8164965809277263"), ("$.store.bicycle.length()", "2"),
        ("$.store.bicycle.keys()", #"["color","price"]"#), ("$..book.length()", "1"), ("$.nums.first()", "3"),
        ("$.nums.last()", "2"), ("$.nums.index(1)", "1"), ("$.store.concat(\"a\", \"b\")", #""ab""#),
        ("$.nums.append(4)", "[3,1,2,4]"), ("$.sum($.nums[0], $.expensive)", "13.0"),
    ])
    func `Functions`(path: String, json: String) { #expect(value(path) == json) }

    private func value(_ path: String) -> String {
        let quoted = path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
        return render("$input.json('\(quoted)')", body: store)
    }

    @Test(arguments: [
        "$[", "$.", "$..", "$.a[", "$.a[?(@.b", "$.a[?(@.b ==)]", "$.a b", "$.a.nofunction()", "$.a[x]", "$.a[1:2:3]",
        "$['a", "$.a[?(@.b =~ /x)]", "$x", "$.a[?(1)]", "$.a[]", "$.sum(",
    ])
    func `What is no path is refused`(path: String) {
        #expect(throws: JSONPathError.self) { try JSONPath(path) }
    }

    @Test func `Deep paths have an end`() {
        #expect(throws: JSONPathError.self) { try JSONPath("$" + String(repeating: "[?(@", count: 2000)) }
        #expect(throws: JSONPathError.self) { try JSONPath("$.a[?(" + String(repeating: "(", count: 5000)) }
        #expect(throws: JSONPathError.self) { try JSONPath("$" + String(repeating: ".a", count: 10_000)) }
        #expect(throws: JSONPathError.self) { try JSONPath("$.a[?(" + String(repeating: "!(", count: 3000)) }
    }

    @Test func `A value that holds itself is not searched for ever`() {
        let template = """
            #set($m = {"k": 1})#set($d = $m.put("m", $m))#set($b = $input.path('$'))#set($b.m = $m)$input.json('$..k')
            """
        #expect(failure(template)?.message == "values are nested too deep to be searched")
    }

    @Test func `A search takes a bounded number of steps`() {
        let body = "[" + Array(repeating: "[1,2,3]", count: 2000).joined(separator: ",") + "]"
        let template = "#foreach($i in [1..1000])#set($x = $input.path('$..[?(@.a)]'))#end"
        let limits = TemplateLimits(outputBytes: 1000, steps: 1_000_000)
        let evaluation = TemplateEvaluation(template, for: TemplateRequest(body: body), limits: limits)
        #expect(evaluation.error?.message == "the template takes too many steps")
    }
}
