extension Pattern {
    /// `String.replaceAll`: `$1` and `${name}` stand for groups, a backslash for the character behind it.
    package func replaceAll(in text: [UInt8], with replacement: [UInt8]) throws(MatchError) -> [UInt8] {
        try replace(in: text, with: replacement, onlyFirst: false)
    }

    /// `String.replaceFirst`.
    package func replaceFirst(in text: [UInt8], with replacement: [UInt8]) throws(MatchError) -> [UInt8] {
        try replace(in: text, with: replacement, onlyFirst: true)
    }

    package func replaceAll(in text: String, with replacement: String) throws(MatchError) -> String {
        String(decoding: try replaceAll(in: Array(text.utf8), with: Array(replacement.utf8)), as: UTF8.self)
    }

    private func replace(
        in text: [UInt8], with replacement: [UInt8], onlyFirst: Bool
    ) throws(MatchError) -> [UInt8] {
        let found: [Match]
        if onlyFirst { found = try search(in: text).map { [$0] } ?? [] } else { found = try matches(in: text) }
        // Java looks at the replacement only when there is something to replace.
        if found.isEmpty { return text }
        let parts = try parts(of: replacement)
        var output: [UInt8] = []
        var end = 0
        for match in found {
            output += text[end..<match.range.lowerBound]
            for part in parts {
                switch part {
                case .bytes(let bytes): output += bytes
                case .group(let group): if let range = match.groups[group] { output += text[range] }
                }
            }
            end = match.range.upperBound
        }
        return output + text[end...]
    }

    private enum Part {
        case bytes([UInt8])
        case group(Int)
    }

    private func parts(of replacement: [UInt8]) throws(MatchError) -> [Part] {
        var parts: [Part] = []
        var bytes: [UInt8] = []
        var at = 0
        while at < replacement.count {
            let byte = replacement[at]
            at += 1
            switch byte {
            case UInt8(ascii: "\\"):
                guard at < replacement.count else { throw .invalidReplacement("character to be escaped is missing") }
                bytes.append(replacement[at])
                at += 1
            case UInt8(ascii: "$"):
                parts.append(.bytes(bytes))
                bytes.removeAll()
                parts.append(.group(try group(in: replacement, &at)))
            default: bytes.append(byte)
            }
        }
        parts.append(.bytes(bytes))
        return parts
    }

    /// The group that a `$` names; digits belong to its number as long as there is such a group.
    private func group(in replacement: [UInt8], _ at: inout Int) throws(MatchError) -> Int {
        guard at < replacement.count else {
            throw .invalidReplacement("Illegal group reference: group index is missing")
        }
        if replacement[at] == UInt8(ascii: "{") {
            guard let end = replacement[at...].firstIndex(of: UInt8(ascii: "}")) else {
                throw .invalidReplacement("named capturing group is missing trailing '}'")
            }
            let name = String(decoding: replacement[(at + 1)..<end], as: UTF8.self)
            guard let group = groupNames[name] else { throw .invalidReplacement("No group with name {\(name)}") }
            at = end + 1
            return group
        }
        guard let first = Self.digit(replacement[at]) else { throw .invalidReplacement("Illegal group reference") }
        at += 1
        var number = first
        guard number <= groupCount else { throw .invalidReplacement("No group \(number)") }
        while at < replacement.count, let digit = Self.digit(replacement[at]), number * 10 + digit <= groupCount {
            number = number * 10 + digit
            at += 1
        }
        return number
    }

    private static func digit(_ byte: UInt8) -> Int? {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? Int(byte - UInt8(ascii: "0")) : nil
    }
}
