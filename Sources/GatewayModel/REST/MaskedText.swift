/// What execution logs show of secrets, in AWS's way.
package enum MaskedText {
    private static let shown = 6

    /// All but the last six characters are hidden; all of them, where there are no more (AWS's way is unknown then).
    package static func of(_ text: String) -> String {
        let count = text.count
        guard count > shown else { return String(repeating: "*", count: count) }
        return String(repeating: "*", count: count - shown) + text.suffix(shown)
    }
}
