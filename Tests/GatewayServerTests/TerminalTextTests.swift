import Testing

@testable import GatewayServer

@Suite("Text for a terminal")
struct TerminalTextTests {
    @Test(
        "has nothing that the terminal would obey",
        arguments: [
            ("a\u{1B}[2Jb", #"a\u{1b}[2Jb"#), ("a\rb", #"a\u{d}b"#), ("\u{9B}31m", #"\u{9b}31m"#),
            ("\u{7F}", #"\u{7f}"#),
            ("\u{202E}gpj", #"\u{202e}gpj"#), ("a\u{2028}b", #"a\u{2028}b"#), ("größer\tals é", "größer\tals é"),
        ])
    func controls(_ text: String, _ safe: String) { #expect(TerminalText.safe(text) == safe) }

    @Test("has no line that passes for another's")
    func lines() {
        #expect(TerminalText.safe("a\n14:00:00 GET /admin 200") == "a\n    14:00:00 GET /admin 200")
    }

    @Test("has an end")
    func long() {
        let safe = TerminalText.safe(String(repeating: "a", count: 100_000))
        #expect(safe == String(repeating: "a", count: TerminalText.limit) + "…")
    }
}
