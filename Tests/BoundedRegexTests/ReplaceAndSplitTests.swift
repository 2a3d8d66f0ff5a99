import BoundedRegex
import Testing

@Suite struct ReplaceAndSplitTests {
    @Test(
        "replaceAll as String has it in Java",
        arguments: [
            ("a(b)", "abxab", "[$1]", "[b]x[b]"),
            ("", "ab", "-", "-a-b-"),
            ("x*", "axb", "-", "-a--b-"),
            ("(?<n>b)", "abc", "<${n}>", "a<b>c"),
            ("b", "abc", "\\$1\\\\", "a$1\\c"),
            ("(a)|(b)", "ab", "$2.", ".b."),
            ("(a)", "a", "$10", "a0"),
            ("é", "café", "e", "cafe"),
            ("z", "abc", "$9", "abc"),
        ])
    func replaces(_ pattern: String, _ text: String, _ replacement: String, _ result: String) throws {
        #expect(try Pattern(pattern, dialect: .java).replaceAll(in: text, with: replacement) == result)
    }

    @Test(
        "replacements that name nothing",
        arguments: [
            ("$", "Illegal group reference: group index is missing"), ("$x", "Illegal group reference"),
            ("$2", "No group 2"), ("${a}", "No group with name {a}"), ("\\", "character to be escaped is missing"),
        ])
    func refuses(_ replacement: String, _ reason: String) {
        #expect(throws: MatchError.invalidReplacement(reason)) {
            try Pattern("(a)", dialect: .java).replaceAll(in: "a", with: replacement)
        }
    }

    @Test(
        "split as String has it in Java",
        arguments: [
            (",", "a,b,,c,,", 0, ["a", "b", "", "c"]), (",", "a,b,,c,,", -1, ["a", "b", "", "c", "", ""]),
            (",", "a,b,c", 2, ["a", "b,c"]), (",", "", 0, [""]), (",", ",a", 0, ["", "a"]),
            ("", "abc", 0, ["a", "b", "c"]),
            (",", ",,", 0, []), ("x", "abc", 0, ["abc"]), ("(?=b)", "abab", 0, ["a", "ba", "b"]),
            ("\\s+", " a  b ", 0, ["", "a", "b"]),
        ])
    func splits(_ pattern: String, _ text: String, _ limit: Int, _ pieces: [String]) throws {
        #expect(try Pattern(pattern, dialect: .java).split(text, limit: limit) == pieces)
    }
}
