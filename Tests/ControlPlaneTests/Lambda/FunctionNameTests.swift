import GatewayModel
import JSON
import Testing

@testable import ControlPlane

@Suite struct FunctionNameTests {
    @Test(
        arguments: [
            ("hello", "hello", nil, nil, nil),
            ("hello:live", "hello", "live", nil, nil),
            ("hello:$LATEST", "hello", "$LATEST", nil, nil),
            ("function:hello", "hello", nil, nil, nil),
            ("123456789012:function:hello", "hello", nil, nil, "123456789012"),
            ("123456789012:hello:1", "hello", "1", nil, "123456789012"),
            ("us-gov-west-1:123456789012:function:hello", "hello", nil, "us-gov-west-1", "123456789012"),
            ("arn:aws:lambda:us-east-1:123456789012:function:hello", "hello", nil, "us-east-1", "123456789012"),
            (
                "arn:aws-cn:lambda:cn-north-1:123456789012:function:hello:live", "hello", "live", "cn-north-1",
                "123456789012"
            ),
            (
                "arn:aws:lambda:eusc-de-east-1:123456789012:function:hello", "hello", nil, "eusc-de-east-1",
                "123456789012"
            ),
            (
                "arn:aws:lambda:us-isob-east-1:123456789012:function:hello", "hello", nil, "us-isob-east-1",
                "123456789012"
            ),
            // Recorded: AWS takes the word for the name.
            ("arn:aws:lambda:us-east-1:123456789012:function", "function", nil, "us-east-1", "123456789012"),
            ("us-east-1", "us-east-1", nil, nil, nil),
            ("arn", "arn", nil, nil, nil),
        ] as [(String, String, String?, String?, String?)])
    func parses(_ text: String, name: String, qualifier: String?, region: String?, account: String?) throws {
        let function = try #require(FunctionName(parsing: text))
        #expect(function.name == name)
        #expect(function.qualifier == qualifier)
        #expect(function.region == region)
        #expect(function.account == account)
    }

    /// Source: recorded from AWS, each with a ValidationException.
    @Test(arguments: [
        "my-function!", "*", "", "invalid-account:function:my-function", "invalid:function:name",
        "arn:aws:lambda:invalid-region:111111111111:function:my-function",
        "arn:aws:ec2:us-east-1:111111111111:instance:i-1234567890abcdef0",
        "arn:aws:lambda:us-east-1:111111111111:function:my-function:1:2", "function:my-function:$LATEST:extra",
        "arn:aws:lambda::111111111111:function:my-function", "arn:aws:lambda:us-east-1::function:my-function",
        "arn:aws:lambda:us-east-1:111111111111:function:my-function:$LATES", "my-function:$latest",
    ])
    func refuses(_ text: String) { #expect(FunctionName(parsing: text) == nil) }

    @Test func dotsAreForNamespacedNamesOnly() {
        #expect(FunctionName(parsing: "a.b", .plain) == nil)
        #expect(FunctionName(parsing: "a.b", .namespaced)?.name == "a.b")
        #expect(FunctionName(parsing: "a:$LATEST.PUBLISHED", .plain) == nil)
        #expect(FunctionName(parsing: "a:$LATEST.PUBLISHED", .namespaced)?.qualifier == "$LATEST.PUBLISHED")
    }
}

@Suite struct FunctionNameOnTheWireTests {
    private let lambda = LambdaPlane()
    private static let namespaced =
        #"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?"#
        + #"(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?"#

    @Test(arguments: [
        "hello", "hello:$LATEST", "123456789012:function:hello",
        "arn:aws:lambda:eu-central-1:123456789012:function:hello",
        "arn%3Aaws%3Alambda%3Aeu-central-1%3A123456789012%3Afunction%3Ahello",
    ])
    func everyFormNamesTheFunction(_ name: String) async {
        await lambda.create()
        #expect(await lambda.get(name).status == 200)
    }

    @Test func aPatternThatDoesNotHoldIsAValidationException() async {
        let answer = await lambda.get("my-function%21")
        #expect(answer.status == 400)
        #expect(answer.errorType == "ValidationException")
        #expect(
            answer.text
                == JSONValue.object([
                    "message": .string(
                        "1 validation error detected: Value 'my-function!' at 'functionName' failed to satisfy constraint: "
                            + "Member must satisfy regular expression pattern: " + Self.namespaced)
                ]).text)
    }

    @Test func allViolationsAreTold() async {
        let long = String(repeating: "a", count: 129)
        let answer = await lambda.get("*", query: "Qualifier=\(long)")
        #expect(
            answer.message
                == "2 validation errors detected: Value '*' at 'functionName' failed to satisfy constraint: Member must "
                + "satisfy regular expression pattern: \(Self.namespaced); Value '\(long)' at 'qualifier' failed to "
                + "satisfy constraint: Member must have length less than or equal to 128")
    }

    @Test func aQualifierThatContradictsTheNameIsRefused() async {
        let answer = await lambda.get("hello:1", query: "Qualifier=2")
        #expect(answer.errorType == "InvalidParameterValueException")
        #expect(
            answer.text
                == #"{"Type":"User","message":"The derived qualifier from the function name does not match "#
                + #"the specified qualifier."}"#)
    }

    @Test func anotherRegionIsNotReachable() async {
        await lambda.create()
        let answer = await lambda.get("arn:aws:lambda:us-east-1:123456789012:function:hello")
        #expect(answer.status == 404)
        #expect(answer.errorType == "ResourceNotFoundException")
        #expect(answer["Message"] == "Functions from 'us-east-1' are not reachable in this region ('eu-central-1')")
        #expect(answer["Type"] == "User")
    }

    @Test func anotherAccountIsDenied() async {
        await lambda.create()
        let answer = await lambda.get("999999999999:function:hello")
        #expect(answer.status == 403)
        #expect(answer.errorType == "AccessDeniedException")
    }

    @Test func whatIsMissingIsNamedByItsARN() async {
        await lambda.create()
        #expect(await lambda.get("other").message == "Function not found: \(lambda.arn("other"))")
        #expect(await lambda.get(query: "Qualifier=7").message == "Function not found: \(lambda.arn("hello", "7"))")
        #expect(await lambda.get("hello:live").message == "Function not found: \(lambda.arn("hello", "live"))")
    }

    @Test func anOperationOnFunctionsTakesNoVersion() async {
        await lambda.create()
        let answer = await lambda.update("hello:1", ["Timeout": 5])
        #expect(answer.errorType == "InvalidParameterValueException")
        #expect(answer.message?.hasPrefix("This operation is permitted on Lambda functions only.") == true)
        #expect(await lambda.update("hello:$LATEST", ["Timeout": 5]).status == 200)
    }
}
