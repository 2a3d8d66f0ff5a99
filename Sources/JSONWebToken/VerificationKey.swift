internal import Crypto
internal import CryptoExtras
internal import JSON

/// A public key of an issuer: RSA, or on one of the curves of RFC 7518.
package struct VerificationKey: Sendable {
    /// RSA moduli in bits: weaker ones are broken, larger ones are a way to keep a processor busy.
    package static let modulusBits = 2_048...8_192

    private enum Key: Sendable {
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
        case p384(P384.Signing.PublicKey)
        case p521(P521.Signing.PublicKey)
    }

    private let key: Key
    /// The only algorithm that the key is for; nil when its set does not say.
    private let algorithm: SigningAlgorithm?

    /// A key of a set; nil when it is none that signs tokens here, which is no fault of the set.
    init?(_ jwk: JSONObject) {
        if let use = jwk["use"]?.string, use != "sig" { return nil }
        if let operations = jwk["key_ops"]?.array, !operations.contains("verify") { return nil }
        if let name = jwk["alg"]?.string {
            guard let algorithm = SigningAlgorithm(rawValue: name) else { return nil }
            self.algorithm = algorithm
        } else {
            algorithm = nil
        }
        func bytes(_ name: String) -> [UInt8]? { jwk[name]?.string.flatMap(Base64URL.decode) }
        let found: Key? =
            switch jwk["kty"] {
            case "RSA":
                if let modulus = bytes("n"), let exponent = bytes("e") { Self.rsa(modulus, exponent) } else { nil }
            case "EC":
                if let x = bytes("x"), let y = bytes("y") { Self.curve(jwk["crv"]?.string, x + y) } else { nil }
            default: nil
            }
        guard let found else { return nil }
        key = found
        if let algorithm, !isFor(algorithm) { return nil }
    }

    private static func rsa(_ modulus: [UInt8], _ exponent: [UInt8]) -> Key? {
        let modulus = Array(modulus.drop { $0 == 0 })
        let exponent = Array(exponent.drop { $0 == 0 })
        let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        // An exponent is odd and at least 3, and fits 32 bits.
        guard modulusBits.contains(bits), (1...4).contains(exponent.count), exponent.last.map({ $0 & 1 == 1 }) == true,
            exponent != [1]
        else { return nil }
        return (try? _RSA.Signing.PublicKey(n: modulus, e: exponent)).map(Key.rsa)
    }

    private static func curve(_ name: String?, _ point: [UInt8]) -> Key? {
        switch name {
        case "P-256": (try? P256.Signing.PublicKey(rawRepresentation: point)).map(Key.p256)
        case "P-384": (try? P384.Signing.PublicKey(rawRepresentation: point)).map(Key.p384)
        case "P-521": (try? P521.Signing.PublicKey(rawRepresentation: point)).map(Key.p521)
        default: nil
        }
    }

    package func isFor(_ algorithm: SigningAlgorithm) -> Bool {
        if let own = self.algorithm, own != algorithm { return false }
        switch (key, algorithm) {
        case (.rsa, .rs256), (.rsa, .rs384), (.rsa, .rs512), (.p256, .es256), (.p384, .es384), (.p521, .es512):
            return true
        default: return false
        }
    }

    func isValid(_ signature: [UInt8], of signed: [UInt8], _ algorithm: SigningAlgorithm) -> Bool {
        switch key {
        case .rsa(let key):
            let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
            switch algorithm {
            case .rs256:
                return key.isValidSignature(signature, for: SHA256.hash(data: signed), padding: .insecurePKCS1v1_5)
            case .rs384:
                return key.isValidSignature(signature, for: SHA384.hash(data: signed), padding: .insecurePKCS1v1_5)
            case .rs512:
                return key.isValidSignature(signature, for: SHA512.hash(data: signed), padding: .insecurePKCS1v1_5)
            case .es256, .es384, .es512: return false
            }
        case .p256(let key):
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: signed)
        case .p384(let key):
            guard let signature = try? P384.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: signed)
        case .p521(let key):
            guard let signature = try? P521.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: signed)
        }
    }
}
