import Shapes

/// Shapes that several operations have. Source: botocore 1.44.8's model.
extension Shape {
    static let poolId = Shape.text(
        1...55,
        TextRule("[\\w-]+_[0-9a-zA-Z]+") { text in
            guard let line = text.lastIndex(of: "_"), line != text.startIndex else { return false }
            let name = text[text.index(after: line)...]
            return !name.isEmpty && name.utf8.allSatisfy(\.isLetterOrDigit)
                && text.utf8.allSatisfy { $0.isWord || $0 == UInt8(ascii: "-") }
        })
    static let clientId = Shape.text(1...128, TextRule("[\\w+]+") { $0.utf8.allSatisfy { $0.isWord || $0 == 0x2B } })
    static let clientName = Shape.text(1...128, .names)
    static let poolName = Shape.text(1...128, .names)
    static let username = Shape.text(1...128, .visible)
    static let password = Shape.secret(0...256, TextRule("[\\S]+", Self.hasNoBlanksOutside))
    static let groupName = Shape.text(1...128, .visible)
    static let attributeName = Shape.text(1...32, .attributes)
    static let attributes = Shape.list(.structure([.need("Name", attributeName), .may("Value", .text(0...2048))]))
    static let arn = Shape.text(20...2048, TextRule("arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:.*") { $0.hasPrefix("arn:") })
    static let token = Shape.secret(0...131_072)
    static let session = Shape.secret(20...2048)
    static let code = Shape.secret(1...2048)
    static let secretHash = Shape.secret(1...128)
    static let anyText = Shape.text(0...131_072)

    /// A password may hold blanks, not begin or end with one.
    private static func hasNoBlanksOutside(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return false }
        return !first.properties.isWhitespace && !last.properties.isWhitespace
    }
}

extension Shape.TextRule {
    /// ASCII letters, digits and a few signs: `[\w\s+=,.@-]+`.
    static let names = Shape.TextRule("[\\w\\s+=,.@-]+") { text in
        text.utf8.allSatisfy { $0.isWord || " \t\n\r+=,.@-".utf8.contains($0) }
    }
    static let visible = Shape.TextRule("[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+") { text in
        text.unicodeScalars.allSatisfy { $0.isVisible }
    }
    static let attributes = Shape.TextRule("[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\t\\n\\r ]+") { text in
        text.unicodeScalars.allSatisfy { $0.isVisible || "\t\n\r ".unicodeScalars.contains($0) }
    }
}

extension UInt8 {
    var isDigit: Bool { (0x30...0x39).contains(self) }
    var isLetterOrDigit: Bool { isDigit || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
    var isWord: Bool { isLetterOrDigit || self == 0x5F }
}

extension Unicode.Scalar {
    /// A letter, mark, symbol, number or punctuation.
    fileprivate var isVisible: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator,
            .paragraphSeparator:
            false
        default: true
        }
    }
}
