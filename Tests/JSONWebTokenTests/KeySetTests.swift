import JSON
import Testing

@testable import JSONWebToken

@Suite("Tokens: sets of keys")
struct KeySetTests {
    private static func jwk(_ changes: JSONObject = [:]) throws -> JSONValue {
        var jwk = try #require(try TestIssuer.key.publicJWK().object)
        for (key, value) in changes.members { jwk[key] = value.isNull ? Optional.none : value }
        return .object(jwk)
    }

    @Test(
        "Keys that sign no tokens are passed over, and do not make the set fail",
        arguments: [
            ["use": "enc"], ["key_ops": ["encrypt"]], ["alg": "RSA-OAEP"], ["kty": "OKP"], ["n": "AQAB"], ["e": "Ag"],
            ["e": "AQ"], ["e": "AQAAAAE"], ["n": nil], ["kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"],
            ["alg": "ES256"],
            ["n": "not base64!"],
            ["n": .string(Base64URL.encode([0x7F] + [UInt8](repeating: 0xFF, count: 255)))],
            ["n": .string(Base64URL.encode([0x01] + [UInt8](repeating: 0xFF, count: 1_024)))],
        ] as [JSONObject])
    func skipped(_ changes: JSONObject) throws {
        let set = try TestIssuer.set(try Self.jwk(changes), "text", try Self.jwk(["kid": "good"]))
        let token = try CompactToken(TestIssuer.token())
        #expect(throws: TokenFault.unknownKey("one")) { try set.key(for: token) }
        #expect(!set.isEmpty)
    }

    @Test("A key without an algorithm serves those of its kind; a token without a key id takes the only key")
    func openKeys() throws {
        let set = try TestIssuer.set(try Self.jwk(["alg": nil, "use": nil, "kid": nil]))
        let claims = #"{"exp":1}"#
        let token = try CompactToken(TestIssuer.token(header: #"{"alg":"RS256"}"#, claims: claims))
        #expect(try token.verified(by: set.key(for: token)).expiry == 1)
        let two = try TestIssuer.set(try Self.jwk(), try Self.jwk(["kid": "two"]))
        #expect(throws: TokenFault.unknownKey(nil)) { try two.key(for: token) }
    }

    @Test("Of two keys with one id the first counts")
    func repeated() throws {
        let other = try SigningKey(newWithId: "one")
        let token = try CompactToken(TestIssuer.token())
        let set = try TestIssuer.set(try Self.jwk(), try other.publicJWK())
        #expect(throws: Never.self) { try token.verified(by: set.key(for: token)) }
        let turned = try TestIssuer.set(try other.publicJWK(), try Self.jwk())
        #expect(throws: TokenFault.signature) { try token.verified(by: turned.key(for: token)) }
    }

    @Test("What is no set, or larger than AWS reads, is none")
    func noSets() {
        #expect(KeySet(Array("[]".utf8)) == nil)
        #expect(KeySet(Array(#"{"keys":{}}"#.utf8)) == nil)
        #expect(KeySet(Array((#"{"keys":[]}"# + String(repeating: " ", count: KeySet.byteLimit)).utf8)) == nil)
        #expect(KeySet(Array(#"{"keys":[]}"#.utf8))?.isEmpty == true)
    }

    @Test("A key outlives its own text")
    func stored() throws {
        let again = try SigningKey(pem: TestIssuer.key.pem, keyId: "one")
        #expect(try again.publicJWK() == TestIssuer.key.publicJWK())
    }
}
