import GatewayModel
import Testing

@Suite("Selection expressions") struct SelectionExpressionTests {
    @Test(
        "have variables with and without braces, text around them, and dollars",
        arguments: [
            ("$request.body.action", [.variable("request.body.action")]),
            ("${request.body.action}", [.variable("request.body.action")]),
            (
                "${request.body.service}/${request.body.action}",
                [.variable("request.body.service"), .text("/"), .variable("request.body.action")]
            ),
            ("$request.header.x-api-key", [.variable("request.header.x-api-key")]),
            ("$request.body.a/b", [.variable("request.body.a"), .text("/b")]),
            ("action", [.text("action")]), ("request.body.action", [.text("request.body.action")]),
            (#"\$default"#, [.text("$default")]), ("$default", [.text("$default")]), (#"a\b"#, [.text(#"a\b"#)]),
            ("${default}", [.variable("default")]),
        ] as [(String, [SelectionExpression.Part])])
    func parts(text: String, parts: [SelectionExpression.Part]) {
        #expect(SelectionExpression(text)?.parts == parts)
    }

    @Test("have names and ends", arguments: ["", "$", "${}", "${a", "$ a", "${a${b}}", "a$"])
    func none(text: String) {
        #expect(SelectionExpression(text) == nil)
    }
}
