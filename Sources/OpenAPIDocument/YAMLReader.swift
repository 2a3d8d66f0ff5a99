import JSON
import YAML

/// Reads YAML as the JSON it stands for: plain words are null, booleans and numbers by YAML 1.2's core schema, all else
/// is text. Merge keys (`<<`) work as in YAML 1.1.
enum YAMLReader {
    private static let yamlTags = "tag:yaml.org,2002:"
    private static let limits = YAMLLimits(
        depth: DocumentLimits.depth, values: DocumentLimits.values, textBytes: DocumentLimits.aliasedBytes,
        aliases: DocumentLimits.aliases)

    static func read(_ text: String) throws(DocumentError) -> JSONValue {
        let document: YAMLDocument
        do throws(YAMLError) { document = try YAMLDocument(parsing: Array(text.utf8), limits: limits) } catch {
            throw DocumentError("The definition is not valid YAML: \(error.reason)\(place(error.line, error.column)).")
        }
        if let repeated = document.repeatedKeys.first {
            throw DocumentError(
                "The definition is not valid YAML: duplicate key \(repeated.key)\(place(repeated.line)).")
        }
        guard let root = document.root else { throw DocumentError("The definition is empty.") }
        return try value(of: root)
    }

    private static func value(of node: YAMLNode) throws(DocumentError) -> JSONValue {
        if let tag = node.tag, !tag.hasPrefix(yamlTags) {
            throw DocumentError("The definition has the tag \(tag), which is not known\(place(node.line)).")
        }
        switch node.content {
        case .scalar(let text, let isPlain):
            let isText = node.tag == yamlTags + "str" || node.tag == nil && !isPlain
            return isText ? .string(text) : plain(text)
        case .sequence(let nodes):
            var array: [JSONValue] = []
            array.reserveCapacity(nodes.count)
            for node in nodes { array.append(try value(of: node)) }
            return .array(array)
        case .mapping(let entries):
            var object = JSONObject()
            for entry in entries { object[entry.key] = try value(of: entry.value) }
            return .object(object)
        }
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

    private static func place(_ line: Int?, _ column: Int? = nil) -> String {
        guard let line else { return "" }
        return " at line \(line)" + (column.map { ", column \($0)" } ?? "")
    }
}
