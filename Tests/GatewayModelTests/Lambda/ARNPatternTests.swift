import Testing

@testable import GatewayModel

@Suite("ARN patterns")
struct ARNPatternTests {
    @Test(
        "match as IAM's wildcards do",
        arguments: [
            ("", "", true), ("*", "", true), ("*", "anything", true), ("?", "x", true), ("?", "", false),
            ("?", "xy", false),
            ("a*", "a", true), ("a*c", "abbbc", true), ("a*c", "abbb", false), ("a*b*c", "a-b-b-c", true),
            ("*abc", "ababc", true), ("a**b", "ab", true), ("lambda:*", "lambda:InvokeFunction", true),
            ("lambda:Invoke?unction", "lambda:InvokeFunction", true), ("Lambda:*", "lambda:InvokeFunction", false),
            ("abc", "abcd", false), ("abcd", "abc", false), ("é?", "éx", true),
        ])
    func wildcards(pattern: String, text: String, matches: Bool) {
        #expect(ARNPattern.matches(pattern, text) == matches)
    }

    @Test("cost no more than their length times the text's")
    func hostile() {
        let pattern = String(repeating: "*a", count: 200) + "b"
        #expect(!ARNPattern.matches(pattern, String(repeating: "a", count: 2_000)))
    }

    private static let source = "arn:aws:execute-api:us-east-1:000000000000:abc/$default/GET/pets/{id}"

    @Test(
        "ArnLike compares the first five parts one by one and the rest as a whole",
        arguments: [
            (source, true),
            ("arn:aws:execute-api:us-east-1:000000000000:abc/*/*/pets/{id}", true),
            ("arn:aws:execute-api:us-east-1:000000000000:abc/*", true),
            ("arn:aws:execute-api:*:*:*", true),
            ("arn:*:execute-api:us-????-1:000000000000:abc/*/GET/*", true),
            ("arn:aws:execute-api:us-east-1:000000000000:abc/*/POST/*", false),
            ("arn:aws:execute-api:us-east-1:000000000000:abd/*", false),
            ("arn:aws:execute-api:us-east-1:111111111111:abc/*", false),
            ("arn:aws:execute-api:eu-west-1:000000000000:abc/*", false),
            ("arn:aws-cn:execute-api:us-east-1:000000000000:abc/*", false),
            // A star does not reach over a colon of the first five.
            ("arn:aws:*", false),
            ("*", false),
            ("arn:aws:execute-api:*:abc/*", false),
        ])
    func arnLike(pattern: String, matches: Bool) {
        #expect(ARNPattern.arnLike(pattern, Self.source) == matches)
    }

    @Test("colons after the fifth belong to the resource")
    func colonsOfTheResource() {
        #expect(ARNPattern.arnLike("arn:aws:lambda:*:*:function:f:*", "arn:aws:lambda:r:a:function:f:live"))
        #expect(!ARNPattern.arnLike("arn:aws:lambda:*:*:function:f:*", "arn:aws:lambda:r:a:function:f"))
    }
}
