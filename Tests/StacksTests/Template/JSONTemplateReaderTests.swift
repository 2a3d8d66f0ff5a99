import JSON
import Testing

@testable import Stacks

@Suite struct JSONTemplateReaderTests {
    private func read(_ text: String) throws -> TemplateValue {
        try JSONTemplateReader.read(Array(text.utf8), file: "template.json")
    }

    private func problem(of text: String) -> String? {
        do throws(TemplateProblem) {
            _ = try JSONTemplateReader.read(Array(text.utf8), file: "template.json")
            return nil
        } catch {
            return error.description
        }
    }

    @Test func valuesComeAsTheyAreWritten() throws {
        let text = #"{"a":[1.50,true,null,{}],"b":"\u00e9\n\ud83d\ude00","c":{"Ref":"A"}}"#
        #expect(try read(text).json == JSONValue(parsing: text))
    }

    @Test func valuesKnowTheirLines() throws {
        let root = try #require(try read("{\n\"a\": 1,\n\n\"b\":\n [2,\n 3]}").map)
        #expect(root.entry("b")?.line == 4)
        #expect(root["b"]?.line == 5)
        #expect(root["b"]?.list?.map(\.line) == [5, 6])
    }

    @Test(arguments: [
        ("{\n  \"a\": }", "template.json:2: JSON not well-formed: expected a value (column 8)"),
        ("{\"a\":1,\n\"a\":2}", "template.json:2: JSON not well-formed: repeated key \"a\" (column 1)"),
        ("{} x", "template.json:1: JSON not well-formed: text after the value (column 4)"),
    ])
    func whatIsNoTemplateIsNamed(json: String, message: String) {
        #expect(problem(of: json) == message)
    }

    @Test func nestingHasAnEnd() {
        let deep = String(repeating: "[", count: 150) + String(repeating: "]", count: 150)
        #expect(problem(of: deep)?.contains("nested more than 100 deep") == true)
    }
}
