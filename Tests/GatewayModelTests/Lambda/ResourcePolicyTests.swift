import Testing

@testable import GatewayModel

@Suite("Resource policies of functions")
struct ResourcePolicyTests {
    private let account = AccountIdentity()

    private func statement(_ change: (inout Lambda.Statement) -> Void = { _ in }) -> Lambda.ResourcePolicy {
        var statement = Lambda.Statement(
            sid: "api", principal: "apigateway.amazonaws.com", action: "lambda:InvokeFunction",
            resource: account.functionARN("f"))
        statement.sourceArn = account.executeAPIARN("abc/*/GET/pets")
        change(&statement)
        return Lambda.ResourcePolicy(statements: [statement])
    }

    private func allows(_ policy: Lambda.ResourcePolicy, _ source: String = "abc/$default/GET/pets") -> Bool {
        policy.allowsInvoke(
            byService: "apigateway.amazonaws.com", sourceArn: account.executeAPIARN(source),
            sourceAccount: account.accountId)
    }

    @Test("an empty one lets nobody in")
    func empty() {
        #expect(!allows(Lambda.ResourcePolicy()))
    }

    @Test("the source ARN decides")
    func sourceArn() {
        #expect(allows(statement()))
        #expect(!allows(statement(), "abc/$default/POST/pets"))
        #expect(!allows(statement(), "abd/$default/GET/pets"))
    }

    @Test("a statement without a source ARN takes every source")
    func noSourceArn() {
        #expect(allows(statement { $0.sourceArn = nil }, "other/x/PUT/anything"))
    }

    @Test(
        "the principal decides",
        arguments: [
            ("apigateway.amazonaws.com", true), ("*", true), ("s3.amazonaws.com", false),
            ("arn:aws:iam::000000000000:root", false), ("000000000000", false), ("*.amazonaws.com", false),
        ])
    func principal(principal: String, allowed: Bool) {
        #expect(allows(statement { $0.principal = principal }) == allowed)
    }

    @Test(
        "the action decides",
        arguments: [
            ("lambda:InvokeFunction", true), ("lambda:*", true), ("*", true), ("lambda:GetFunction", false),
            ("lambda:InvokeFunctionUrl", false),
        ])
    func action(action: String, allowed: Bool) {
        #expect(allows(statement { $0.action = action }) == allowed)
    }

    @Test("another source account is refused")
    func sourceAccount() {
        #expect(allows(statement { $0.sourceAccount = "000000000000" }))
        #expect(!allows(statement { $0.sourceAccount = "111111111111" }))
    }

    @Test("a condition that a service cannot meet lets no service in")
    func otherConditions() {
        #expect(!allows(statement { $0.principalOrgID = "o-1" }))
        #expect(!allows(statement { $0.functionUrlAuthType = "NONE" }))
        #expect(!allows(statement { $0.eventSourceToken = "token" }))
        #expect(!allows(statement { $0.invokedViaFunctionUrl = true }))
        #expect(allows(statement { $0.invokedViaFunctionUrl = false }))
    }

    @Test("one of several statements is enough")
    func several() {
        var policy = statement { $0.principal = "s3.amazonaws.com" }
        #expect(!allows(policy))
        policy.statements += statement().statements
        #expect(allows(policy))
    }
}
