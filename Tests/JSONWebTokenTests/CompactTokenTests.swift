import Crypto
import JSON
import Testing

@testable import JSONWebToken

@Suite("Tokens: read and believed")
struct CompactTokenTests {
    @Test("A token of the issuer says what it says")
    func valid() throws {
        let claims = try TestIssuer.claims(TestIssuer.token())
        #expect(claims.issuer == TestIssuer.name)
        #expect(claims.audiences == ["client"])
        #expect(claims.scopes == ["read", "write"])
        #expect(claims.expiry == 1_790_000_600)
    }

    @Test(
        "Headers that another reader might take differently are refused",
        arguments: [
            (#"{"alg":"none","kid":"one"}"#, TokenFault.algorithm("none")),
            (#"{"alg":"HS256","kid":"one"}"#, .algorithm("HS256")),
            (#"{"alg":"PS256","kid":"one"}"#, .algorithm("PS256")),
            (#"{"alg":"rs256","kid":"one"}"#, .algorithm("rs256")),
            (#"{"alg":"ES256","kid":"one"}"#, .algorithm("ES256")),
            (#"{"alg":"RS512","kid":"one"}"#, .algorithm("RS512")),
            (#"{"kid":"one"}"#, .malformed),
            (#"{"alg":["RS256"],"kid":"one"}"#, .malformed),
            (#"{"alg":"RS256","kid":1}"#, .malformed),
            (#"{"alg":"none","alg":"RS256","kid":"one"}"#, .malformed),
            (#"{"alg":"none","\u0061lg":"RS256","kid":"one"}"#, .malformed),
            (#"{"alg":"RS256","kid":"two"}"#, .unknownKey("two")),
            (#"{"alg":"RS256","kid":"one","crit":["exp"]}"#, .unsupportedHeader("crit")),
            (#"{"alg":"RS256","kid":"one","b64":false}"#, .unsupportedHeader("b64")),
            (#"["RS256"]"#, .malformed),
            ("", .malformed),
        ])
    func headers(_ header: String, _ fault: TokenFault) throws {
        let token = try TestIssuer.token(
            header: header, claims: String(decoding: JSONValue.object(TestIssuer.claims).bytes, as: UTF8.self))
        #expect(throws: fault) { try TestIssuer.claims(token) }
    }

    @Test("Keys that a token brings or names are not looked at")
    func broughtKeys() throws {
        let header = #"""
            {"alg":"RS256","kid":"one","jku":"https://evil.example/","x5u":"https://evil.example/","jwk":{"kty":"RSA"},
            "x5c":["MIIB"]}
            """#
        let token = try TestIssuer.token(
            header: header, claims: String(decoding: JSONValue.object(TestIssuer.claims).bytes, as: UTF8.self))
        #expect(throws: Never.self) { try TestIssuer.claims(token) }
    }

    @Test("A key id longer than any real one is refused")
    func longKeyId() throws {
        let header = #"{"alg":"RS256","kid":"\#(String(repeating: "k", count: 257))"}"#
        #expect(throws: TokenFault.malformed) {
            try TestIssuer.claims(TestIssuer.token(header: header, claims: "{}"))
        }
    }

    @Test("Texts that are not a token of three parts")
    func parts() throws {
        let token = try TestIssuer.token()
        let parts = token.split(separator: ".").map(String.init)
        for text in ["", "a", "a.b", "a.b.c.d", token + ".x.y", parts[0] + "." + parts[1]] {
            #expect(throws: TokenFault.segments) { try TestIssuer.claims(text) }
        }
        for text in [
            "..", parts[0] + ".." + parts[2], parts[0] + "." + parts[1] + ".", token + "=", token + "A", " " + token,
            parts[0] + "=." + parts[1] + "." + parts[2],
            token.replacing("-", with: "+").replacing("_", with: "/") + "+",
        ] {
            #expect(throws: (any Error).self) { try TestIssuer.claims(text) }
        }
        #expect(throws: TokenFault.signature) {
            try TestIssuer.claims(parts[0] + "." + parts[1] + "." + String(parts[2].prefix(340)))
        }
    }

    @Test("A changed claim breaks the signature, and so do bits that no one looks at")
    func changed() throws {
        let parts = try TestIssuer.token().split(separator: ".").map(String.init)
        var claims = TestIssuer.claims
        claims["sub"] = "eve"
        let other = Base64URL.encode(JSONValue.object(claims).bytes)
        #expect(throws: TokenFault.signature) { try TestIssuer.claims(parts[0] + "." + other + "." + parts[2]) }
        // 256 bytes end in a symbol of which two bits count: the other four have to be zero.
        let last = try #require(parts[2].last)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        let next = alphabet[alphabet.index(after: try #require(alphabet.firstIndex(of: last)))]
        #expect(throws: TokenFault.malformed) {
            try TestIssuer.claims(parts[0] + "." + parts[1] + "." + parts[2].dropLast() + String(next))
        }
    }

    @Test(
        "Claims of another form than they have are refused",
        arguments: [
            (#"{"exp":"1790000600"}"#, TokenFault.claim("exp")), (#"{"exp":-1}"#, .claim("exp")),
            (#"{"exp":1e400}"#, .claim("exp")), (#"{"nbf":null}"#, .claim("nbf")), (#"{"iss":["a"]}"#, .claim("iss")),
            (#"{"aud":1}"#, .claim("aud")), (#"{"aud":["a",1]}"#, .claim("aud")), (#"{"scope":1}"#, .claim("scope")),
            (#"{"exp":1,"exp":2}"#, .malformed), (#"{"a":{"b":1,"b":2}}"#, .malformed), ("[]", .malformed),
            (#"{"exp":1"#, .malformed), ("{}x", .malformed),
        ])
    func claims(_ claims: String, _ fault: TokenFault) throws {
        let token = try TestIssuer.token(header: #"{"alg":"RS256","kid":"one"}"#, claims: claims)
        #expect(throws: fault) { try TestIssuer.claims(token) }
    }

    @Test("Scopes stand in a text or a list, and scp before scope")
    func scopes() throws {
        func scopes(_ claims: String) throws -> [String] {
            try TestIssuer.claims(TestIssuer.token(header: #"{"alg":"RS256","kid":"one"}"#, claims: claims)).scopes
        }
        #expect(try scopes(#"{"scope":"a b"}"#) == ["a", "b"])
        #expect(try scopes(#"{"scope":["a","b"]}"#) == ["a", "b"])
        #expect(try scopes(#"{"scope":"a","scp":["c"]}"#) == ["c"])
        #expect(try scopes("{}") == [])
    }

    @Test("The three curves sign as well, each for its own algorithm")
    func curves() throws {
        let p256 = P256.Signing.PrivateKey()
        let p384 = P384.Signing.PrivateKey()
        let p521 = P521.Signing.PrivateKey()
        func jwk(_ curve: String, _ point: [UInt8]) -> JSONValue {
            let half = point.count / 2
            return [
                "kty": "EC", "crv": .string(curve), "kid": .string(curve),
                "x": .string(Base64URL.encode(point[..<half])), "y": .string(Base64URL.encode(point[half...])),
            ]
        }
        let set = try TestIssuer.set(
            jwk("P-256", Array(p256.publicKey.rawRepresentation)),
            jwk("P-384", Array(p384.publicKey.rawRepresentation)),
            jwk("P-521", Array(p521.publicKey.rawRepresentation)))
        func check(_ algorithm: String, _ curve: String, _ sign: ([UInt8]) throws -> [UInt8]) throws {
            let header = #"{"alg":"\#(algorithm)","kid":"\#(curve)"}"#
            let signed = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(#"{"exp":1}"#.utf8))
            let token = try CompactToken(signed + "." + Base64URL.encode(try sign(Array(signed.utf8))))
            #expect(try token.verified(by: set.key(for: token)).expiry == 1)
        }
        try check("ES256", "P-256") { Array(try p256.signature(for: $0).rawRepresentation) }
        try check("ES384", "P-384") { Array(try p384.signature(for: $0).rawRepresentation) }
        try check("ES512", "P-521") { Array(try p521.signature(for: $0).rawRepresentation) }
        #expect(throws: TokenFault.algorithm("ES384")) {
            try check("ES384", "P-256") { Array(try p256.signature(for: $0).rawRepresentation) }
        }
    }
}
