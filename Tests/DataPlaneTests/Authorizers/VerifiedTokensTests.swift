import GatewayModel
import JSON
import JSONWebToken
import Testing

@testable import DataPlane

@Suite("Tokens that have been found good")
struct VerifiedTokensTests {
    private func gate() -> TokenGate {
        TokenGate(
            TokenGate.Definition(
                rules: TokenRules(
                    issuer: StandInIssuer.name, audiences: ["client"], algorithms: SigningAlgorithm.rsa,
                    takesClientId: true), source: "$request.header.A", kind: .http),
            .header("a"), StandInIssuer(.failure(.keys(""))))
    }

    private func claims() throws -> TokenClaims {
        let token = try CompactToken(StandInIssuer.token())
        guard case .success(let set) = try StandInIssuer.set() else { throw TokenFault.malformed }
        return try token.verified(by: set.keys.key(for: token))
    }

    @Test("They are found by their bytes, for the authorizer that found them good")
    func found() throws {
        let (one, two) = (gate(), gate())
        var tokens = VerifiedTokens()
        tokens.add(VerifiedToken(Array("abc".utf8), try claims(), by: one))
        func find(_ text: String, _ gate: TokenGate) -> Bool {
            Array(text.utf8).withUnsafeBytes { tokens.find($0, for: gate) } != nil
        }
        #expect(find("abc", one))
        #expect(!find("abd", one))
        #expect(!find("abc", two))
    }

    @Test("They are bounded: what is asked for stays, what is not goes")
    func bounded() throws {
        let (gate, claims) = (gate(), try claims())
        var tokens = VerifiedTokens()
        let kept = [UInt8](repeating: 1, count: 9_000)
        tokens.add(VerifiedToken(kept, claims, by: gate))
        for number in 0..<2_000 {
            let bytes = Array("\(number)".utf8) + [UInt8](repeating: 0, count: 9_000)
            tokens.add(VerifiedToken(bytes, claims, by: gate))
            if number.isMultiple(of: 100) { #expect(kept.withUnsafeBytes { tokens.find($0, for: gate) } != nil) }
        }
        let gone = Array("0".utf8) + [UInt8](repeating: 0, count: 9_000)
        #expect(gone.withUnsafeBytes { tokens.find($0, for: gate) } == nil)
        #expect(tokens.count < 2 * VerifiedTokens.limit / 27_000)
    }
}
