import Testing

@testable import Stacks

@Suite struct SubTemplateTests {
    @Test(arguments: [
        ("plain", [SubTemplate.Part.text("plain")]),
        ("${A}", [.variable("A")]),
        ("a${B.C}d${AWS::Region}", [.text("a"), .variable("B.C"), .text("d"), .variable("AWS::Region")]),
        ("${!A} ${B}", [.text("${A} "), .variable("B")]),
        ("$A {B} ${", [.text("$A {B} ${")]),
        ("", []),
    ])
    func variablesAreFound(text: String, parts: [SubTemplate.Part]) {
        #expect(SubTemplate(text)?.parts == parts)
    }

    @Test(arguments: ["${}", "${ A }", "${A-B}", "${stageVariables}${a/b}"])
    func namesThatNoneCanHaveAreRefused(text: String) {
        #expect(SubTemplate(text) == nil)
    }

    @Test(arguments: ["a${B.C}d", "${!A} ${B}", "plain"])
    func whatIsReadIsWrittenBack(text: String) {
        #expect(SubTemplate(text)?.text == text)
    }
}
