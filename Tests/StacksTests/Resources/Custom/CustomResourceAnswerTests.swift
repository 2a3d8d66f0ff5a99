import JSON
import Testing

@testable import Stacks

@Suite struct CustomResourceAnswerTests {
    private func read(_ text: String, isDeletion: Bool = false) throws -> CustomResourceAnswer {
        try CustomResourceAnswer(.bytes(Array(text.utf8)), requestId: "r", isDeletion: isDeletion)
    }

    @Test func dataIsWhatFunctionsGive() throws {
        let answer = try read(
            #"{"Status":"SUCCESS","RequestId":"r","PhysicalResourceId":"p","Data":{"a":"x","n":3,"b":true,"m":{"k":"v"},"l":[1]}}"#
        )
        #expect(answer.physicalId == "p")
        #expect(answer.attributes == ["a": "x", "n": "3", "b": "true", "m.k": "v", "l": "[1]"])
        #expect(try read(#"{"Status":"SUCCESS","RequestId":"r"}"#, isDeletion: true).physicalId == nil)
    }

    @Test(arguments: [("true", true), (#""TRUE""#, true), ("false", false), ("1", false), ("null", false)])
    func whatIsNotEchoed(text: String, isHidden: Bool) throws {
        let answer = try read(
            #"{"Status":"SUCCESS","RequestId":"r","PhysicalResourceId":"p","NoEcho":\#(text),"Data":{"a":"x"}}"#)
        #expect(answer.isHidden == isHidden && answer.attributes == ["a": "x"])
    }

    @Test(arguments: [
        ("no JSON", "Invalid Response object: it is no JSON object"),
        ("[]", "Invalid Response object: it is no JSON object"),
        (#"{"Status":"SUCCESS"}"#, "Invalid Response object: Value of property RequestId must be r"),
        (
            #"{"Status":"DONE","RequestId":"r"}"#,
            "Invalid Response object: Value of property Status must be SUCCESS or FAILED"
        ),
        (#"{"Status":"SUCCESS","RequestId":"r"}"#, "Invalid PhysicalResourceId"),
        (
            #"{"Status":"FAILED","RequestId":"r","Reason":"no room"}"#,
            "Received response status [FAILED] from custom resource. Message returned: no room (RequestId: r)"
        ),
    ])
    func whatIsNoAnswerIsTold(text: String, message: String) {
        let failure = #expect(throws: ResourceFailure.self) { try read(text) }
        #expect(failure?.message == message)
    }

    @Test func anAnswerHasAnEnd() {
        let failure = #expect(throws: ResourceFailure.self) {
            try CustomResourceAnswer(.tooLong, requestId: "r", isDeletion: false)
        }
        #expect(failure?.message == "Response object is too long.")
    }

    @Test(arguments: [
        ("Custom::A", true), ("Custom::A_b@c-9", true), ("AWS::CloudFormation::CustomResource", true),
        ("Custom::", false), ("Custom::a b", false), ("Custom::" + String(repeating: "a", count: 61), false),
        ("Other::A", false),
    ])
    func namesOfTypes(name: String, isOne: Bool) { #expect((ResourceType.all[name] != nil) == isOne) }

    @Test func modulesComeBesideCodeThatAsksForThem() {
        #expect(ResponseModules.module(for: "import cfnresponse", runtime: "python3.12")?.name == "cfnresponse.py")
        #expect(
            ResponseModules.module(for: "require('cfn-response')", runtime: "nodejs20.x")?.name
                == "node_modules/cfn-response/index.js")
        #expect(ResponseModules.module(for: "x = 1", runtime: "python3.12") == nil)
    }

    @Test(arguments: [
        (
            "ServiceToken: \"arn:aws:sns:us-east-1:1:t\"",
            "ServiceToken must be the ARN of a function; topics are not served"
        ),
        ("ServiceToken: a, ServiceTimeout: 3601", "ServiceTimeout must be between 1 and 3600"),
        ("Other: a", "Custom::A needs the property ServiceToken"),
    ])
    func propertiesAreLookedAt(properties: String, message: String) {
        #expect(
            problems(of: "Resources: {R: {Type: Custom::A, Properties: {\(properties)}}}")
                .first?.hasSuffix(message) == true)
    }

    /// Whatever a function will give may be asked for.
    @Test func attributesOfAnyNameCanBeAskedFor() {
        let template = """
            Resources:
              R: {Type: Custom::A, Properties: {ServiceToken: "arn:aws:lambda:us-east-1:000000000000:function:f"}}
            Outputs:
              Out: {Value: !GetAtt R.What.Ever}
            """
        #expect(problems(of: template) == [])
    }
}
