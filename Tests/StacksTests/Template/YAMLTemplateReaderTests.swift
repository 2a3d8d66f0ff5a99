import JSON
import Testing

@testable import Stacks

@Suite struct YAMLTemplateReaderTests {
    private func read(_ text: String) throws -> JSONValue? {
        try YAMLTemplateReader.read(text, file: "template.yaml")?.json
    }

    private func problem(of text: String) -> String? {
        do throws(TemplateProblem) {
            _ = try YAMLTemplateReader.read(text, file: "template.yaml")
            return nil
        } catch {
            return error.description
        }
    }

    @Test(arguments: [
        ("!Ref Api", #"{"Ref":"Api"}"#),
        ("!Sub '${A} x'", #"{"Fn::Sub":"${A} x"}"#),
        ("!Sub ['${A}', {A: 1}]", #"{"Fn::Sub":["${A}",{"A":1}]}"#),
        ("!GetAtt Api.ApiId", #"{"Fn::GetAtt":["Api","ApiId"]}"#),
        ("!GetAtt Nested.Outputs.Url", #"{"Fn::GetAtt":["Nested","Outputs.Url"]}"#),
        ("!GetAtt [Api, ApiId]", #"{"Fn::GetAtt":["Api","ApiId"]}"#),
        ("!Condition IsProd", #"{"Condition":"IsProd"}"#),
        ("!Join [',', [a, b]]", #"{"Fn::Join":[",",["a","b"]]}"#),
        ("!Sub 1", #"{"Fn::Sub":"1"}"#),
    ])
    func shortFormsBecomeLongForms(yaml: String, json: String) throws {
        #expect(try read("Value: \(yaml)")?["Value"]?.text == json)
    }

    @Test func quotedScalarsAreStrings() throws {
        let yaml = "a: '1'\nb: \"true\"\nc: 'null'\nd: |\n  2\n"
        #expect(try read(yaml)?.text == #"{"a":"1","b":"true","c":"null","d":"2\n"}"#)
    }

    @Test func standardTagsAreTakenAtTheirWord() throws {
        #expect(try read("a: !!str 1\nb: !!int '2'\nc: !!int 3")?.text == #"{"a":"1","b":"2","c":3}"#)
    }

    @Test func keysStayText() throws {
        #expect(try read("200: a\non: b\n~: c")?.text == #"{"200":"a","on":"b","~":"c"}"#)
    }

    @Test func asterisksInTextStayAsTheyAre() throws {
        let yaml = "a: '*'\nb: \"*x\"\nc: a*b\nd: |\n  *args\n'*': 1\nf: !Sub '*'"
        #expect(try read(yaml)?.text == #"{"a":"*","b":"*x","c":"a*b","d":"*args\n","*":1,"f":{"Fn::Sub":"*"}}"#)
    }

    @Test func questionMarksInTextStayAsTheyAre() throws {
        let yaml = "a: Why? Because?\nb: ?x\nc: '?'\nd?: 1"
        #expect(try read(yaml)?.text == #"{"a":"Why? Because?","b":"?x","c":"?","d?":1}"#)
    }

    @Test func theLastOfARepeatedKeyCounts() throws {
        var warnings: [String] = []
        let yaml = Array("a: 1\nb: {c: 1}\na: {d: 2}\n".utf8)
        let value = try YAMLTemplateReader.read(yaml, file: "t") { warnings.append($0.description) }
        #expect(value?.json.text == #"{"a":{"d":2},"b":{"c":1}}"#)
        #expect(value?.map?.entry("a")?.line == 3)
        #expect(warnings == ["t:3: the key a is repeated; the last value counts"])
    }

    @Test func nestedKeysAreRefusedWithTheirPlace() {
        let items = Array(repeating: "a", count: 100_000).joined(separator: ",")
        let nested = String(repeating: "{", count: 990) + "[\(items)]" + String(repeating: "}", count: 990)
        #expect(problem(of: "x: \(nested)") == "template.yaml:1: Keys must be strings (column 5)")
    }

    @Test func aliasesAreExpanded() throws {
        let yaml = "a: &one {x: &two [1]}\nb: *one\nc: [*two, *two]\n&k key: 1\nd: {*k : 2}"
        #expect(try read(yaml)?.text == #"{"a":{"x":[1]},"b":{"x":[1]},"c":[[1],[1]],"key":1,"d":{"key":2}}"#)
    }

    @Test func mergeKeysGiveWay() throws {
        let yaml = "base: &base {x: 1, y: 2}\nmore: &more {y: 3, z: 4}\na: {<<: *base, x: 0}\nb: {<<: [*more, *base]}"
        let value = try #require(try read(yaml))
        #expect(value["a"]?.text == #"{"x":0,"y":2}"#)
        #expect(value["b"]?.text == #"{"y":3,"z":4,"x":1}"#)
    }

    @Test func valuesKnowTheirLines() throws {
        let root = try #require(try YAMLTemplateReader.read("a: 1\n\n# c\nb:\n  - x\n  - y: !Ref Z\n", file: "t")?.map)
        #expect(root.entry("b")?.line == 4)
        let items = try #require(root["b"]?.list)
        #expect(items.map(\.line) == [5, 6])
        #expect(items[1].map?["y"]?.map?["Ref"]?.line == 6)
    }

    @Test(arguments: [
        (
            "a: [1",
            "template.yaml:2: YAML not well-formed: while parsing a flow sequence, did not find expected ',' or ']' (column 1)"
        ),
        (
            "a: 1\n---\nb: 2",
            "template.yaml:2: YAML not well-formed: expected a single document in the stream, but found another document (column 1)"
        ),
        (
            "a: *",
            "template.yaml:1: YAML not well-formed: while scanning an alias, did not find expected alphabetic or numeric character (column 5)"
        ),
        ("a: *b", "template.yaml:1: The alias *b has no anchor; text that begins with * needs quotes"),
        ("a: &b [*b]", "template.yaml:1: The alias *b has no anchor; text that begins with * needs quotes"),
        ("[a]: b", "template.yaml:1: Keys must be strings (column 1)"),
        ("? [a]\n: b", "template.yaml:1: Keys must be strings (column 3)"),
        ("a: &b [1]\n*b : 1", "template.yaml:2: Keys must be strings; the alias *b stands for a list or a map"),
        ("a: !!binary aGk=", "template.yaml:1: CloudFormation does not support the YAML tag !!binary"),
        ("a: !<tag:x> 1", "template.yaml:1: Unknown YAML tag tag:x"),
        ("<<: 1", "template.yaml:1: A merge key (<<) takes a map or a list of maps"),
    ])
    func whatIsNoTemplateIsNamed(yaml: String, message: String) {
        #expect(problem(of: yaml) == message)
    }

    @Test func nothingIsNoValue() throws {
        #expect(try read("") == nil)
        #expect(try read("# only a comment\n") == nil)
    }

    @Test func nestingHasAnEnd() {
        let deep = String(repeating: "[", count: 150) + String(repeating: "]", count: 150)
        #expect(problem(of: deep) == "template.yaml:1: Nested more than 100 deep")
    }

    @Test func nestingThroughAliasesHasAnEnd() {
        let deep = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
        let yaml = "a: &a \(deep)\nb: \(String(repeating: "[", count: 60))*a\(String(repeating: "]", count: 60))"
        #expect(problem(of: yaml) == "template.yaml:2: Nested more than 100 deep")
    }

    @Test func aliasesOfAliasesDoNotBlowUp() {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            yaml += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(problem(of: yaml) == "template.yaml:6: More than 250000 values")
    }

    @Test func aliasesOfAliasesAsKeysDoNotBlowUp() {
        var yaml = "a0: &a0 [x, x]\n"
        for level in 1...60 { yaml += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        #expect(problem(of: yaml + "*a60 : 1\n")?.contains("More than 250000 values") == true)
        #expect(problem(of: "a: &a [x]\n[*a, *a]: 1\n") == "template.yaml:2: Keys must be strings (column 1)")
    }

    @Test func usesOfAliasesHaveAnEnd() {
        let yaml = "a: &a 1\nb: [\(Array(repeating: "*a", count: 501).joined(separator: ", "))]"
        #expect(problem(of: yaml) == "template.yaml:2: More than 500 uses of YAML aliases")
    }

    @Test func textThroughAliasesHasAnEnd() {
        let long = String(repeating: "x", count: 100_000)
        let yaml = "a: &a \(long)\nb: [\(Array(repeating: "*a", count: 100).joined(separator: ", "))]"
        #expect(problem(of: yaml) == "template.yaml:2: More than 8388608 bytes of text, aliases expanded")
    }
}
