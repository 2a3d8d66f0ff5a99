import Testing

@testable import Stacks

@Suite struct AllowedPatternTests {
    @Test(arguments: [
        ("^[a-zA-Z][a-zA-Z0-9-]*$", "my-stack", "1stack"),
        ("[a-z]{3,5}", "abc", "ab"),
        ("[a-z]{3,5}", "abcde", "abcdef"),
        ("[a-z]{2}", "ab", "abc"),
        ("[a-z]{2,}", "abcdefgh", "a"),
        (#"\d+(\.\d+)?"#, "1.25", "1."),
        (#"[\w.-]+@[\w-]+\.com"#, "a.b@c-d.com", "a b@c.com"),
        ("(?:dev|test|prod)", "test", "tests"),
        ("(a|b)*c?", "ababc", "abcc"),
        ("[^/]+", "abc", "a/b"),
        ("[]a]+", "]a", "b"),
        ("[a-]+", "-a", "b"),
        (#"[\]\\]+"#, #"]\"#, "a"),
        (".*", "any thing", "two\nlines"),
        (#"\S+\s\S+"#, "a b", "a  b"),
        (#"\u00e9\x41"#, "éA", "eA"),
        ("a*?b+?", "aab", "aa"),
        ("", "", "x"),
        ("a^b|cd", "cd", "ab"),
    ])
    func theWholeTextMustMatch(pattern: String, match: String, other: String) throws {
        let pattern = try AllowedPattern(pattern)
        #expect(pattern.matches(match))
        #expect(!pattern.matches(other))
    }

    @Test(arguments: [
        ("(", "a group without its closing parenthesis"),
        ("a)", "a closing parenthesis without an opening one"),
        ("[a", "a character class without its closing bracket"),
        ("[b-a]", "a character range that is none"),
        ("*a", "a quantifier with nothing before it"),
        ("a{2", "a quantifier without its closing brace"),
        ("a{3,2}", "a quantifier whose bounds are the wrong way round"),
        ("a{x}", "a quantifier without a number"),
        ("a\\", "a backslash at the end"),
        ("(?!aws)", "groups that begin with (? are not supported yet"),
        (#"(a)\1"#, #"\1 are not supported yet"#),
        (#"\bword"#, #"\b are not supported yet"#),
        ("a*+", "possessive quantifiers are not supported yet"),
        ("[a&&b]", "character classes within character classes are not supported yet"),
        ("a{1001}", "a quantifier over 1000"),
        ("(a{1000}){1000}", "the pattern is too large"),
        ("((){1000}){1000}", "the pattern is too large"),
    ])
    func whatCannotBeReadIsNamed(pattern: String, reason: String) {
        #expect {
            _ = try AllowedPattern(pattern)
        } throws: {
            ($0 as? AllowedPattern.Failure)?.reason == reason
        }
    }

    @Test func groupsHaveAnEnd() {
        let deep = String(repeating: "(", count: 60) + String(repeating: ")", count: 60)
        #expect(throws: AllowedPattern.Failure.self) { try AllowedPattern(deep) }
    }

    /// An engine that backtracks would try 2^4000 ways.
    @Test func evilPatternsEnd() throws {
        #expect(try !AllowedPattern("(a+)+$").matches(String(repeating: "a", count: 4_000) + "b"))
    }
}
