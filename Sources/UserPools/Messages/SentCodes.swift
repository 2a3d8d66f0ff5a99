internal import Crypto
import GatewayModel

/// What is kept of codes that were sent: what this server's key makes of them. Of a code itself, or of a digest of it
/// without a key, whoever has a copy of the database would find the six digits in a moment.
struct SentCodes: Sendable {
    private let key: [UInt8]

    init(key: [UInt8]) { self.key = key }

    func kept(_ code: String, for purpose: String, of sub: String) -> String {
        Hexadecimal.encode(
            HMAC<SHA256>.authenticationCode(
                for: Array("\(sub) \(purpose) \(code)".utf8), using: SymmetricKey(data: key)))
    }
}

extension PoolUser {
    /// How many wrong answers a code bears: one of six digits cannot be guessed with them.
    static let codeAttempts = 5
    static let tooManyGuesses = PoolError.limit("Attempt limit exceeded, please try after some time.")
    static let wrongCode = PoolError(
        "CodeMismatchException", "Invalid verification code provided, please try again.")

    /// Takes a code for that purpose, or counts what was told as a failure. What it changes is to be kept either way.
    mutating func take(_ told: String, for purpose: String, _ codes: SentCodes, now: Int64) -> PoolError? {
        guard var code = self.codes[purpose] else {
            return PoolError("ExpiredCodeException", "Invalid code provided, please request a code again.")
        }
        guard code.failures < Self.codeAttempts else {
            return Self.tooManyGuesses
        }
        guard code.expires > now else {
            return PoolError("ExpiredCodeException", "Invalid code provided, please request a code again.")
        }
        guard codes.kept(told, for: purpose, of: sub) == code.kept else {
            code.failures += 1
            self.codes[purpose] = code
            return Self.wrongCode
        }
        self.codes[purpose] = nil
        return nil
    }

    /// A new code for a purpose. Source of the times: Developer Guide, quotas.
    ///
    /// - Parameter attribute: the one whose address it goes to.
    mutating func newCode(
        for purpose: String, to attribute: String, _ codes: SentCodes, now: Int64, newValue: String? = nil
    ) -> String {
        let hours: Int64 = purpose == "password" ? 1 : 24
        let code = Randomness.text(6, of: Randomness.digits)
        self.codes[purpose] = Code(
            kept: codes.kept(code, for: purpose, of: sub), expires: now + hours * 3_600_000, newValue: newValue,
            attribute: attribute)
        return code
    }
}
