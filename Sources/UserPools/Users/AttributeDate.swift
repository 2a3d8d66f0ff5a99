/// Dates as attributes have them.
enum AttributeDate {
    /// `YYYY-MM-DD`. Source: Developer Guide, user pool attributes.
    static func isDay(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], parts.allSatisfy({ $0.utf8.allSatisfy(\.isDigit) }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]), (1...12).contains(month)
        else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...days[month - 1]).contains(day)
    }

    /// A day, a time of ISO 8601, or seconds since 1970.
    static func isTime(_ text: String) -> Bool {
        if !text.isEmpty, text.utf8.count <= 13, text.utf8.allSatisfy(\.isDigit) { return true }
        guard isDay(text.prefix(10)) else { return false }
        let rest = text.dropFirst(10)
        return rest.isEmpty || rest.first == "T" && isClock(rest.dropFirst())
    }

    /// `HH:MM`, with or without seconds, parts of them, and a zone.
    private static func isClock(_ text: Substring) -> Bool {
        let clock = text.prefix { $0.utf8.allSatisfy { $0.isDigit || $0 == UInt8(ascii: ":") } }
        let parts = clock.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, isNumber(parts[0], below: 24),
            parts.dropFirst().allSatisfy({ isNumber($0, below: 60) })
        else { return false }
        var rest = text[clock.endIndex...]
        if rest.first == ".", parts.count == 3 {
            let digits = rest.dropFirst().prefix { $0.utf8.allSatisfy(\.isDigit) }
            guard (1...9).contains(digits.utf8.count) else { return false }
            rest = rest[digits.endIndex...]
        }
        if rest.isEmpty || rest == "Z" { return true }
        guard rest.first == "+" || rest.first == "-" else { return false }
        let zone = rest.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        return zone.count == 2 && isNumber(zone[0], below: 24) && isNumber(zone[1], below: 60)
    }

    private static func isNumber(_ text: Substring, below limit: Int) -> Bool {
        text.utf8.count == 2 && text.utf8.allSatisfy(\.isDigit) && (Int(text) ?? limit) < limit
    }
}
