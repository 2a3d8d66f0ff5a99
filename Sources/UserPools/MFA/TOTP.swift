internal import Crypto
import GatewayModel

/// Codes of authenticator apps (RFC 6238): six digits of HMAC-SHA1 that change every 30 seconds.
enum TOTP {
    static let secretBytes = 32
    private static let stepSeconds: Int64 = 30
    /// Codes of one step before and behind are taken: clocks differ.
    private static let window: Int64 = 1

    /// The step of time whose code it is; nil for a wrong one.
    ///
    /// - Parameter last: the last step whose code was taken: each is taken once.
    static func step(of code: String, _ secret: [UInt8], now: Int64, after last: Int64?) -> Int64? {
        guard code.utf8.count == 6 else { return nil }
        let current = now / 1000 / stepSeconds
        for step in (current - window)...(current + window) where step > last ?? .min {
            if Self.code(secret, step: step) == code { return step }
        }
        return nil
    }

    static func code(_ secret: [UInt8], step: Int64) -> String {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> Int64(56 - 8 * $0)) }
        let digest = Array(
            HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: secret)))
        let offset = Int(digest[19] & 15)
        let number = digest[offset..<(offset + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let digits = String(number % 1_000_000)
        return String(repeating: "0", count: 6 - digits.utf8.count) + digits
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    /// Base32 without padding (RFC 4648 section 6), as apps take secrets.
    static func text(_ secret: [UInt8]) -> String {
        var text: [UInt8] = []
        var (group, bits) = (UInt32(0), 0)
        for byte in secret {
            group = group << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(alphabet[Int(group >> UInt32(bits) & 31)])
            }
        }
        if bits > 0 { text.append(alphabet[Int(group << UInt32(5 - bits) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }
}

extension UserPools {
    /// Checks the code of a user's app, and takes it.
    func checkTOTP(_ code: String, of user: PoolUser, _ pool: UserPool) async throws(PoolError) {
        let attempt = "\(pool.id) \(user.sub) totp"
        let step: Int64?? = try await work.run { [self] in
            var step: Int64?
            let isRight = attempts.attempt(attempt, now: now) {
                let secret = user.totp.flatMap { open($0, for: "totp of \(user.sub)") }
                    .flatMap { Hexadecimal.decode($0) }
                step = secret.flatMap { TOTP.step(of: code, $0, now: now, after: user.totpStep) }
                return step != nil
            }
            return isRight.map { _ in step }
        }
        guard let step else { throw .notAuthorized("Password attempts exceeded") }
        guard let step else { throw PoolError("CodeMismatchException", "Invalid code received for user") }
        let known = user
        try await update(user, in: pool) { user throws(PoolError) in
            guard user.totp == known.totp else { throw UserPools.sessionExpired }
            // Of two who come at once with one code, one is let in.
            guard step > user.totpStep ?? .min else {
                throw PoolError("ExpiredCodeException", "Your software token has already been used once.")
            }
            user.totpStep = step
        }
    }
}
