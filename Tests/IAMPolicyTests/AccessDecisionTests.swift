import Testing

@testable import IAMPolicy

@Suite("Policies: who is let through")
struct AccessDecisionTests {
    private static let account = "111122223333"
    private static let user = PolicyPrincipal.user(arn: "arn:aws:iam::\(account):user/bob", account: account)
    private static let role = "arn:aws:iam::\(account):role/app"
    private static let session = PolicyPrincipal.session(
        role: role, arn: "arn:aws:sts::\(account):assumed-role/app/one", account: account)

    private func verdict(
        _ principal: String, _ asking: PolicyPrincipal, effect: String = "Allow", element: String = "Principal"
    ) throws -> PolicyVerdict {
        let document = try PolicyDocument(
            """
            {"Statement": {"Sid": "who", "Effect": "\(effect)", "\(element)": \(principal), "Action": "execute-api:*",
            "Resource": "arn:aws:execute-api:*:*:api/prod/GET/*"}}
            """, kind: .resource)
        return document.verdict(
            for: PolicyRequest(
                action: "execute-api:Invoke", resource: "arn:aws:execute-api:us-east-1:1:api/prod/GET/pets",
                principal: asking)
        ) { _ in .absent }
    }

    @Test("Principals are matched by account, name, role or session")
    func principals() throws {
        let (user, session) = (Self.user, Self.session)
        #expect(try verdict(#""*""#, .anonymous) == .allow(statement: 0, .toCaller))
        #expect(try verdict(#"{"AWS": "*"}"#, .anonymous) == .allow(statement: 0, .toCaller))
        #expect(try verdict(#"{"AWS": "\#(Self.account)"}"#, user) == .allow(statement: 0, .toAccount))
        #expect(
            try verdict(#"{"AWS": "arn:aws:iam::\#(Self.account):root"}"#, session) == .allow(statement: 0, .toAccount))
        #expect(
            try verdict(#"{"AWS": "\#(Self.account)"}"#, .root(account: Self.account))
                == .allow(statement: 0, .toCaller))
        #expect(try verdict(#"{"AWS": "999999999999"}"#, user) == .silent)
        #expect(try verdict(#"{"AWS": "\#(Self.account)"}"#, .anonymous) == .silent)
        #expect(
            try verdict(#"{"AWS": ["arn:aws:iam::1:user/x", "arn:aws:iam::\#(Self.account):user/bob"]}"#, user)
                == .allow(statement: 0, .byName))
        #expect(try verdict(#"{"AWS": "\#(Self.role)"}"#, session) == .allow(statement: 0, .toCaller))
        #expect(
            try verdict(#"{"AWS": "arn:aws:sts::\#(Self.account):assumed-role/app/one"}"#, session)
                == .allow(statement: 0, .byName))
        #expect(
            try verdict(#"{"Service": "apigateway.amazonaws.com"}"#, .service("apigateway.amazonaws.com"))
                == .allow(statement: 0, .toCaller))
    }

    @Test("NotPrincipal leaves out whose names are all among its own, the account's too")
    func notPrincipal() throws {
        func denies(_ names: String..., principal: PolicyPrincipal) throws -> Bool {
            let list = names.map { "\"\($0)\"" }.joined(separator: ", ")
            return try verdict("{\"AWS\": [\(list)]}", principal, effect: "Deny", element: "NotPrincipal").isDeny
        }
        let (bob, one) = ("arn:aws:iam::\(Self.account):user/bob", "arn:aws:sts::\(Self.account):assumed-role/app/one")
        let user = PolicyPrincipal.user(arn: bob, account: Self.account)
        let session = PolicyPrincipal.session(role: Self.role, arn: one, account: Self.account)
        #expect(try !denies(bob, Self.account, principal: user))
        #expect(try denies(bob, principal: user))
        #expect(try denies(Self.account, principal: user))
        #expect(try !denies(one, Self.role, Self.account, principal: session))
        #expect(try denies(one, Self.account, principal: session))
        #expect(try denies(Self.role, Self.account, principal: session))
        #expect(try !denies(Self.account, principal: .root(account: Self.account)))
        #expect(try denies(bob, Self.account, principal: .anonymous))
        #expect(throws: PolicyError.self) {
            try verdict(#"{"AWS": "\#(bob)"}"#, user, element: "NotPrincipal")
        }
    }

    @Test("NotPrincipal never leaves out who has a permissions boundary")
    func bounded() throws {
        let bob = "arn:aws:iam::\(Self.account):user/bob"
        let policy = try PolicyDocument(
            #"{"Statement": {"Effect": "Deny", "NotPrincipal": {"AWS": ["\#(bob)", "\#(Self.account)"]}, "#
                + #""Action": "*", "Resource": "*"}}"#, kind: .resource)
        var request = PolicyRequest(
            action: "s3:Get", resource: "arn:aws:s3:::a", principal: .user(arn: bob, account: Self.account))
        #expect(policy.verdict(for: request) { _ in .absent } == .silent)
        request.isBounded = true
        #expect(policy.verdict(for: request) { _ in .absent }.isDeny)
    }

    @Test("A Deny anywhere wins over every Allow")
    func denied() {
        let allow = PolicyVerdict.allow(statement: 0, .byName)
        let deny = PolicyVerdict.deny(statement: 0)
        #expect(AccessDecision.withinAccount(identity: deny, resource: allow) == .explicitlyDenied(by: .identity))
        #expect(AccessDecision.withinAccount(identity: allow, resource: deny) == .explicitlyDenied(by: .resource))
        #expect(
            AccessDecision.withinAccount(identity: allow, boundary: deny, resource: allow)
                == .explicitlyDenied(by: .boundary))
        #expect(AccessDecision.withinAccount(identity: allow, session: deny) == .explicitlyDenied(by: .session))
        #expect(PolicyVerdict.together([allow, .silent, deny]) == deny)
        #expect(PolicyVerdict.together([.silent, allow]) == allow)
    }

    @Test("Within an account either side suffices, within what bounds it")
    func granted() {
        let allow = PolicyVerdict.allow(statement: 0, .toCaller)
        let silent = PolicyVerdict.silent
        typealias Decision = AccessDecision
        #expect(Decision.withinAccount(identity: silent) == .notAllowed(missing: .identity))
        #expect(Decision.withinAccount(identity: allow, resource: silent) == .allowed)
        #expect(Decision.withinAccount(identity: silent, resource: allow) == .allowed)
        #expect(
            Decision.withinAccount(identity: silent, resource: .allow(statement: 0, .toAccount))
                == .notAllowed(missing: .identity))
        #expect(Decision.withinAccount(identity: allow, boundary: silent) == .notAllowed(missing: .boundary))
        #expect(Decision.withinAccount(identity: allow, session: silent) == .notAllowed(missing: .session))
        #expect(
            Decision.withinAccount(
                identity: silent, boundary: silent, session: silent, resource: .allow(statement: 0, .byName))
                == .allowed)
        #expect(
            Decision.withinAccount(identity: silent, boundary: silent, resource: allow)
                == .notAllowed(missing: .boundary))
        #expect(Decision.anonymous(resource: silent) == .notAllowed(missing: .resource))
    }

    @Test("Actions have no case, resources have one")
    func letters() throws {
        let document = try PolicyDocument(
            #"{"Statement": {"Effect": "Allow", "Action": "Execute-API:inv*", "Resource": "arn:aws:x:::A/?"}}"#,
            kind: .identity)
        func verdict(_ action: String, _ resource: String) -> PolicyVerdict {
            document.verdict(for: PolicyRequest(action: action, resource: resource, principal: .anonymous)) { _ in
                .absent
            }
        }
        #expect(verdict("execute-api:Invoke", "arn:aws:x:::A/b").isAllow)
        #expect(verdict("execute-api:Invoke", "arn:aws:x:::a/b") == .silent)
        #expect(verdict("execute-api:Manage", "arn:aws:x:::A/b") == .silent)
    }

    @Test("A statement is told by its Sid, else by its place")
    func names() throws {
        let document = try PolicyDocument(
            """
            {"Statement": [{"Sid": "first", "Effect": "Allow", "Action": "a:*", "Resource": "*"},
            {"Effect": "Allow", "Action": "a:*", "Resource": "*"}]}
            """, kind: .identity)
        #expect(document.name(ofStatement: 0) == "statement first")
        #expect(document.name(ofStatement: 1) == "statement 2")
    }
}
