internal import Crypto
import GatewayModel
import JSON

/// What is kept of a password: a salt and SRP's verifier. Whoever has them can try passwords, so they are sealed.
struct StoredPassword: Sendable {
    let salt: [UInt8]
    let verifier: SRPNumber

    static let saltBytes = 16

    /// - Parameters:
    ///   - pool: its short name.
    ///   - name: `USER_ID_FOR_SRP`; it stays when users change the names they sign in with.
    init(_ password: String, pool: String, name: String) {
        self.init(password, pool: pool, name: name, salt: Self.salt(Randomness.bytes(Self.saltBytes)))
    }

    private init(_ password: String, pool: String, name: String, salt: [UInt8]) {
        self.salt = salt
        let inner = SHA256.hash(data: Array("\(pool)\(name):\(password)".utf8))
        let x = SHA256.hash(data: SRP.pad(salt) + inner)
        verifier = SRPNumber.power(ofGenerator: Array(x))
    }

    private init(salt: [UInt8], verifier: SRPNumber) {
        self.salt = salt
        self.verifier = verifier
    }

    /// What an unknown user's would be: the same for the same name. No password fits it.
    static func ofStranger(_ name: String, pool: String, secret: [UInt8]) -> StoredPassword {
        func bytes(_ what: String) -> [UInt8] {
            Array(
                HMAC<SHA512>.authenticationCode(
                    for: Array("\(what) \(pool) \(name)".utf8), using: SymmetricKey(data: secret)))
        }
        // Any number will do, and no work tells a stranger from a user. It is less than the prime, whose first bit is set.
        let rounds = SRPNumber.byteCount / SHA512.byteCount
        var verifier = (0..<rounds).flatMap { bytes("verifier \($0)") }
        verifier[0] &= 0x7F
        return StoredPassword(
            salt: salt(Array(bytes("salt").prefix(saltBytes))), verifier: SRPNumber(verifier) ?? .one)
    }

    /// Clients read it as a number, some of them without its zeros, some with one more: one that begins with a digit from
    /// 1 to 7 is the same for all.
    private static func salt(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        bytes[0] = bytes[0] & 0x6F | 0x10
        return bytes
    }

    /// Always takes the whole calculation.
    func isFrom(_ password: String, pool: String, name: String) -> Bool {
        let other = StoredPassword(password, pool: pool, name: name, salt: salt)
        return zip(other.verifier.bytes, verifier.bytes).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    var text: String { Hexadecimal.encode(salt) + ":" + Hexadecimal.encode(verifier.bytes) }

    init?(text: String) {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let salt = Hexadecimal.decode(parts[0]), let bytes = Hexadecimal.decode(parts[1]),
            let verifier = SRPNumber(bytes)
        else { return nil }
        self.init(salt: salt, verifier: verifier)
    }
}

/// SRP-6a as Cognito speaks it.
enum SRP {
    /// A number as it is hashed: a byte of zeros before a first bit that is set, else it would be read as negative.
    static func pad(_ bytes: [UInt8]) -> [UInt8] {
        let bytes = Array(bytes.drop { $0 == 0 })
        guard let first = bytes.first else { return [0] }
        return first >= 0x80 ? [0] + bytes : bytes
    }

    private static let multiplier: SRPNumber = {
        let prime = Hexadecimal.decode(SRPNumber.primeHex) ?? []
        return SRPNumber(Array(SHA256.hash(data: [0] + prime + [2]))) ?? .one
    }()

    /// The server's half of an exchange.
    struct Server: Sendable {
        /// The secret b, 32 bytes.
        let secret: [UInt8]
        let publicKey: SRPNumber

        init(_ password: StoredPassword) { self.init(password, secret: Randomness.bytes(32)) }

        init(_ password: StoredPassword, secret: [UInt8]) {
            self.secret = secret
            publicKey = SRP.multiplier * password.verifier + SRPNumber.power(ofGenerator: secret)
        }
    }

    /// The key that both sides have when the client knows the password; nil where the client's number would settle the
    /// key without one.
    static func key(_ clientKey: SRPNumber, _ server: Server, _ password: StoredPassword) -> [UInt8]? {
        guard !clientKey.isZero else { return nil }
        let u = Array(SHA256.hash(data: pad(clientKey.bytes) + pad(server.publicKey.bytes)))
        guard u.contains(where: { $0 != 0 }) else { return nil }
        let shared = (clientKey * password.verifier.power(u)).power(server.secret)
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: pad(shared.bytes)), salt: pad(u),
            info: Array("Caldera Derived Key".utf8), outputByteCount: 16)
        return derived.withUnsafeBytes { Array($0) }
    }

    /// Whether the client has proved that it has the key.
    static func isProved(_ signature: [UInt8], by key: [UInt8], _ signed: [UInt8]) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: signed, using: SymmetricKey(data: key))
    }
}
