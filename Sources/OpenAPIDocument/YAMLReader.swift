import JSON
import Yams

/// Reads YAML as the JSON it stands for: plain words are null, booleans and numbers by YAML 1.2's core schema, all else
/// is text. Merge keys (`<<`) work as in YAML 1.1.
enum YAMLReader {
    static func read(_ text: String) throws(DocumentError) -> JSONValue {
        try checkAliases(text)
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch {
            throw DocumentError("The definition is not valid YAML: \(problem(error)).")
        }
        guard let root else { throw DocumentError("The definition is empty.") }
        var converter = Converter()
        return try converter.value(of: root, depth: 0)
    }

    /// Looks for anchors before the parser does, in the text: it is the parser that must be kept from them.
    ///
    /// An anchor or alias can only begin where a value can; text that looks like one counts as one, which refuses no
    /// document without anchors.
    private static func checkAliases(_ text: String) throws(DocumentError) {
        var anchors = 0
        var aliases = 0
        var isBoundary = true
        var sigil: UInt8 = 0
        for byte in text.utf8 {
            if sigil != 0, isNameByte(byte) {
                if sigil == UInt8(ascii: "&") { anchors += 1 } else { aliases += 1 }
            }
            sigil = isBoundary && (byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*")) ? byte : 0
            isBoundary = byte <= 0x20 || byte >= 0x7F || "[]{},:-?\"'!".utf8.contains(byte)
        }
        guard anchors > 0, aliases > 0 else { return }
        guard aliases <= DocumentLimits.aliases, text.utf8.count <= DocumentLimits.bytesWithAnchors else {
            throw DocumentError(
                "A YAML definition with anchors can have at most \(DocumentLimits.aliases) aliases and "
                    + "\(DocumentLimits.bytesWithAnchors) bytes.")
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// The parser's own words, without the text around the place.
    private static func problem(_ error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "\(problem) at line \(mark.line), column \(mark.column)"
        case .reader(let problem, _, _, _): problem
        case .duplicatedKeysInMapping(let keys, let context):
            "duplicate keys \(keys.sorted().joined(separator: ", ")) at line \(context.mark.line)"
        default: "it cannot be read"
        }
    }
}

private struct Converter {
    private var values = 0

    mutating func value(of node: Node, depth: Int) throws(DocumentError) -> JSONValue {
        values += 1
        guard values <= DocumentLimits.values else {
            throw DocumentError("The definition has more than \(DocumentLimits.values) values.")
        }
        guard depth < DocumentLimits.depth else { throw DocumentError("The definition is nested too deep.") }
        switch node {
        case .scalar(let scalar): return try value(of: scalar)
        case .sequence(let sequence):
            var array: [JSONValue] = []
            array.reserveCapacity(sequence.count)
            for element in sequence { array.append(try value(of: element, depth: depth + 1)) }
            return .array(array)
        case .mapping(let mapping): return .object(try object(of: mapping, depth: depth))
        case .alias: throw DocumentError("The definition has an alias that cannot be resolved.")
        }
    }

    private mutating func object(of mapping: Node.Mapping, depth: Int) throws(DocumentError) -> JSONObject {
        var object = JSONObject()
        var merged: [JSONObject] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                throw DocumentError("The definition has a key that is not text\(place(key)).")
            }
            let converted = try self.value(of: value, depth: depth + 1)
            if scalar.string == "<<", scalar.style == .plain {
                merged += try mergeable(converted, key)
            } else {
                object[scalar.string] = converted
            }
        }
        for source in merged {
            for member in source where object[member.key] == nil { object[member.key] = member.value }
        }
        return object
    }

    private func mergeable(_ value: JSONValue, _ key: Node) throws(DocumentError) -> [JSONObject] {
        let objects = (value.array ?? [value]).compactMap(\.object)
        guard objects.count == (value.array?.count ?? 1) else {
            throw DocumentError("The definition merges something that is no mapping\(place(key)).")
        }
        return objects
    }

    private func value(of scalar: Node.Scalar) throws(DocumentError) -> JSONValue {
        let tag = scalar.tag.rawValue
        if tag == Tag.Name.str.rawValue || tag.isEmpty && scalar.style != .plain { return .string(scalar.string) }
        if tag.isEmpty { return Self.plain(scalar.string) }
        if tag.hasPrefix("tag:yaml.org,2002:") { return Self.plain(scalar.string) }
        throw DocumentError("The definition has the tag \(tag), which is not known\(place(.scalar(scalar))).")
    }

    private static func plain(_ text: String) -> JSONValue {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default: break
        }
        // A number keeps its text: 2.0 stays 2.0.
        guard let first = text.utf8.first, first == UInt8(ascii: "-") || 0x30...0x39 ~= first,
            let value = try? JSONValue(parsing: text), case .number = value
        else { return .string(text) }
        return value
    }

    private func place(_ node: Node) -> String { node.mark.map { " at line \($0.line)" } ?? "" }
}
