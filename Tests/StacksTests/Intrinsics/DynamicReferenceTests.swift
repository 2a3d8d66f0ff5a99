import ControlPlane
import JSON
import Testing

@testable import Stacks

@Suite("Dynamic references")
struct DynamicReferenceTests {
    private func read(_ text: String) -> [String] {
        DynamicReference.pieces(of: text).map { piece in
            switch piece {
            case .text(let text): "text \(text)"
            case .refused: "refused"
            case .reference(.parameter(let name, let version), _): "ssm \(name) \(version ?? "-")"
            case .reference(.secret(let id, let key, let stage, let version), _):
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

    @Test("get their values, which no failure tells")
    func values() async throws {
        let properties = TemplateMap(
            json: [
                "A": "{{resolve:secretsmanager:s:SecretString:pin}} {{resolve:ssm:p}}",
                "B": [["C": "{{resolve:secretsmanager:s}}"]], "D": 3,
            ], line: 7)
        let values = try await DynamicValues(properties, of: "T", ManagementCalls(management: TwoValues()))
        #expect(values.secrets == ["1234", #"{"pin":1234}"#])
        #expect(
            JSONValue.object(JSONObject(values.properties.map { ($0.key, $0.value.json) })) == [
                "A": "1234 open", "B": [["C": #"{"pin":1234}"#]], "D": 3,
            ])
        #expect(
            values.hide(in: ResourceFailure(message: "1234 is no name, open is")).message == "**** is no name, open is")
        for text in ["{{resolve:secretsmanager:s:SecretString:none}}", "{{resolve:secretsmanager:other}}"] {
            await #expect(throws: ResourceFailure.self) {
                _ = try await DynamicValues(
                    TemplateMap(json: ["A": .string(text)], line: 1), of: "T",
                    ManagementCalls(management: TwoValues()))
            }
        }
    }

    @Test("of secrets are looked up by the stack below that is given them")
    func below() async throws {
        let properties = TemplateMap(
            json: ["A": "{{resolve:secretsmanager:s:SecretString:pin}} {{resolve:ssm:p}}"], line: 7)
        let values = try await DynamicValues(
            properties, of: "AWS::CloudFormation::Stack", ManagementCalls(management: TwoValues()))
        #expect(values.properties["A"]?.text == "{{resolve:secretsmanager:s:SecretString:pin}} open")
        #expect(values.secrets.isEmpty)
    }

    @Test("are seen in texts that have them, and not in others")
    func seen() {
        #expect(DynamicReference.stands(in: "a{{resolve:ssm:b}}"))
        #expect(!DynamicReference.stands(in: "{{ resolve:ssm:b }}") && !DynamicReference.stands(in: "${a} {b}"))
    }
}

/// An account with one parameter and one secret.
private struct TwoValues: Management {
    func call(_ request: WireRequest) async -> WireResponse {
        let members = (try? JSONValue(parsing: request.body)) ?? .null
        let answer: JSONValue? =
            switch (request.header("x-amz-target"), members["Name"] ?? members["SecretId"]) {
            case ("AmazonSSM.GetParameter", "p"): ["Parameter": ["Type": "String", "Value": "open"]]
            case ("secretsmanager.GetSecretValue", "s"): ["SecretString": #"{"pin":1234}"#]
            default: nil
            }
        return WireResponse(
            status: answer == nil ? 400 : 200,
            body: (answer ?? ["__type": "ResourceNotFoundException"]).bytes)
    }

    func draft() async -> any Management { self }
}
