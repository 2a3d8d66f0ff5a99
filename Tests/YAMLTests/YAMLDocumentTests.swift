import Testing

@testable import YAML

@Suite struct YAMLDocumentTests {
    private static let limits = YAMLLimits(depth: 100, values: 10_000, textBytes: 100_000, aliases: 50)

    private func read(_ text: String) throws(YAMLError) -> YAMLDocument {
        try YAMLDocument(parsing: Array(text.utf8), limits: Self.limits)
    }

    private func error(of text: String) -> YAMLError? {
        do throws(YAMLError) {
            _ = try read(text)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("a: 1", "{a=1}"), ("'a': '1'", #"{a="1"}"#), ("- x\n- [y, z]", "[x,[y,z]]"), ("a: ! 1", #"{a="1"}"#),
        ("a: ! [1]", "{a=[1]}"),
        ("a: !!str 1", "{a=<tag:yaml.org,2002:str>1}"), ("a: !Ref b", "{a=<!Ref>b}"), ("a: !Sub [b]", "{a=<!Sub>[b]}"),
        ("a: !T {b: c}", "{a=<!T>{b=c}}"), ("? a\n: b", "{a=b}"), ("{a, b}", "{a=,b=}"),
        ("a: &x [1]\nb: *x", "{a=[1],b=[1]}"), ("&k a: 1\nb: {*k : 2}", "{a=1,b={a=2}}"),
        ("b: &x {c: 1, d: 2}\na: {<<: *x, c: 3}", "{b={c=1,d=2},a={c=3,d=2}}"),
        ("a: {<<: [{b: 1}, {b: 2, c: 3}]}", "{a={b=1,c=3}}"), ("'<<': 1", "{<<=1}"),
    ])
    func reads(text: String, value: String) throws {
        #expect(try read(text).root?.description == value)
    }

    @Test func nothingIsNoValue() throws {
        #expect(try read("").root == nil)
        #expect(try read("# only a comment\n").root == nil)
    }

    @Test func ofARepeatedKeyTheLastValueCounts() throws {
        let document = try read("a: 1\nb: 2\na: 3\nc: {d: 1, d: 2}")
        #expect(document.root?.description == "{a=3,b=2,c={d=2}}")
        #expect(document.repeatedKeys == [.init(key: "a", line: 3), .init(key: "d", line: 4)])
        #expect(try read("&k a: 1\n*k : 2").repeatedKeys == [.init(key: "a", line: 2)])
    }

    /// Nothing of what such a key holds is read.
    @Test(arguments: [
        ("x: {{{{[a, b, c]}}}}", 5), ("x: {[a, b, c]: 1}", 5), ("[a, b]: c", 1), ("? [a]\n: b", 3), ("? ? a", 3),
        ("? {a: b}\n: c", 3), ("x: [[a]: b]", 5),
    ])
    func keysThatHoldValuesAreRefusedWhereTheyBegin(text: String, column: Int) {
        #expect(error(of: text) == YAMLError("Keys must be strings", line: 1, column: column))
    }

    /// 202 KB of which each level was once looked through again for the level above it.
    @Test func nestedKeysAreRefusedBeforeTheyAreRead() {
        let items = Array(repeating: "a", count: 100_000).joined(separator: ",")
        let text =
            "x: " + String(repeating: "{", count: 990) + "[\(items)]" + String(repeating: "}", count: 990)
        let events = YAMLEvents(Array(text.utf8))
        var composer = YAMLComposer(events, Self.limits)
        #expect(throws: YAMLError("Keys must be strings", line: 1, column: 5)) { _ = try composer.document() }
        #expect(events.count < 10)
    }

    @Test func anAliasOfAListIsNoKey() {
        #expect(
            error(of: "a: &b [1]\n*b : 1")
                == YAMLError("Keys must be strings; the alias *b stands for a list or a map", line: 2))
    }

    @Test func nestingHasAnEnd() {
        for deep in [100, 200, 100_000] {
            let text = String(repeating: "[", count: deep) + String(repeating: "]", count: deep)
            #expect((error(of: text) == nil) == (deep == 100))
        }
        let tagged = String(repeating: "!T [", count: 60) + String(repeating: "]", count: 60)
        #expect(error(of: tagged) == YAMLError("Nested more than 100 deep", line: 1))
        let half = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
        let twice = "a: &a \(half)\nb: \(half.replacing("[]", with: "[*a]"))"
        #expect(error(of: twice) == YAMLError("Nested more than 100 deep", line: 2))
    }

    @Test func aliasesHaveAnEnd() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(error(of: text) == YAMLError("More than 10000 values", line: 5))
        let uses = "a: &a 1\nb: [\(Array(repeating: "*a", count: 51).joined(separator: ", "))]"
        #expect(error(of: uses) == YAMLError("More than 50 uses of YAML aliases", line: 2))
        let long = "a: &a \(String(repeating: "x", count: 10_000))\nb: [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a]"
        #expect(error(of: long) == YAMLError("More than 100000 bytes of text, aliases expanded", line: 2))
    }

    @Test(arguments: [
        ("a: [1", "while parsing a flow sequence, did not find expected ',' or ']'", 2, 1),
        ("a: 1\n---\nb: 2", "expected a single document in the stream, but found another document", 2, 1),
        ("a: *", "while scanning an alias, did not find expected alphabetic or numeric character", 1, 5),
    ])
    func brokenTextIsNamed(text: String, reason: String, line: Int, column: Int) {
        #expect(error(of: text) == YAMLError(syntax: reason, line: line, column: column))
    }

    @Test func controlCharactersAreRefused() {
        #expect(error(of: "a: 1\nb: \"\u{1}\"") == YAMLError(syntax: "control characters are not allowed", line: 2))
    }

    /// libyaml compares each with all before it.
    @Test func tagDirectivesAreRefused() {
        #expect(error(of: "%TAG !a! x\n---\na: 1") == YAMLError("The directive %TAG is not supported", line: 1))
        #expect(error(of: "a: 1\n...\n%TAG !a! x\n---\n") == YAMLError("The directive %TAG is not supported", line: 3))
        #expect(error(of: "%YAML 1.1\n---\na: |\n %TAG b") == nil)
    }
}

extension YAMLNode: CustomStringConvertible {
    public var description: String {
        let shown =
            switch content {
            case .scalar(let text, let isPlain): isPlain ? text : "\"\(text)\""
            case .sequence(let nodes): "[\(nodes.map(\.description).joined(separator: ","))]"
            case .mapping(let entries): "{\(entries.map { "\($0.key)=\($0.value)" }.joined(separator: ","))}"
            }
        return (tag.map { "<\($0)>" } ?? "") + shown
    }
}
