import JSON
import Testing

@testable import IAMPolicy

@Suite("Principals by their ids")
struct PrincipalNamesTests {
    private static let account = "123456789012"
    private static let user = "AIDAABCDEFGHIJKLMNOPQ"
    private static let role = "AROAABCDEFGHIJKLMNOPQ"

    private func isAllowed(_ principal: String, _ asking: PolicyPrincipal) throws -> Bool {
        let text = #"{"Statement":{"Effect":"Allow","Principal":{"AWS":"\#(principal)"},"Action":"*","Resource":"*"}}"#
        let request = PolicyRequest(action: "s3:Get", resource: "arn:aws:s3:::a", principal: asking)
        return try PolicyDocument(text, kind: .resource).verdict(for: request) { _ in .absent }.isAllow
    }

    @Test("are who has the id, and nobody else of the name")
    func ids() throws {
        func bob(_ id: String) -> PolicyPrincipal { .user(arn: "arn:u", account: Self.account, id: id) }
        #expect(try isAllowed(Self.user, bob(Self.user)))
        #expect(try !isAllowed(Self.user, bob("AIDAQPONMLKJIHGFEDCBA")))
        #expect(try !isAllowed(Self.user, .user(arn: "arn:u", account: Self.account)))
        func session(_ id: String) -> PolicyPrincipal {
            .session(role: "arn:r", arn: "arn:s", account: Self.account, id: id)
        }
        #expect(try isAllowed(Self.role, session("\(Self.role):one")))
        #expect(try !isAllowed(Self.role, session("\(Self.role)R:one")))
        #expect(try isAllowed("\(Self.role):one", session("\(Self.role):one")))
        #expect(try !isAllowed("\(Self.role):one", session("\(Self.role):two")))
    }

    @Test("are left out by NotPrincipal together with their account")
    func leftOut() throws {
        func isDenied(_ names: String) throws -> Bool {
            let text =
                #"{"Statement":{"Effect":"Deny","NotPrincipal":{"AWS":[\#(names)]},"Action":"*","Resource":"*"}}"#
            let asking = PolicyPrincipal.user(arn: "arn:u", account: Self.account, id: Self.user)
            let request = PolicyRequest(action: "s3:Get", resource: "arn:aws:s3:::a", principal: asking)
            return try PolicyDocument(text, kind: .resource).verdict(for: request) { _ in .absent }.isDeny
        }
        #expect(try !isDenied(#""\#(Self.user)", "\#(Self.account)""#))
        #expect(try isDenied(#""\#(Self.user)""#))
        #expect(try isDenied(#""AIDAQPONMLKJIHGFEDCBA", "\#(Self.account)""#))
    }

    @Test("take the place of ARNs in principals only")
    func renaming() throws {
        let policy: JSONValue = [
            "Statement": [
                [
                    "Principal": ["AWS": ["arn:u", "arn:v"], "Service": "arn:u"],
                    "Condition": ["ArnEquals": ["aws:PrincipalArn": "arn:u"]],
                ],
                ["NotPrincipal": ["AWS": "arn:u"]], ["Principal": "*"],
            ]
        ]
        let renamed = PolicyDocument.renamingPrincipals(of: policy) { $0 == "arn:u" ? "id" : nil }
        #expect(
            renamed == [
                "Statement": [
                    [
                        "Principal": ["AWS": ["id", "arn:v"], "Service": "arn:u"],
                        "Condition": ["ArnEquals": ["aws:PrincipalArn": "arn:u"]],
                    ],
                    ["NotPrincipal": ["AWS": "id"]], ["Principal": "*"],
                ]
            ])
        #expect(PolicyDocument.principals(of: policy).map(\.name) == ["arn:u", "arn:v", "arn:u", "arn:u"])
    }
}
