internal import JSON

/// The words of json-schema-validator, the library that AWS runs (its `validation.properties`).
enum Words {
    static func type(found: SchemaProgram.Types, allowed: SchemaProgram.Types) -> String {
        let found = found.names.first ?? "null"
        return "instance type (\(found)) does not match any allowed primitive type (allowed: \(list(allowed.names)))"
    }

    static func enumeration(_ found: String, _ values: String) -> String {
        "instance value (\(found)) not found in enum (possible values: \(values))"
    }

    // MARK: Numbers

    static func minimum(_ minimum: String, found: String) -> String {
        "numeric instance is lower than the required minimum (minimum: \(minimum), found: \(found))"
    }

    static func maximum(_ maximum: String, found: String) -> String {
        "numeric instance is greater than the required maximum (maximum: \(maximum), found: \(found))"
    }

    static func exclusiveMinimum(_ minimum: String) -> String {
        "numeric instance is not strictly greater than the required minimum \(minimum)"
    }

    static func exclusiveMaximum(_ maximum: String) -> String {
        "numeric instance is not strictly lower than the required maximum \(maximum)"
    }

    static func multipleOf(_ value: String, _ divisor: String) -> String {
        "remainder of division is not zero (\(value) / \(divisor))"
    }

    // MARK: Strings

    static func minLength(_ string: String, _ length: Int, _ minimum: Int) -> String {
        "string \"\(string)\" is too short (length: \(length), required minimum: \(minimum))"
    }

    static func maxLength(_ string: String, _ length: Int, _ maximum: Int) -> String {
        "string \"\(string)\" is too long (length: \(length), maximum allowed: \(maximum))"
    }

    static func pattern(_ pattern: String, _ string: String) -> String {
        "ECMA 262 regex \"\(pattern)\" does not match input string \"\(string)\""
    }

    // MARK: Arrays

    static func minItems(_ minimum: Int, found: Int) -> String {
        "array is too short: must have at least \(minimum) elements but instance has \(found) elements"
    }

    static func maxItems(_ maximum: Int, found: Int) -> String {
        "array is too long: must have at most \(maximum) elements but instance has \(found) elements"
    }

    static func additionalItems(allowed: Int, found: Int) -> String {
        "schema only allows \(allowed) elements in array but instance has \(found) elements"
    }

    static let uniqueItems = "array must not contain duplicate elements"

    // MARK: Objects

    static func required(_ missing: [String]) -> String { "object has missing required properties (\(list(missing)))" }

    static func additionalProperties(_ unwanted: [String]) -> String {
        "object instance has properties which are not allowed by the schema: \(list(unwanted))"
    }

    static func dependencies(of name: String, required: [String], missing: [String]) -> String {
        "property \"\(name)\" of object has missing property dependencies "
            + "(schema requires \(list(required)); missing: \(list(missing)))"
    }

    static func minProperties(_ minimum: Int, found: Int) -> String {
        "object has too few properties (found \(found) but schema requires at least \(minimum))"
    }

    static func maxProperties(_ maximum: Int, found: Int) -> String {
        "object has too many properties (found \(found) but schema requires at most \(maximum))"
    }

    // MARK: Combinations

    static func allOf(matched: Int, of count: Int) -> String {
        "instance failed to match all required schemas (matched only \(matched) out of \(count))"
    }

    static func anyOf(_ count: Int) -> String { "instance failed to match at least one required schema among \(count)" }

    static func oneOf(matched: Int, of count: Int) -> String {
        "instance failed to match exactly one schema (matched \(matched) out of \(count))"
    }

    static let not = "instance matched a schema which it should not have"

    // MARK: JSON as it is told

    static func list(_ names: [String]) -> String {
        var output: [UInt8] = [UInt8(ascii: "[")]
        for (position, name) in names.enumerated() {
            if position > 0 { output.append(UInt8(ascii: ",")) }
            writeString(name, into: &output)
        }
        output.append(UInt8(ascii: "]"))
        return String(decoding: output, as: UTF8.self)
    }

    static func writeString(_ string: String, into output: inout [UInt8]) {
        JSONValue.writeString(string, into: &output)
    }
}

/// The messages of one validation: each once, in the order in which they came up.
final class Messages {
    /// What all messages may take: one tells the whole value at fault. AWS cuts a line of the log at 1,024 bytes.
    static let maximumBytes = 65_536

    private(set) var texts: [String] = []
    private(set) var hasErrors = false
    private var known: Set<String> = []
    private var bytes = 0

    func add(_ text: String) {
        hasErrors = true
        append(text)
    }

    /// A warning is told beside errors, and is none.
    func warn(_ text: String) { append(text) }

    private func append(_ text: String) {
        guard bytes < Self.maximumBytes, known.insert(text).inserted else { return }
        bytes += text.utf8.count
        texts.append(text)
    }
}

extension Tape.Kind {
    var type: SchemaProgram.Types {
        switch self {
        case .null: .null
        case .bool: .boolean
        case .integer: .integer
        case .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }
}
