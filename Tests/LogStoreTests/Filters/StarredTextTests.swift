import Testing

@testable import LogStore

@Suite("Stars stand for anything")
struct StarredTextTests {
    @Test(arguments: [
        ("*", "", true), ("a*", "a", true), ("a*", "ba", false), ("*a", "ba", true), ("*a*", "xay", true),
        ("a*a", "a", false), ("a*b*c", "aXbYc", true), ("a*b*c", "acb", false), ("a**c", "abc", true), ("", "", true),
        ("abc", "abc", true), ("abc", "abcd", false), ("*ab*ab*", "xabab", true), ("*ab*ab*", "xab", false),
    ])
    func matches(pattern: String, text: String, isMatch: Bool) {
        #expect(StarredText(Array(pattern.utf8)).matches(Array(text.utf8)) == isMatch)
    }
}
