import GatewayModel
import IAMPolicy
import Sealing
import SigV4
import Testing

@testable import Callers

@Suite("Sessions of functions")
struct CallerDirectoryTests {
    private static let account = AccountIdentity(accountId: "123456789012", region: "eu-central-1")
    private static let now = Timestamp(milliseconds: 1_714_566_896_789)

    private let tokens = SessionTokens(key: SealingKey())
    private let environments = LiveEnvironments()

    private func directory(_ policies: [String] = []) throws -> CallerDirectory {
        var directory = CallerDirectory(account: Self.account, tokens: tokens, environments: environments)
        let documents = try policies.map { try PolicyDocument($0, kind: .identity) }
        directory.set(
            "AROA1",
            CallerDirectory.Holder(
                kind: .role(name: "worker"), arn: "arn:aws:iam::123456789012:role/team/worker",
                grants: Grants(policies: documents, boundary: nil)))
        return directory
    }

    private func session(_ environment: Int?, holder: String = "AROA1") throws -> (id: String, token: String) {
        let session = SessionTokens.Session(
            accessKeyId: tokens.newKeyId("ASIA"), secret: "s", holder: holder, name: "hello", policies: nil,
            started: Self.now.seconds, expires: .max, environment: environment)
        return (session.accessKeyId, try #require(tokens.seal(session)))
    }

    @Test("the caller is the role under the function's name, known as a function")
    func caller() throws {
        let life = try #require(environments.begin())
        let (id, token) = try session(life.number)
        let caller = try directory().key(id, token: token, now: Self.now).caller
        #expect(caller.arn == "arn:aws:sts::123456789012:assumed-role/worker/hello")
        #expect(caller.userId == "AROA1:hello")
        #expect(caller.isFunction && !caller.isPlainSession)
        let (other, otherToken) = try session(nil)
        #expect(try !directory().key(other, token: otherToken, now: Self.now).caller.isFunction)
        _ = life
    }

    @Test("the token ends with the environment, here and on every other server")
    func ends() throws {
        var life = environments.begin()
        let (id, token) = try session(try #require(life?.number))
        let elsewhere = CallerDirectory(account: Self.account, tokens: tokens)
        #expect(throws: SignatureFault.expiredToken) { try elsewhere.key(id, token: token, now: Self.now) }
        life = nil
        #expect(throws: SignatureFault.expiredToken) { try directory().key(id, token: token, now: Self.now) }
        // Somebody else has its place now.
        let next = try #require(environments.begin())
        #expect(throws: SignatureFault.expiredToken) { try directory().key(id, token: token, now: Self.now) }
        _ = next
    }

    @Test("a role that is gone has no sessions, and one of the same name has others")
    func goneRole() throws {
        let life = try #require(environments.begin())
        let (id, token) = try session(life.number, holder: "AROA0")
        #expect(throws: SignatureFault(.unknownKey, "The security token included in the request is invalid")) {
            try directory().key(id, token: token, now: Self.now)
        }
    }

    @Test("what the role may do is asked of it as it is now")
    func policies() throws {
        let life = try #require(environments.begin())
        let (id, token) = try session(life.number)
        let policy = #"{"Statement": {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}}"#
        let decision = { (directory: CallerDirectory) in
            let caller = try directory.key(id, token: token, now: Self.now).caller
            let request = PolicyRequest(action: "dynamodb:GetItem", resource: "arn:t", principal: caller.principal)
            return caller.decision(request) { _ in .absent }
        }
        #expect(try decision(directory([policy])) == .allowed)
        #expect(try decision(directory()) == .notAllowed(missing: .identity))
    }

    @Test("managed policies bound a session as they are now; those that are gone allow nothing")
    func managedSessionPolicies() throws {
        let allowed = try PolicyDocument(
            #"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#, kind: .identity)
        var session = SessionTokens.Session(
            accessKeyId: tokens.newKeyId("ASIA"), secret: "s", holder: "AROA1", name: "n", policies: nil,
            started: Self.now.seconds, expires: Self.now.seconds + 1)
        session.policyARNs = ["arn:one", "arn:two"]
        session.context = ["issuer.example:sub": ["ada"]]
        let token = try #require(tokens.seal(session))
        let caller = { (directory: CallerDirectory) in
            try directory.key(session.accessKeyId, token: token, now: Self.now).caller
        }
        let decision = { (directory: CallerDirectory) in
            let caller = try caller(directory)
            let request = PolicyRequest(action: "a:B", resource: "arn:t", principal: caller.principal)
            return caller.decision(request) { _ in .absent }
        }
        let everything = #"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#
        var directory = try directory([everything])
        #expect(try decision(directory) == .notAllowed(missing: .session))
        directory.set(policy: "arn:two", allowed)
        #expect(try decision(directory) == .allowed)
        directory.set(policy: "arn:two", nil)
        #expect(try decision(directory) == .notAllowed(missing: .session))
        #expect(try caller(directory).value(ConditionKey("Issuer.example:sub")) == .values(["ada"]))
        #expect(try caller(directory).value(ConditionKey("issuer.example:aud")) == nil)
    }

    private func role(
        _ name: String = "gateway", condition: String = "{}", service: String = "apigateway.amazonaws.com"
    ) throws -> CallerDirectory.Holder {
        let trust =
            #"{"Statement": {"Effect": "Allow", "Principal": {"Service": "\#(service)"}, "Action": "sts:AssumeRole", "#
            + #""Condition": \#(condition)}}"#
        return CallerDirectory.Holder(
            kind: .role(name: name), arn: Self.gatewayRole, grants: .none,
            trust: try PolicyDocument(trust, kind: .trust), since: 7)
    }

    private static let gatewayRole = "arn:aws:iam::123456789012:role/team/gateway"

    @Test("API Gateway is a session of the role that it assumes, as long as the role is there")
    func gateway() throws {
        var directory = CallerDirectory(account: Self.account, tokens: nil, requiresRoles: true)
        directory.set("AROA2", try role())
        guard case .assumed(let caller) = directory.gatewayRole(Self.gatewayRole, now: Self.now) else {
            Issue.record("not assumed")
            return
        }
        #expect(caller.arn == "arn:aws:sts::123456789012:assumed-role/gateway/BackplaneAssumeRoleSession")
        #expect(caller.userId == "AROA2:BackplaneAssumeRoleSession")
        #expect(caller.value(ConditionKey("aws:PrincipalArn")) == .values([Self.gatewayRole]))
        #expect(caller.value(ConditionKey("aws:TokenIssueTime")) == .values(["7"]))
        directory.set("AROA2", nil)
        guard case .refused("there is no such role") = directory.gatewayRole(Self.gatewayRole, now: Self.now) else {
            Issue.record("not refused")
            return
        }
    }

    @Test(
        "API Gateway has to be trusted, and tells nothing of the API that it asks for",
        arguments: [
            ("{}", true), (#"{"StringEquals": {"aws:SourceAccount": "123456789012"}}"#, false),
            (#"{"ArnLike": {"aws:SourceArn": "*"}}"#, false),
            (#"{"DateGreaterThan": {"aws:CurrentTime": "2024-01-01T00:00:00Z"}}"#, true),
            (#"{"DateGreaterThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}"#, false),
        ])
    func trust(condition: String, isTrusted: Bool) throws {
        var directory = CallerDirectory(account: Self.account, tokens: nil)
        directory.set("AROA2", try role(condition: condition))
        var isAssumed = false
        if case .assumed = directory.gatewayRole(Self.gatewayRole, now: Self.now) { isAssumed = true }
        #expect(isAssumed == isTrusted)
        directory.set("AROA2", try role(service: "lambda.amazonaws.com"))
        guard case .refused = directory.gatewayRole(Self.gatewayRole, now: Self.now) else {
            Issue.record("not refused")
            return
        }
    }

    @Test("a role that is not here may be made up in development, if it is one")
    func madeUp() {
        let directory = CallerDirectory(account: Self.account, tokens: nil)
        guard case .madeUp = directory.gatewayRole("arn:aws:iam::1:role/any", now: Self.now) else {
            Issue.record("not taken")
            return
        }
        for arn in ["arn:aws:iam::123456789012:user/ada", "any", ""] {
            guard case .refused = directory.gatewayRole(arn, now: Self.now) else {
                Issue.record("taken: \(arn)")
                continue
            }
        }
    }

    @Test("a number that was changed is no token any more")
    func forged() throws {
        let life = try #require(environments.begin())
        let (id, token) = try session(life.number)
        var bytes = try #require(Base64.decode(token))
        for position in bytes.indices {
            bytes[position] ^= 1
            #expect(throws: SignatureFault.self) {
                try directory().key(id, token: Base64.encode(bytes), now: Self.now)
            }
            bytes[position] ^= 1
        }
        #expect(throws: SignatureFault.self) {
            try directory().key(id + "X", token: token, now: Self.now)
        }
    }
}
