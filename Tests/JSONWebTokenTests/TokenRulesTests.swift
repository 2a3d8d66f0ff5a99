import JSON
import Testing

@testable import JSONWebToken

@Suite("Tokens: what an authorizer asks")
struct TokenRulesTests {
    private func claims(_ changes: JSONObject) throws -> TokenClaims {
        var claims = TestIssuer.claims
        for (key, value) in changes.members { claims[key] = value.isNull ? Optional.none : value }
        return try TokenClaims(claims)
    }

    private func rules(takesClientId: Bool = true, _ claims: [TokenRules.ClaimRule] = []) -> TokenRules {
        TokenRules(
            issuer: TestIssuer.name, audiences: ["client", "other"], algorithms: SigningAlgorithm.rsa,
            takesClientId: takesClientId, claims: claims)
    }

    @Test(
        "Issuer and audience",
        arguments: [
            ([:], nil), (["aud": ["x", "other"]], nil),
            (["iss": "https://issuer.example"], .issuer("https://issuer.example")), (["iss": nil], .issuer(nil)),
            (["aud": "x"], .audience(["x"])), (["aud": []], .audience([])),
            (["aud": nil, "client_id": "client"], nil), (["aud": nil, "client_id": "x"], .audience([])),
            (["aud": "x", "client_id": "client"], .audience(["x"])),
            (["aud": [], "client_id": "client"], .audience([])),
            (["aud": nil], .audience([])), (["exp": nil], .noExpiry),
        ] as [(JSONObject, TokenFault?)])
    func identity(_ changes: JSONObject, _ fault: TokenFault?) throws {
        let claims = try claims(changes)
        if let fault {
            #expect(throws: fault) { try rules().check(claims) }
        } else {
            #expect(throws: Never.self) { try rules().check(claims) }
        }
    }

    @Test("client_id stands for an audience only where the authorizer takes it")
    func clientId() throws {
        let claims = try claims(["aud": nil, "client_id": "client"])
        #expect(throws: TokenFault.audience([])) { try rules(takesClientId: false).check(claims) }
    }

    @Test("Times have no leeway")
    func times() throws {
        let now = TestIssuer.now
        func check(_ changes: JSONObject) throws { try TokenRules.checkTimes(try claims(changes), now: now) }
        #expect(throws: Never.self) { try check([:]) }
        #expect(throws: TokenFault.expired(at: now)) { try check(["exp": 1_790_000_000]) }
        #expect(throws: Never.self) { try check(["exp": .number("1790000000.5")]) }
        #expect(throws: TokenFault.notYetValid(from: now + 1)) { try check(["nbf": 1_790_000_001]) }
        #expect(throws: Never.self) { try check(["nbf": 1_790_000_000]) }
        #expect(throws: TokenFault.issuedInFuture(at: now + 1)) { try check(["iat": 1_790_000_001]) }
    }

    @Test("One scope of the route's suffices")
    func scopes() throws {
        let claims = try claims([:])
        #expect(throws: Never.self) { try TokenRules.checkScopes(claims, []) }
        #expect(throws: Never.self) { try TokenRules.checkScopes(claims, ["admin", "write"]) }
        #expect(throws: TokenFault.scope(["read", "write"])) { try TokenRules.checkScopes(claims, ["Write"]) }
    }

    @Test("Rules for further claims")
    func further() throws {
        let tier = TokenRules.ClaimRule(name: "tier", isRequired: true, expected: ["gold"])
        let note = TokenRules.ClaimRule(name: "note", isRequired: false, expected: [])
        func check(_ changes: JSONObject) throws { try rules([tier, note]).check(try claims(changes)) }
        #expect(throws: Never.self) { try check(["tier": "gold"]) }
        #expect(throws: Never.self) { try check(["tier": "gold", "note": "x"]) }
        #expect(throws: TokenFault.claim("tier")) { try check([:]) }
        #expect(throws: TokenFault.claim("tier")) { try check(["tier": "Gold"]) }
        #expect(throws: TokenFault.claim("note")) { try check(["tier": "gold", "note": ["x"]]) }
    }
}
