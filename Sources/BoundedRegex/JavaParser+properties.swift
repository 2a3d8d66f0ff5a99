extension JavaParser {
    /// What stands behind `\p`: one letter, or a name in braces.
    mutating func property() throws(PatternError) -> SetExpression {
        guard at < units.count else { throw PatternError("Illegal/unsupported escape sequence", at: at) }
        guard units[at] == "{" else {
            at += 1
            return try property(named: units[at - 1].description)
        }
        guard let end = units[at...].firstIndex(of: "}") else {
            throw PatternError("Unclosed character family", at: units.count - 1)
        }
        let name = units[(at + 1)..<end].map(\.description).joined()
        guard !name.isEmpty else { throw PatternError("Empty character family", at: at) }
        at = end + 1
        return try property(named: name)
    }

    private func property(named name: String) throws(PatternError) -> SetExpression {
        let found: SetExpression?
        if let equals = name.firstIndex(of: "=") {
            let (key, value) = (name[..<equals].lowercased(), String(name[name.index(after: equals)...]))
            switch key {
            case "gc", "general_category": found = category(value)
            case "sc", "script": found = Self.script(value)
            default: found = nil
            }
        } else if name.hasPrefix("Is") {
            let rest = String(name.dropFirst(2))
            found = category(rest) ?? binary(rest) ?? Self.script(rest)
        } else if name.hasPrefix("java") {
            found = javaMethod(String(name.dropFirst(4)))
        } else {
            found = posix(name) ?? category(name)
        }
        guard let found else { throw PatternError("Unknown character property name {\(name)}", at: at) }
        return found
    }

    /// Where case does not count, one case stands for all.
    private func category(_ name: String) -> SetExpression? {
        let name = flags.ignoreCase && ["Lu", "Ll", "Lt"].contains(name) ? "LC" : name
        return CharacterProperty.categories(named: name).map { .property(.categories($0)) }
    }

    private func posix(_ name: String) -> SetExpression? {
        func ranges(_ ranges: ClosedRange<UInt32>...) -> SetExpression {
            .ranges(CharacterRanges(ranges), flags.ignoreCase ? .ascii : .none)
        }
        // With (?U) these names have Unicode's meaning.
        if flags.unicodeClasses, let property = unicodePOSIX(name) { return property }
        switch name {
        case "ASCII": return ranges(0...0x7F)
        case "Alnum": return ranges(0x30...0x39, 0x41...0x5A, 0x61...0x7A)
        case "Alpha": return ranges(0x41...0x5A, 0x61...0x7A)
        case "Blank": return ranges(0x09...0x09, 0x20...0x20)
        case "Cntrl": return ranges(0...0x1F, 0x7F...0x7F)
        case "Digit": return ranges(0x30...0x39)
        case "Graph": return ranges(0x21...0x7E)
        case "Lower": return ranges(0x61...0x7A)
        case "Print": return ranges(0x20...0x7E)
        case "Punct": return ranges(0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E)
        case "Space": return ranges(0x09...0x0D, 0x20...0x20)
        case "Upper": return ranges(0x41...0x5A)
        case "XDigit": return ranges(0x30...0x39, 0x41...0x46, 0x61...0x66)
        case "L1": return ranges(0...0xFF)
        case "all": return ranges(0...CharacterRanges.lastCharacter)
        default: return nil
        }
    }

    private func unicodePOSIX(_ name: String) -> SetExpression? {
        switch name {
        case "Alpha": binary("Alphabetic")
        case "Lower": binary("Lowercase")
        case "Upper": binary("Uppercase")
        case "Space": binary("White_Space")
        case "Punct": binary("Punctuation")
        case "Cntrl": binary("Control")
        case "Digit": binary("Digit")
        case "XDigit": .union(.property(.hexDigit), .property(.categories(CharacterProperty.bit(.decimalNumber))))
        case "Alnum": .union(.property(.alphabetic), .property(.categories(CharacterProperty.bit(.decimalNumber))))
        default: nil
        }
    }

    private func binary(_ name: String) -> SetExpression? {
        switch name.uppercased() {
        case "ALPHABETIC": .property(.alphabetic)
        case "IDEOGRAPHIC": .property(.ideographic)
        case "LETTER": .property(.categories(CharacterProperty.letters))
        case "LOWERCASE": flags.ignoreCase ? cased : .property(.lowercase)
        case "UPPERCASE": flags.ignoreCase ? cased : .property(.uppercase)
        case "TITLECASE": flags.ignoreCase ? cased : category("Lt")
        case "WHITE_SPACE", "WHITESPACE": .property(.whiteSpace)
        case "CONTROL": category("Cc")
        case "PUNCTUATION": category("P")
        case "HEX_DIGIT", "HEXDIGIT":
            .union(.property(.hexDigit), .property(.categories(CharacterProperty.bit(.decimalNumber))))
        case "JOIN_CONTROL", "JOINCONTROL": .property(.joinControl)
        case "NONCHARACTER_CODE_POINT", "NONCHARACTERCODEPOINT": .property(.nonCharacter)
        case "DIGIT": category("Nd")
        case "ASSIGNED": .complement(.property(.categories(CharacterProperty.bit(.unassigned))))
        default: nil
        }
    }

    private var cased: SetExpression {
        .union(
            .union(.property(.lowercase), .property(.uppercase)),
            .property(.categories(CharacterProperty.bit(.titlecaseLetter))))
    }

    /// The methods of `java.lang.Character` that matter for text: `\p{javaLowerCase}`.
    private func javaMethod(_ name: String) -> SetExpression? {
        switch name {
        case "LowerCase": binary("Lowercase")
        case "UpperCase": binary("Uppercase")
        case "TitleCase": category("Lt")
        case "Alphabetic": binary("Alphabetic")
        case "Ideographic": binary("Ideographic")
        case "Digit": category("Nd")
        case "Letter": category("L")
        case "LetterOrDigit": category("LD")
        case "Defined": binary("Assigned")
        case "SpaceChar": category("Z")
        case "Whitespace":
            .union(
                .ranges(CharacterRanges([0x09...0x0D, 0x1C...0x1F]), .none),
                .intersection(
                    .property(.categories(CharacterProperty.categories(named: "Z") ?? 0)),
                    .complement(.ranges(CharacterRanges([0xA0...0xA0, 0x2007...0x2007, 0x202F...0x202F]), .none))))
        case "ISOControl": .ranges(CharacterRanges([0...0x1F, 0x7F...0x9F]), .none)
        default: nil
        }
    }
}
