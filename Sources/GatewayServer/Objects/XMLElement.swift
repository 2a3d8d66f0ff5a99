/// A document of XML as S3's operations send it: elements and text. There are no DTDs and no entities but the five that XML
/// has itself, so that a short document never means a long one.
struct XMLElement: Sendable {
    /// Without its prefix.
    let name: String
    private(set) var children: [XMLElement] = []
    private(set) var text = ""

    /// S3's own documents are four deep.
    private static let depth = 16
    /// AWS quota: DeleteObjects names 1,000 objects.
    private static let elements = 20_000

    struct Malformed: Error {}

    func child(_ name: String) -> XMLElement? { children.first { $0.name == name } }
    func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    init(parsing bytes: [UInt8]) throws(Malformed) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Malformed() }
        var reader = Reader(rest: text.unicodeScalars[...])
        self = try reader.document()
    }

    private init(name: String) { self.name = name }

    /// Scalar by scalar: a key may begin with a mark that would be one character with the `>` before it.
    private struct Reader {
        var rest: Substring.UnicodeScalarView
        var count = 0

        mutating func document() throws(Malformed) -> XMLElement {
            if rest.first == "\u{FEFF}" { rest.removeFirst() }
            if begins("<?xml") { try skip(to: "?>") }
            try skipMisc()
            let root = try element(depth: 0)
            try skipMisc()
            guard rest.isEmpty else { throw Malformed() }
            return root
        }

        private func begins(_ text: String) -> Bool { rest.starts(with: text.unicodeScalars) }

        /// White space and comments.
        private mutating func skipMisc() throws(Malformed) {
            while true {
                rest = rest.drop { $0.properties.isWhitespace }
                guard begins("<!--") else { return }
                try skip(to: "-->")
            }
        }

        private mutating func skip(to end: String) throws(Malformed) {
            guard let range = rest.firstRange(of: end.unicodeScalars) else { throw Malformed() }
            rest = rest[range.upperBound...]
        }

        private mutating func element(depth: Int) throws(Malformed) -> XMLElement {
            count += 1
            guard depth < XMLElement.depth, count <= XMLElement.elements, rest.first == "<" else { throw Malformed() }
            rest.removeFirst()
            let full = try name()
            var element = XMLElement(name: full.split(separator: ":").last.map(String.init) ?? full)
            try attributes()
            if begins("/>") {
                rest.removeFirst(2)
                return element
            }
            guard rest.first == ">" else { throw Malformed() }
            rest.removeFirst()
            while true {
                let text = rest.prefix { $0 != "<" }
                element.text += try decoded(text)
                rest = rest[text.endIndex...]
                if begins("</") {
                    rest.removeFirst(2)
                    guard try name() == full else { throw Malformed() }
                    rest = rest.drop { $0.properties.isWhitespace }
                    guard rest.first == ">" else { throw Malformed() }
                    rest.removeFirst()
                    return element
                }
                if begins("<!--") {
                    try skip(to: "-->")
                } else if begins("<![CDATA[") {
                    rest.removeFirst(9)
                    guard let end = rest.firstRange(of: "]]>".unicodeScalars) else { throw Malformed() }
                    element.text += String(rest[..<end.lowerBound])
                    rest = rest[end.upperBound...]
                } else {
                    element.children.append(try self.element(depth: depth + 1))
                }
            }
        }

        private mutating func name() throws(Malformed) -> String {
            let name = rest.prefix { scalar in
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || "_-.:".unicodeScalars.contains(scalar)
            }
            guard let first = name.first, first.properties.isAlphabetic || first == "_" else { throw Malformed() }
            rest = rest[name.endIndex...]
            return String(name)
        }

        /// Namespaces and types, which tell nothing that the names of elements do not.
        private mutating func attributes() throws(Malformed) {
            while true {
                rest = rest.drop { $0.properties.isWhitespace }
                guard let next = rest.first, next != ">", next != "/" else { return }
                _ = try name()
                rest = rest.drop { $0.properties.isWhitespace }
                guard rest.first == "=" else { throw Malformed() }
                rest = rest.dropFirst().drop { $0.properties.isWhitespace }
                guard let quote = rest.first, quote == "\"" || quote == "'" else { throw Malformed() }
                rest.removeFirst()
                guard let end = rest.firstIndex(of: quote), !rest[..<end].contains("<") else { throw Malformed() }
                rest = rest[rest.index(after: end)...]
            }
        }

        private func decoded(_ text: Substring.UnicodeScalarView) throws(Malformed) -> String {
            var result = ""
            var rest = text
            while let start = rest.firstIndex(of: "&") {
                result += String(rest[..<start])
                guard let end = rest[start...].firstIndex(of: ";") else { throw Malformed() }
                result.unicodeScalars.append(try scalar(String(rest[rest.index(after: start)..<end])))
                rest = rest[rest.index(after: end)...]
            }
            return result + String(rest)
        }

        private func scalar(_ name: String) throws(Malformed) -> Unicode.Scalar {
            switch name {
            case "amp": return "&"
            case "lt": return "<"
            case "gt": return ">"
            case "quot": return "\""
            case "apos": return "'"
            default:
                let isHexadecimal = name.hasPrefix("#x")
                let digits = name.dropFirst(isHexadecimal ? 2 : 1)
                guard name.hasPrefix("#"), let value = UInt32(digits, radix: isHexadecimal ? 16 : 10), value > 0,
                    let scalar = Unicode.Scalar(value)
                else { throw Malformed() }
                return scalar
            }
        }
    }
}
