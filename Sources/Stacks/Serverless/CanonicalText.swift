extension TemplateValue {
    /// The value as Python's `json.dumps(value, separators=(",", ":"), sort_keys=True)` writes it: the translator
    /// derives logical ids from the SHA-1 of that text.
    var canonicalText: String {
        switch content {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let text): text
        case .string(let text): Self.quoted(text)
        case .list(let list): "[" + list.map(\.canonicalText).joined(separator: ",") + "]"
        case .map(let map):
            "{"
                + map.entries.sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
                .map { "\(Self.quoted($0.key)):\($0.value.canonicalText)" }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for unit in text.utf16 {
            switch unit {
            case 0x22: quoted += "\\\""
            case 0x5C: quoted += "\\\\"
            case 0x08: quoted += "\\b"
            case 0x09: quoted += "\\t"
            case 0x0A: quoted += "\\n"
            case 0x0C: quoted += "\\f"
            case 0x0D: quoted += "\\r"
            case 0x20..<0x7F: quoted.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            default:
                let digits = String(unit, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return quoted + "\""
    }
}
