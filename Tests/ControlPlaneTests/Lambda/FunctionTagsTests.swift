import GatewayModel
import JSON
import Testing

@testable import ControlPlane

@Suite struct FunctionTagsTests {
    private let lambda = LambdaPlane()

    private func path(_ arn: String) -> String { "/2017-03-31/tags/" + arn.replacing(":", with: "%3A") }

    private func list() async -> JSONValue? { await lambda.call("GET", path(lambda.arn()))["Tags"] }

    @Test func comeAndGo() async {
        await lambda.create()
        #expect(await list() == [:])
        let before = await lambda.get().string("Configuration.RevisionId")
        #expect(await lambda.call("POST", path(lambda.arn()), ["Tags": ["A": "1", "B": "2"]]).status == 204)
        #expect(await lambda.get().string("Configuration.RevisionId") != before)
        #expect(await lambda.call("POST", path(lambda.arn()), ["Tags": ["B": "3", "C": "4"]]).status == 204)
        #expect(await list() == ["A": "1", "B": "3", "C": "4"])
        #expect(await lambda.call("DELETE", path(lambda.arn()), query: "tagKeys=A&tagKeys=C&tagKeys=F").status == 204)
        #expect(await list() == ["B": "3"])
        // Environments have nothing to do with tags.
        #expect(await lambda.host.published.count == 1)
    }

    /// Source: LocalStack's snapshot of AWS (test_tag_exceptions, test_tag_versions).
    @Test func areRefused() async {
        await lambda.create()
        let arn = lambda.arn()
        let empty = await lambda.call("POST", path(arn), ["Tags": [:]])
        #expect(empty.json == ["Type": "User", "message": "An error occurred and the request cannot be processed."])
        let noKeys = await lambda.call("DELETE", path(arn))
        #expect(
            noKeys.json == [
                "message": .string(
                    "1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: "
                        + "Member must not be null")
            ])
        for qualifier in ["1", "$LATEST", "live"] {
            let answer = await lambda.call("GET", path(arn + ":" + qualifier))
            #expect(
                answer.message
                    == "Tags on function aliases and versions are not supported. Please specify a function ARN.")
        }
        let missing = await lambda.call("GET", path(lambda.arn("none")))
        #expect(missing.message == "Function not found: \(lambda.arn("none"))")
        let mapping =
            "arn:aws:lambda:eu-central-1:123456789012:event-source-mapping:0f1e2d3c-0000-0000-0000-000000000000"
        let other = await lambda.call("GET", path(mapping))
        #expect(other.status == 404)
        #expect(other.message == "Event source mapping not found: \(mapping)")
    }

    @Test(arguments: [
        "arn:aws:something", "hello", "123456789012:function:hello",
        "arn:aws:lambda:eu-central-1:123456789012:foobar:hello",
        "arn:aws:lambda:eu-central-1:123456789012:capacity-provider:a:b",
    ])
    func needTheARNOfAResource(_ arn: String) async {
        await lambda.create()
        let answer = await lambda.call("GET", path(arn))
        #expect(answer.errorType == "ValidationException")
        #expect(
            answer.message
                == "1 validation error detected: Value '\(arn)' at 'resource' failed to satisfy constraint: Member must "
                + #"satisfy regular expression pattern: arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|"#
                + #"(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|"#
                + #"layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-"#
                + #"[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)"#)
    }

    @Test func areFiftyAtMost() async {
        var tags: JSONObject = [:]
        for number in 1...50 { tags["key\(number)"] = "value" }
        await lambda.create("hello", ["Tags": .object(tags)])
        let answer = await lambda.call("POST", path(lambda.arn()), ["Tags": ["more": "value"]])
        #expect(answer.message == "Number of tags exceeds resource tag limit.")
        #expect(await list()?.object?.count == 50)
    }
}
