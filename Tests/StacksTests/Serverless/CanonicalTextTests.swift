import Testing

@testable import Stacks

@Suite struct CanonicalTextTests {
    /// The right-hand sides are what Python 3.11 writes.
    @Test(arguments: [
        ("{b: 1, a: [true, null, x]}", #"{"a":[true,null,"x"],"b":1}"#),
        (#""é\U0001F600 \"\\ \t\n\u0001\u007f""#, #""\u00e9\ud83d\ude00 \"\\ \t\n\u0001\u007f""#),
        ("{B: 1, a: 2, é: 3}", #"{"B":1,"a":2,"\u00e9":3}"#),
    ])
    func valuesAreWrittenAsByPython(yaml: String, text: String) throws {
        let value = try #require(try YAMLTemplateReader.read("v: \(yaml)", file: "t")?.map?["v"])
        #expect(value.canonicalText == text)
    }
}
