/// What a service of the query protocol answers, an XML document of elements without attributes that matter.
struct QueryAnswer: Sendable {
    private let text: String

    init(_ text: String) { self.text = text }

    /// The text of the first element of the name.
    subscript(name: String) -> String? { all(name).first }

    /// The texts of all elements of the name that hold text only.
    func all(_ name: String) -> [String] {
        text.split(separator: "<\(name)>").dropFirst(text.hasPrefix("<\(name)>") ? 0 : 1).map { piece in
            Self.unescaped(piece.prefix { $0 != "<" })
        }
    }

    /// The text of the first element of one name behind each element of another name that has a text.
    func text(_ name: String, besides other: String, having text: String) -> [String] {
        self.text.split(separator: "<\(other)>\(text)</\(other)>").dropFirst().compactMap { piece in
            QueryAnswer(String(piece))[name]
        }
    }

    private static func unescaped(_ text: Substring) -> String {
        guard text.contains("&") else { return String(text) }
        var result = ""
        for (position, piece) in text.split(separator: "&", omittingEmptySubsequences: false).enumerated() {
            guard position > 0, let end = piece.firstIndex(of: ";") else {
                result += piece
                continue
            }
            result += character(piece[..<end]) + piece[piece.index(after: end)...]
        }
        return result
    }

    private static func character(_ entity: Substring) -> String {
        switch entity {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            let code =
                entity.hasPrefix("#x") ? UInt32(entity.dropFirst(2), radix: 16) : UInt32(entity.dropFirst(1))
            return code.flatMap(Unicode.Scalar.init).map { String($0) } ?? ""
        }
    }
}
