import JSON
import Testing

@testable import Stacks

@Suite struct ServerlessGlobalsTests {
    private func merged(_ local: String, over global: String) throws -> String {
        let values = try #require(try YAMLTemplateReader.read("l: \(local)\ng: \(global)", file: "t")?.map)
        let (local, global) = (try #require(values["l"]?.map), try #require(values["g"]?.map))
        return TemplateValue.map(ServerlessGlobals.merge(local, over: global), line: 1).json.text
    }

    @Test(arguments: [
        ("{a: 1}", "{a: 2, b: 3}", #"{"a":1,"b":3}"#),
        ("{a: {x: 1}}", "{a: {x: 2, y: 3}}", #"{"a":{"x":1,"y":3}}"#),
        ("{a: [1]}", "{a: [2]}", #"{"a":[2,1]}"#),
        ("{a: !Ref X}", "{a: {y: 1}}", #"{"a":{"Ref":"X"}}"#),
        ("{a: {y: 1}}", "{a: !Ref X}", #"{"a":{"y":1}}"#),
        ("{a: 1}", "{a: [2]}", #"{"a":1}"#),
    ])
    func theResourceHasTheLastWord(local: String, global: String, result: String) throws {
        #expect(try merged(local, over: global) == result)
    }
}
