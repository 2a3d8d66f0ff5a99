import Testing
import WebSocketFront

@testable import WebSocketClient

@Suite("A typed line")
struct TypedLineTests {
    @Test(
        "is a message, or a command behind a slash",
        arguments: [
            ("hello", .message("hello")), ("", .message("")), (" /close", .message(" /close")),
            ("//close", .message("/close")),
            ("/ping", .ping("")), ("/ping a b c", .ping("a b c")), ("/close", .close(nil, reason: "")),
            ("/close 4000", .close(CloseCode(rawValue: 4000), reason: "")),
            ("/close 1000 bye and thanks", .close(.normal, reason: "bye and thanks")),
        ] as [(String, TypedLine)])
    func lines(text: String, line: TypedLine) {
        #expect(TypedLine(text) == line)
    }

    @Test(
        "may be a wrong command, which is not sent",
        arguments: [
            "/", "/exit", "/closes", "/close 1005", "/close 999", "/close 5000", "/close bye", "/close 70000",
            "/close 4000 " + String(repeating: "x", count: 124), "/ping " + String(repeating: "x", count: 126),
        ])
    func wrong(text: String) {
        guard case .wrong = TypedLine(text) else {
            Issue.record("\(TypedLine(text))")
            return
        }
    }
}
