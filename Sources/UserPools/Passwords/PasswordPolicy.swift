import JSON

/// What a pool asks of passwords.
struct PasswordPolicy: Sendable {
    /// AWS's limit, in characters.
    static let longest = 256

    let minimumLength: Int
    let needsUppercase: Bool
    let needsLowercase: Bool
    let needsNumbers: Bool
    let needsSymbols: Bool
    let temporaryDays: Int
    let historySize: Int

    init(_ policy: JSONValue?) {
        minimumLength = policy?["MinimumLength"]?.integer ?? 8
        needsUppercase = policy?["RequireUppercase"]?.bool ?? false
        needsLowercase = policy?["RequireLowercase"]?.bool ?? false
        needsNumbers = policy?["RequireNumbers"]?.bool ?? false
        needsSymbols = policy?["RequireSymbols"]?.bool ?? false
        temporaryDays = policy?["TemporaryPasswordValidityDays"]?.integer ?? 7
        historySize = policy?["PasswordHistorySize"]?.integer ?? 0
    }

    private static let symbols = Set("^$*.[]{}()?-\"!@#%&/\\,><':;|_~`+= ".unicodeScalars)

    func check(_ password: String) throws(PoolError) {
        let scalars = password.unicodeScalars
        func fail(_ what: String) -> PoolError {
            PoolError("InvalidPasswordException", "Password did not conform with policy: \(what)")
        }
        guard scalars.count >= minimumLength else { throw fail("Password not long enough") }
        guard scalars.count <= Self.longest else { throw fail("Password too long") }
        if needsUppercase, !scalars.contains(where: { ("A"..."Z").contains($0) }) {
            throw fail("Password must have uppercase characters")
        }
        if needsLowercase, !scalars.contains(where: { ("a"..."z").contains($0) }) {
            throw fail("Password must have lowercase characters")
        }
        if needsNumbers, !scalars.contains(where: { ("0"..."9").contains($0) }) {
            throw fail("Password must have numeric characters")
        }
        if needsSymbols, !scalars.contains(where: Self.symbols.contains) {
            throw fail("Password must have symbol characters")
        }
    }

    /// One that conforms to every policy, for users whom nobody gave one.
    var temporary: String {
        let length = max(minimumLength, 12)
        let letters = Array("abcdefghijkmnpqrstuvwxyz".utf8)
        return "A1!" + Randomness.text(length - 3, of: letters)
    }
}
