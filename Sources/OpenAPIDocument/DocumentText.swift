package import JSON

/// The text of an exported document, in the style of the service's exports.
package enum DocumentText: String, Sendable {
    case json = "JSON"
    case yaml = "YAML"
}

extension DocumentText {
    package func text(of document: JSONValue) -> String {
        var text = ""
        switch self {
        case .json: JSONStyle.write(document, indent: "", to: &text)
        case .yaml:
            text = "---\n"
            YAMLStyle.write(document, indent: "", to: &text)
        }
        return text
    }
}

/// `"key" : value` on lines of their own, lists on one line.
private enum JSONStyle {
    static func write(_ value: JSONValue, indent: String, to text: inout String) {
        switch value {
        case .object(let object) where !object.isEmpty:
            text += "{\n"
            for (position, member) in object.members.enumerated() {
                text += indent + "  " + JSONValue.string(member.key).text + " : "
                write(member.value, indent: indent + "  ", to: &text)
                text += position == object.count - 1 ? "\n" : ",\n"
            }
            text += indent + "}"
        case .array(let values) where !values.isEmpty:
            text += "[ "
            for (position, element) in values.enumerated() {
                write(element, indent: indent, to: &text)
                if position < values.count - 1 { text += ", " }
            }
            text += " ]"
        case .object: text += "{ }"
        case .array: text += "[ ]"
        default: text += value.text
        }
    }
}

/// Block style. Strings are quoted as in JSON, which YAML reads the same.
private enum YAMLStyle {
    static func write(_ value: JSONValue, indent: String, to text: inout String) {
        switch value {
        case .object(let object):
            for (position, member) in object.members.enumerated() {
                if position > 0 { text += indent }
                text += key(member.key) + ":"
                writeMember(member.value, indent: indent, to: &text)
            }
        case .array(let values):
            for (position, element) in values.enumerated() {
                if position > 0 { text += indent }
                text += "- "
                if isBlock(element) {
                    write(element, indent: indent + "  ", to: &text)
                } else {
                    text += flow(element) + "\n"
                }
            }
        default: text += flow(value) + "\n"
        }
    }

    private static func writeMember(_ value: JSONValue, indent: String, to text: inout String) {
        guard isBlock(value) else {
            text += " " + flow(value) + "\n"
            return
        }
        // A list stands under its key without another indent.
        let inner = value.array == nil ? indent + "  " : indent
        text += "\n" + inner
        write(value, indent: inner, to: &text)
    }

    private static func isBlock(_ value: JSONValue) -> Bool {
        switch value {
        case .object(let object): !object.isEmpty
        case .array(let values): !values.isEmpty
        default: false
        }
    }

    private static func flow(_ value: JSONValue) -> String {
        switch value {
        case .object: "{}"
        case .array: "[]"
        case .string(let string): quoted(string)
        default: value.text
        }
    }

    /// A word stands plain; what YAML could read as something else is quoted.
    private static func key(_ key: String) -> String {
        let isPlain =
            key.utf8.first.map { $0 == UInt8(ascii: "/") || isLetter($0) } == true
            && key.utf8.allSatisfy { isLetter($0) || 0x30...0x39 ~= $0 || "-_/.".utf8.contains($0) }
            && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(key.lowercased())
        return isPlain ? key : quoted(key)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
    }

    /// JSON leaves characters as they are that YAML takes only as escapes.
    private static func quoted(_ string: String) -> String {
        var result = ""
        for scalar in JSONValue.string(string).text.unicodeScalars {
            switch scalar.value {
            case 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
