import JSON
import Testing

@testable import Stacks

@Suite struct PlainScalarTests {
    @Test(arguments: ["", "~", "null", "NULL"])
    func nothingIsNull(text: String) {
        #expect(TemplateValue(PlainScalar.content(text), line: 1).isNull)
    }

    @Test(arguments: [("true", true), ("Yes", true), ("ON", true), ("false", false), ("no", false), ("Off", false)])
    func wordsOfYAML11AreBooleans(text: String, value: Bool) {
        #expect(TemplateValue(PlainScalar.content(text), line: 1).boolean == value)
    }

    @Test(arguments: ["0", "-1", "30", "1.5", "1e3", "2E-7", "-0.10"])
    func numbersAreThoseOfJSON(text: String) {
        #expect(TemplateValue(PlainScalar.content(text), line: 1).json == .number(text))
    }

    @Test(arguments: [
        "012345678901", "190:20:30", "2010-09-09", "+1", ".5", "1.", "0x1F", "1_000", "-", "1e", "y", "n", "1.2.3",
        "tRUE", "nUll",
    ])
    func everythingElseIsText(text: String) {
        #expect(TemplateValue(PlainScalar.content(text), line: 1).string == text)
    }
}
