import Testing

@testable import Stacks

@Suite struct UnknownTextTests {
    @Test func whatIsNotKnownIsShownAsAWSShowsIt() {
        let (one, two) = (UnknownText.of("Api"), UnknownText.of("F.Arn"))
        #expect(UnknownText.shown(one) == "{{changeSet:KNOWN_AFTER_APPLY}}")
        #expect(
            UnknownText.shown("a(b)\(one)/\(two) c")
                == "a(b){{changeSet:KNOWN_AFTER_APPLY}}/{{changeSet:KNOWN_AFTER_APPLY}} c")
        #expect(UnknownText.shown("plain (text), not made") == "plain (text), not made")
    }
}
