import Testing

@testable import Stacks

@Suite("Dynamic references")
struct DynamicReferenceTests {
    private func read(_ text: String) -> [String] {
        DynamicReference.pieces(of: text).map { piece in
            switch piece {
            case .text(let text): "text \(text)"
            case .refused: "refused"
            case .reference(.parameter(let name, let version)): "ssm \(name) \(version ?? "-")"
            case .reference(.secret(let id, let key, let stage, let version)):
                "secret \(id) \(key ?? "-") \(stage ?? "-") \(version ?? "-")"
            }
        }
    }

    @Test(
        "are read with all that they may say",
        arguments: [
            ("{{resolve:ssm:/a/b}}", ["ssm /a/b -"]), ("{{resolve:ssm:a:3}}", ["ssm a 3"]),
            ("x {{resolve:ssm:a}} y", ["text x ", "ssm a -", "text  y"]),
            ("{{resolve:ssm:a}}{{resolve:ssm:b}}", ["ssm a -", "ssm b -"]),
            ("{{resolve:secretsmanager:s}}", ["secret s - - -"]),
            ("{{resolve:secretsmanager:s:SecretString}}", ["secret s - - -"]),
            ("{{resolve:secretsmanager:s:SecretString:key}}", ["secret s key - -"]),
            ("{{resolve:secretsmanager:s:SecretString:key:AWSPREVIOUS}}", ["secret s key AWSPREVIOUS -"]),
            ("{{resolve:secretsmanager:s:SecretString:::id}}", ["secret s - - id"]),
            (
                "{{resolve:secretsmanager:arn:aws:secretsmanager:r:1:secret:s-abcdef:SecretString:key}}",
                ["secret arn:aws:secretsmanager:r:1:secret:s-abcdef key - -"]
            ),
        ])
    func good(text: String, expected: [String]) { #expect(read(text) == expected) }

    @Test(
        "that are malformed, or of no service, are refused",
        arguments: [
            "{{resolve:ssm:}}", "{{resolve:ssm:a:1:2}}", "{{resolve:ssm-secure:a:1}}", "{{resolve:vault:a}}",
            "{{resolve:secretsmanager:s:SecretBinary}}", "{{resolve:secretsmanager:s:SecretString:k:A:id}}",
            "{{resolve:secretsmanager:arn:aws:secretsmanager}}", "{{resolve:ssm:a", "{{resolve:}}",
        ])
    func bad(text: String) { #expect(read(text) == ["refused"]) }

    @Test("are seen in texts that have them, and not in others")
    func seen() {
        #expect(DynamicReference.stands(in: "a{{resolve:ssm:b}}"))
        #expect(!DynamicReference.stands(in: "{{ resolve:ssm:b }}") && !DynamicReference.stands(in: "${a} {b}"))
    }
}
