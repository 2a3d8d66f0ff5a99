/// A property of characters that is asked, not listed: `\p{L}`, `\p{IsAlphabetic}`.
enum CharacterProperty: Sendable {
    /// General categories, one bit each.
    case categories(UInt32)
    case alphabetic, ideographic, lowercase, uppercase, whiteSpace, joinControl, hexDigit, nonCharacter
    /// `\w` of Java with `(?U)`.
    case unicodeWord

    func contains(_ character: UInt32) -> Bool {
        guard let scalar = Unicode.Scalar(character) else {
            if case .categories(let mask) = self { return mask & Self.bit(.surrogate) != 0 }
            return false
        }
        let properties = scalar.properties
        switch self {
        case .categories(let mask): return mask & Self.bit(properties.generalCategory) != 0
        case .alphabetic: return properties.isAlphabetic
        case .ideographic: return properties.isIdeographic
        case .lowercase: return properties.isLowercase
        case .uppercase: return properties.isUppercase
        case .whiteSpace: return properties.isWhitespace
        case .joinControl: return properties.isJoinControl
        case .hexDigit: return properties.isHexDigit
        case .nonCharacter: return properties.isNoncharacterCodePoint
        case .unicodeWord:
            return properties.isAlphabetic || properties.isJoinControl
                || Self.wordCategories & Self.bit(properties.generalCategory) != 0
        }
    }

    private static let wordCategories = bits([
        .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation,
    ])

    static func bits(_ categories: [Unicode.GeneralCategory]) -> UInt32 {
        categories.reduce(0) { $0 | bit($1) }
    }

    /// The categories by the names of their abbreviations, `L` and `Lu` alike.
    static func categories(named name: String) -> UInt32? {
        if name == "LC" { return bits([.uppercaseLetter, .lowercaseLetter, .titlecaseLetter]) }
        if name == "LD" { return letters | bit(.decimalNumber) }
        let matching = abbreviations.filter { $0.name == name || (name.count == 1 && $0.name.hasPrefix(name)) }
        return matching.isEmpty ? nil : bits(matching.map(\.category))
    }

    static let letters = bits([.uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter])

    static let letterOrDigit = CharacterProperty.categories(letters | bit(.decimalNumber))

    static func bit(_ category: Unicode.GeneralCategory) -> UInt32 {
        let position: UInt32 =
            switch category {
            case .uppercaseLetter: 0
            case .lowercaseLetter: 1
            case .titlecaseLetter: 2
            case .modifierLetter: 3
            case .otherLetter: 4
            case .nonspacingMark: 5
            case .spacingMark: 6
            case .enclosingMark: 7
            case .decimalNumber: 8
            case .letterNumber: 9
            case .otherNumber: 10
            case .connectorPunctuation: 11
            case .dashPunctuation: 12
            case .openPunctuation: 13
            case .closePunctuation: 14
            case .initialPunctuation: 15
            case .finalPunctuation: 16
            case .otherPunctuation: 17
            case .mathSymbol: 18
            case .currencySymbol: 19
            case .modifierSymbol: 20
            case .otherSymbol: 21
            case .spaceSeparator: 22
            case .lineSeparator: 23
            case .paragraphSeparator: 24
            case .control: 25
            case .format: 26
            case .surrogate: 27
            case .privateUse: 28
            case .unassigned: 29
            @unknown default: 30
            }
        return 1 << position
    }

    private static let abbreviations: [(name: String, category: Unicode.GeneralCategory)] = [
        ("Lu", .uppercaseLetter), ("Ll", .lowercaseLetter), ("Lt", .titlecaseLetter), ("Lm", .modifierLetter),
        ("Lo", .otherLetter), ("Mn", .nonspacingMark), ("Mc", .spacingMark), ("Me", .enclosingMark),
        ("Nd", .decimalNumber), ("Nl", .letterNumber), ("No", .otherNumber), ("Pc", .connectorPunctuation),
        ("Pd", .dashPunctuation), ("Ps", .openPunctuation), ("Pe", .closePunctuation), ("Pi", .initialPunctuation),
        ("Pf", .finalPunctuation), ("Po", .otherPunctuation), ("Sm", .mathSymbol), ("Sc", .currencySymbol),
        ("Sk", .modifierSymbol), ("So", .otherSymbol), ("Zs", .spaceSeparator), ("Zl", .lineSeparator),
        ("Zp", .paragraphSeparator), ("Cc", .control), ("Cf", .format), ("Cs", .surrogate), ("Co", .privateUse),
        ("Cn", .unassigned),
    ]
}
