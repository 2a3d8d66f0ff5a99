import EntityStore
import GatewayModel
import JSON
import Testing

@testable import ControlPlane

@Suite struct PermissionsTests {
    private let lambda = LambdaPlane()
    private let path = "/2015-03-31/functions/hello/policy"

    private func add(_ members: JSONObject = [:], query: String = "", to path: String? = nil) async -> Answer {
        var body: JSONObject = [
            "StatementId": "api", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com",
        ]
        for (key, value) in members { body[key] = value }
        return await lambda.call("POST", path ?? self.path, .object(body), query: query)
    }

    /// Source: LocalStack's snapshot of AWS (test_add_lambda_permission_aws and test_add_lambda_permission_fields): order of
    /// members, spelling of condition keys, forms of principals.
    @Test(
        arguments: [
            (
                ["SourceArn": "arn:aws:execute-api:eu-central-1:123456789012:abc/*/*/users*"],
                #""Principal":{"Service":"apigateway.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"RESOURCE","#
                    + #""Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:execute-api:eu-central-1:123456789012:abc/*/*/users*"}}"#
            ),
            (
                [:],
                #""Principal":{"Service":"apigateway.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"RESOURCE""#
            ),
            (
                ["Principal": "*", "SourceAccount": "123456789012"],
                #""Principal":"*","Action":"lambda:InvokeFunction","Resource":"RESOURCE","#
                    + #""Condition":{"StringEquals":{"AWS:SourceAccount":"123456789012"}}"#
            ),
            (
                ["Principal": "999999999999"],
                #""Principal":{"AWS":"arn:aws:iam::999999999999:root"},"Action":"lambda:InvokeFunction","Resource":"RESOURCE""#
            ),
            (
                ["Principal": "arn:aws:iam::123456789012:user/me"],
                #""Principal":{"AWS":"arn:aws:iam::123456789012:user/me"},"Action":"lambda:InvokeFunction","#
                    + #""Resource":"RESOURCE""#
            ),
            (
                [
                    "Principal": "*", "Action": "lambda:InvokeFunctionUrl", "SourceAccount": "123456789012",
                    "FunctionUrlAuthType": "NONE", "PrincipalOrgID": "o-1234567890", "SourceArn": "arn:aws:s3:::bucket",
                ],
                #""Principal":"*","Action":"lambda:InvokeFunctionUrl","Resource":"RESOURCE","Condition":{"StringEquals":"#
                    + #"{"AWS:SourceAccount":"123456789012","lambda:FunctionUrlAuthType":"NONE","aws:PrincipalOrgID":"#
                    + #""o-1234567890"},"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::bucket"}}"#
            ),
            (
                ["Principal": "*", "EventSourceToken": "amzn1.ask.skill.x"],
                #""Principal":"*","Action":"lambda:InvokeFunction","Resource":"RESOURCE","#
                    + #""Condition":{"StringEquals":{"lambda:EventSourceToken":"amzn1.ask.skill.x"}}"#
            ),
            (
                ["Principal": "*", "InvokedViaFunctionUrl": true],
                #""Principal":"*","Action":"lambda:InvokeFunction","Resource":"RESOURCE","#
                    + #""Condition":{"Bool":{"lambda:InvokedViaFunctionUrl":"true"}}"#
            ),
        ] as [(JSONObject, String)])
    func writesStatementsAsAWSDoes(_ members: JSONObject, rest: String) async {
        await lambda.create()
        let answer = await add(members)
        let statement = #"{"Sid":"api","Effect":"Allow","# + rest.replacing("RESOURCE", with: lambda.arn()) + "}"
        #expect(answer.status == 201)
        #expect(answer.json == ["Statement": .string(statement)])
        let policy = await lambda.call("GET", path)
        #expect(policy.status == 200)
        #expect(policy["Policy"]?.string == #"{"Version":"2012-10-17","Id":"default","Statement":[\#(statement)]}"#)
        #expect(policy["RevisionId"]?.string?.utf8.count == 36)
    }

    @Test func letsAPIGatewayIn() async throws {
        await lambda.create()
        _ = await add(["SourceArn": "arn:aws:execute-api:eu-central-1:123456789012:abc/*/GET/users*"])
        let policy = try #require(await lambda.host.latest()?.policies[""])
        func allows(_ path: String) -> Bool {
            policy.allowsInvoke(
                byService: "apigateway.amazonaws.com", sourceArn: LambdaPlane.account.executeAPIARN(path),
                sourceAccount: LambdaPlane.account.accountId)
        }
        #expect(allows("abc/$default/GET/users/1"))
        #expect(!allows("abc/$default/POST/users/1"))
        #expect(!allows("other/$default/GET/users"))
    }

    @Test func belongsToOneQualifier() async {
        await lambda.create("hello", ["Publish": true])
        _ = await lambda.call(
            "POST", "/2015-03-31/functions/hello/aliases", ["Name": "live", "FunctionVersion": "1"])
        let answer = await add(query: "Qualifier=live")
        #expect(answer["Statement"]?.string?.contains(#""Resource":"\#(lambda.arn("hello", "live"))""#) == true)
        #expect(await add(to: "/2015-03-31/functions/hello:1/policy").status == 201)
        #expect(await lambda.call("GET", path).status == 404)
        #expect(await lambda.call("GET", path, query: "Qualifier=live").status == 200)
        #expect(await lambda.host.latest()?.policies.keys == ["live", "1"])
    }

    @Test func goesOneByOne() async {
        await lambda.create()
        _ = await add()
        _ = await add(["StatementId": "other"])
        #expect(await lambda.call("DELETE", path + "/api").status == 204)
        let left = await lambda.call("GET", path)
        #expect(left["Policy"]?.string?.contains(#""Sid":"other""#) == true)
        #expect(left["Policy"]?.string?.contains(#""Sid":"api""#) == false)
        #expect(await lambda.call("DELETE", path + "/other").status == 204)
        #expect(await lambda.call("GET", path).message == "The resource you requested does not exist.")
        #expect(await !lambda.store.entities.contains { $0.id.kind == "lambda.policy" })
    }

    /// Source: LocalStack's snapshot of AWS (test_permission_exceptions).
    @Test(
        arguments: [
            (
                ["StatementId": "example.com"], "", "ValidationException",
                "1 validation error detected: Value 'example.com' at 'statementId' failed to satisfy constraint: "
                    + "Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)"
            ),
            (
                [:], "Qualifier=%24LATEST", "InvalidParameterValueException",
                "We currently do not support adding policies for $LATEST."
            ),
            (
                ["Principal": "invalid.nonaws.com"], "", "InvalidParameterValueException",
                "The provided principal was invalid. Please check the principal and try again."
            ),
            (
                [:], "Qualifier=none", "ResourceNotFoundException",
                "Cannot find alias arn: arn:aws:lambda:eu-central-1:123456789012:function:hello:none"
            ),
            (
                [:], "Qualifier=42", "ResourceNotFoundException",
                "Function not found: arn:aws:lambda:eu-central-1:123456789012:function:hello:42"
            ),
            (
                [:], "Qualifier=valid-with-%24-but-none", "ResourceNotFoundException",
                "Function not found: arn:aws:lambda:eu-central-1:123456789012:function:hello:valid-with-$-but-none"
            ),
            (
                [:], "Qualifier=invalid-%3F", "ValidationException",
                "1 validation error detected: Value 'invalid-?' at 'qualifier' failed to satisfy constraint: "
                    + #"Member must satisfy regular expression pattern: \$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+"#
            ),
            (
                ["StatementId": "taken"], "", "ResourceConflictException",
                "The statement id (taken) provided already exists. "
                    + "Please provide a new statement id, or remove the existing statement."
            ),
            (
                ["RevisionId": "wrong"], "", "PreconditionFailedException",
                "The Revision Id provided does not match the latest Revision Id. "
                    + "Call the GetPolicy API to retrieve the latest Revision Id"
            ),
        ] as [(JSONObject, String, String, String)])
    func isRefused(_ members: JSONObject, query: String, code: String, message: String) async {
        await lambda.create()
        _ = await add(["StatementId": "taken"])
        let answer = await add(members, query: query)
        #expect(answer.errorType == code)
        #expect(answer.message == message)
        #expect(answer.json["Type"] == (code == "ValidationException" ? nil : "User"))
    }

    @Test func tellsWhatCannotBeRemoved() async {
        let missing = await lambda.call("DELETE", path + "/api")
        #expect(missing.message == "No policy found for: \(lambda.arn())")
        await lambda.create()
        #expect(
            await lambda.call("DELETE", path + "/api").message == "No policy is associated with the given resource.")
        _ = await add()
        #expect(
            await lambda.call("DELETE", path + "/none").message == "Statement none is not found in resource policy.")
        #expect(
            await lambda.call("DELETE", path + "/api", query: "Qualifier=none").message
                == "Cannot find alias arn: \(lambda.arn("hello", "none"))")
        let stale = await lambda.call("DELETE", path + "/api", query: "RevisionId=wrong")
        #expect(stale.status == 412)
        #expect(stale.message?.contains("Call the GetPolicy API") == true)
        #expect(await lambda.call("GET", path).status == 200)
    }

    @Test func changesTheRevisionOfThePolicyOnly() async throws {
        await lambda.create()
        let function = try #require(await lambda.get().string("Configuration.RevisionId"))
        #expect(await add(["RevisionId": .string(function)]).status == 201)
        #expect(await lambda.get().string("Configuration.RevisionId") == function)
        let policy = try #require(await lambda.call("GET", path)["RevisionId"]?.string)
        #expect(await add(["StatementId": "b", "RevisionId": .string(policy)]).status == 201)
        #expect(await add(["StatementId": "c", "RevisionId": .string(policy)]).status == 412)
    }

    @Test func mayHave20Kilobytes() async {
        await lambda.create()
        var answer: Answer?
        for number in 0..<200 where answer?.status != 400 {
            answer = await add([
                "StatementId": .string("statement\(number)"),
                "SourceArn": .string("arn:aws:s3:::" + String(repeating: "x", count: 500)),
            ])
        }
        #expect(answer?.errorType == "PolicyLengthExceededException")
        #expect(answer?.message?.hasSuffix("is bigger than the limit (20480).") == true)
    }

    @Test func quickCreateIsLetIn() async throws {
        await lambda.create("hello", ["Publish": true])
        try await lambda.plane.grantQuickCreatePermission(functionName: "hello", apiId: "abc123")
        try await lambda.plane.grantQuickCreatePermission(functionName: "hello", apiId: "abc123")
        try await lambda.plane.grantQuickCreatePermission(functionName: "hello:1", apiId: "abc123")
        try await lambda.plane.grantQuickCreatePermission(functionName: "missing", apiId: "abc123")
        let policies = try #require(await lambda.host.latest()?.policies)
        #expect(policies.keys == ["", "1"])
        #expect(policies[""]?.statements.map(\.sid) == ["apigateway-quickcreate-abc123"])
        #expect(
            policies[""]?.allowsInvoke(
                byService: "apigateway.amazonaws.com",
                sourceArn: LambdaPlane.account.executeAPIARN("abc123/$default/$default"),
                sourceAccount: LambdaPlane.account.accountId) == true)
    }
}
