import Testing

@testable import IAMPolicy

@Suite("Policies: texts with wildcards")
struct WildcardTextTests {
    @Test(
        "A pattern matches the whole text or does not",
        arguments: [
            ("*", "", true), ("*", "a/b:c", true), ("", "", true), ("", "a", false),
            ("a*", "a", true), ("a*", "ab/c", true), ("a*", "ba", false),
            ("a?c", "abc", true), ("a?c", "ac", false), ("?", "ü", true), ("??", "ü", false),
            ("*a*b", "xaybzb", true), ("*a*b", "xayz", false), ("**", "a", true),
            ("arn:*:user/*", "arn:aws:iam::1:user/x", true), ("A", "a", false),
            ("*?*?*?", "abc", true), ("*?*?*?", "ab", false),
            ("ab*bc", "abc", false), ("a*c", "abd", false), ("a*?", "a", false), ("*.b", "a.b.b", true),
        ])
    func matching(_ pattern: String, _ text: String, _ expected: Bool) {
        #expect(WildcardText(pattern, hasVariables: false).matches(Array(text.utf8)) == expected)
    }

    @Test("Every short pattern matches what its letters, stars and marks say")
    func all() {
        func texts(_ letters: [UInt8], upTo length: Int) -> [[UInt8]] {
            var (all, last): ([[UInt8]], [[UInt8]]) = ([[]], [[]])
            for _ in 0..<length {
                last = last.flatMap { text in letters.map { text + [$0] } }
                all += last
            }
            return all
        }
        func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
            guard let first = pattern.first else { return text.isEmpty }
            if first == UInt8(ascii: "*") {
                return matches(pattern.dropFirst(), text) || !text.isEmpty && matches(pattern, text.dropFirst())
            }
            guard let next = text.first, first == next || first == UInt8(ascii: "?") else { return false }
            return matches(pattern.dropFirst(), text.dropFirst())
        }
        let words = texts(Array("ab".utf8), upTo: 5)
        for pattern in texts(Array("ab*?".utf8), upTo: 4) + texts(Array("ab*".utf8), upTo: 6) {
            let compiled = WildcardText(String(decoding: pattern, as: UTF8.self), hasVariables: false)
            let wrong = words.filter { compiled.matches($0) != matches(pattern[...], $0[...]) }
            #expect(wrong.isEmpty, "\(String(decoding: pattern, as: UTF8.self))")
            let overlooked = words.filter { compiled.matches($0) && !compiled.runs.areAmong(ByteRuns($0)) }
            #expect(overlooked.isEmpty, "\(String(decoding: pattern, as: UTF8.self))")
        }
    }

    @Test("A text without what stands in the pattern is told by its runs of bytes")
    func runs() {
        let text = ByteRuns(Array("arn:aws:execute-api:us-east-1:123456789012:abc/v1/GET/guarded".utf8))
        func fits(_ pattern: String) -> Bool {
            WildcardText("arn:aws:execute-api:*:*:abc/*/GET/" + pattern, hasVariables: true).runs.areAmong(text)
        }
        #expect(fits("guarded") && fits("*") && fits("${aws:username}") && fits("g?"))
        #expect(!fits("pets/7/*") && !fits("pets/${aws:username}"))
    }

    @Test("The largest pattern of stars and marks takes no time against a long text")
    func hostile() {
        let pattern = WildcardText(String(repeating: "*?", count: 3_072) + "!", hasVariables: false)
        #expect(!pattern.matches([UInt8](repeating: UInt8(ascii: "a"), count: 10_240)))
    }

    @Test("A variable is what it stands for, and a star within is no wildcard")
    func variables() {
        func matches(_ pattern: String, _ text: String, hasVariables: Bool = true) -> Bool {
            WildcardText(pattern, hasVariables: hasVariables).matches(Array(text.utf8)) { key in
                switch key.name {
                case "aws:username": .values(["a*"])
                case "aws:groups": .values(["a", "b"])
                default: .absent
                }
            }
        }
        #expect(matches("home/${aws:UserName}/*", "home/a*/x"))
        #expect(!matches("home/${aws:username}/*", "home/ab/x"))
        #expect(!matches("home/${aws:username}", "home/${aws:username}"))
        #expect(matches("home/${aws:username}", "home/${aws:username}", hasVariables: false))
        #expect(!matches("${aws:groups}", "a"))
        #expect(!matches("x${aws:none}", "x"))
        #expect(matches("x${aws:none, 'y*'}", "xy*"))
        #expect(!matches("x${aws:none, 'y*'}", "xyz"))
        #expect(matches("a${*}b${$}", "a*b$"))
        #expect(!matches("a${*}b", "axb"))
        #expect(matches("${", "${"))
    }
}
