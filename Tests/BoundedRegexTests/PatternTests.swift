import BoundedRegex
import Testing

@Suite struct PatternTests {
    @Test(
        "Java: find and groups",
        arguments: [
            ("(a+)(b*)", "xaabz", ["aab", "aa", "b"]),
            ("a|ab", "ab", ["a"]),
            ("(?:a|ab)(?=c)", "abc", ["ab"]),
            ("(?<=\\d{2})x", "1x22x", ["x"]),
            ("(?<year>\\d{4})-(\\d\\d)", "on 2024-05", ["2024-05", "2024", "05"]),
            ("(\\w)\\1", "abccd", ["cc", "c"]),
            ("\"(.*?)\"", "say \"hi\" and \"ho\"", ["\"hi\"", "hi"]),
            ("(?i)straße", "STRAßE", ["STRAßE"]),
            ("[a-z&&[^aeiou]]+", "eaxyz", ["xyz"]),
            ("\\p{Lu}\\p{javaLowerCase}+", "die Äpfel", ["Äpfel"]),
            ("(a|b)*c", "ababc", ["ababc", "b"]),
            ("(?>a+)b", "aab", ["aab"]),
            ("x{2,3}?", "xxxx", ["xx"]),
            ("\\Q.*\\E", "a.*b", [".*"]),
            (".", "😀", ["😀"]),
        ])
    func finds(_ pattern: String, _ text: String, _ groups: [String]) throws {
        let match = try #require(try Pattern(pattern, dialect: .java).search(in: text))
        #expect(match.groups.map { $0.map { String(decoding: Array(text.utf8)[$0], as: UTF8.self) } } == groups)
    }

    @Test("Java: the whole text, as selectionPattern is matched")
    func matchesWhole() throws {
        #expect(try Pattern("^(?!Error).*", dialect: .java).matchesWhole("all is well"))
        #expect(try !Pattern("^(?!Error).*", dialect: .java).matchesWhole("Error: not well"))
        #expect(try !Pattern(".*", dialect: .java).matchesWhole("two\nlines"))
        #expect(try Pattern("(\\n|.)+", dialect: .java).matchesWhole("two\nlines"))
        #expect(try Pattern("a|ab", dialect: .java).matchesWhole("ab"))
    }

    @Test("ECMAScript: somewhere in the text, in UTF-16 units")
    func searches() throws {
        #expect(try Pattern("b", dialect: .ecma).search(in: "abc")?.range == 1..<2)
        #expect(try Pattern("^.$", dialect: .ecma).search(in: "😀") == nil)
        #expect(try Pattern("^..$", dialect: .ecma).search(in: "😀")?.range == 0..<4)
        #expect(try Pattern("^[^a]{2}$", dialect: .ecma).search(in: "😀") != nil)
        #expect(try Pattern("^(?=.*[A-Z])(?=.*\\d).{8,}$", dialect: .ecma).search(in: "passw0rD") != nil)
        #expect(try Pattern("^(?=.*[A-Z])(?=.*\\d).{8,}$", dialect: .ecma).search(in: "password") == nil)
        #expect(try Pattern("a{,2}", dialect: .ecma).search(in: "a{,2}") != nil)
    }

    @Test(
        "ECMAScript as Rhino reads it, the odd corners",
        arguments: [
            ("^[\\x6]$", "\u{6}", true), ("^[\\x6g]$", "x", false), ("^[\\x6g]$", "\\", true), ("^\\u12$", "u12", true),
            ("^\\x6", "\u{6}", true), ("^\\8$", "\\8", true), ("^\\1(a)$", "a", true), ("^(a)\\12$", "a\u{0A}", true),
            ("^[\\d-x]$", "-", true), ("^[a-\\d]$", "-", true), ("^\\cA$", "\u{1}", true), ("^\\c$", "\\c", true),
            ("^a{,2}$", "a{,2}", true), ("^]}$", "]}", true), ("^[^]$", "x", true), ("[]", "x", false),
            ("^\\a$", "a", true),
            ("^(?:(a)|b)*$", "ab", true), ("^(?:(a)|b)*\\1$", "abb", true), ("^\\s$", "\u{FEFF}", true),
            ("^(?=(a+))a*b\\1$", "aaba", false), ("(?=(a+))a*b\\1", "baaabac", true), ("^(a*)*$", "b", false),
        ])
    func readsAsRhino(_ pattern: String, _ text: String, _ isFound: Bool) throws {
        #expect(try (Pattern(pattern, dialect: .ecma).search(in: text) != nil) == isFound)
    }

    @Test(
        "no pattern",
        arguments: [
            ("(", .java), ("a)", .java), ("[a", .java), ("*a", .java), ("a{2,1}", .java), ("\\y", .java),
            ("(?<=(?:ab)+)c", .java), ("\\p{Nothing}", .java), ("(?z)", .java), ("(?<a>x)(?<a>y)", .java),
            ("\\", .java),
            ("(", .ecma), ("a)", .ecma), ("[a", .ecma), ("*a", .ecma), ("a{2,1}", .ecma), ("(?<=a)b", .ecma),
            ("(?i)a", .ecma), ("[b-a]", .ecma), ("[\\d-8]", .ecma), ("a{70000}", .ecma), ("^*", .ecma), ("\\", .ecma),
            ("a**", .ecma),
        ] as [(String, Pattern.Dialect)])
    func refuses(_ text: String, _ dialect: Pattern.Dialect) {
        #expect(throws: PatternError.self) { try Pattern(text, dialect: dialect) }
    }

    @Test(
        "exponential patterns end",
        arguments: ["(a+)+$", "(a|a)*$", "(a*)*b", "(?:a?){40}a{40}c", "(.*)*x", "(a+)\\1+$"])
    func ends(_ source: String) throws {
        let text = Array((String(repeating: "a", count: 60) + "!").utf8)
        for dialect in [Pattern.Dialect.ecma, .java] {
            let pattern = try Pattern(source, dialect: dialect)
            var budget = StepBudget(steps: 50_000)
            // Found quickly or not at all, or given up: it comes back, and has taken no more than it was granted.
            do throws(MatchError) { _ = try pattern.search(in: text.span, budget: &budget) } catch {
                #expect(error == .stepLimitExceeded)
            }
            #expect(budget.steps > -1_000)
        }
    }

    @Test("one match takes no more than the limit")
    func limit() {
        let text = String(repeating: "a", count: 60) + "!"
        #expect(throws: MatchError.stepLimitExceeded) { try Pattern("(a|a)*$", dialect: .ecma).search(in: text) }
    }

    @Test("deep and long patterns are refused or run, without a crash")
    func bounds() throws {
        let deep = String(repeating: "(", count: 10_000) + String(repeating: ")", count: 10_000)
        #expect(throws: PatternError.self) { try Pattern(deep, dialect: .ecma) }
        #expect(throws: PatternError.self) { try Pattern(deep, dialect: .java) }
        #expect(throws: PatternError.self) { try Pattern(String(repeating: "[", count: 10_000), dialect: .java) }
        #expect(throws: PatternError.self) {
            try Pattern("[a" + String(repeating: "&&b", count: 10_000) + "]", dialect: .java)
        }
        #expect(throws: PatternError.self) { try Pattern(String(repeating: "a", count: 70_000), dialect: .java) }
        let wide = try Pattern("((a{0,60000}){0,60000}){0,60000}b", dialect: .ecma)
        do throws(MatchError) { _ = try wide.search(in: String(repeating: "a", count: 100)) } catch {
            #expect(error == .stepLimitExceeded)
        }
        let long = [UInt8](repeating: UInt8(ascii: "a"), count: 200_000)
        #expect(try Pattern("^[a-z]+$", dialect: .ecma).search(in: long)?.range == 0..<200_000)
        #expect(throws: MatchError.stepLimitExceeded) { try Pattern("^(a|b)*$", dialect: .ecma).search(in: long) }
    }

    @Test("bytes that are no UTF-8 are matched somehow, without a crash")
    func anyBytes() throws {
        let text: [UInt8] = [0x80, 0xF0, 0x9F, 0xC3, 0xFF, 0xF0, 0x9F, 0x98, 0x80, 0x80, 0xE2]
        for source in [".*?x", "(.)\\1", "[^a]+$", "\\b.\\B", ".{3}(?!x)"] {
            for dialect in [Pattern.Dialect.ecma, .java] {
                _ = try Pattern(source, dialect: dialect).matches(in: text)
            }
        }
        _ = try Pattern("(?<=.{2})(?<!x).", dialect: .java).matches(in: text)
    }
}
