internal import BoundedRegex
package import JSON

/// What CreateModel, UpdateModel and imports refuse of a schema.
///
/// The rules are those of json-schema-validator's syntax checks; the words are AWS's.
package enum ModelCheck {
    package static let invalid = "Invalid model schema specified"
    package static let notCanonical = "Model reference must be in canonical form"

    /// How deep schemas may nest in each other, and how many there may be. AWS has a quota for the text only: 400 KB for
    /// the models of an API.
    static let maximumSchemas = 50_000

    /// The errors of a model's schema, in AWS's words; none for one that is accepted.
    package static func errors(in text: String) -> [String] {
        guard let schema = try? JSONValue(parsing: text) else { return [invalid] }
        return errors(in: schema)
    }

    package static func errors(in schema: JSONValue) -> [String] {
        guard schema.object != nil else { return [invalid] }
        var errors: [String] = []
        var isInvalid = false
        var waiting = [schema]
        var count = 0
        while let next = waiting.popLast() {
            count += 1
            guard let object = next.object, count <= maximumSchemas else {
                isInvalid = true
                break
            }
            let unknown = object.keys.filter { !SchemaKeywords.known.contains($0) }.sorted(by: SchemaOrder.precedes)
            if !unknown.isEmpty { errors.append("\(invalid). Unsupported keyword(s): \(Words.list(unknown))") }
            if object["id"] != nil { errors.append(notCanonical) }
            if let reference = object["$ref"] {
                if let text = reference.string {
                    if !isCanonical(text) { errors.append(notCanonical) }
                } else {
                    isInvalid = true
                }
            }
            if !SyntaxCheck.accepts(object) { isInvalid = true }
            waiting += SchemaKeywords.children(of: object).reversed().map(\.schema)
        }
        return isInvalid ? [invalid] + errors : errors
    }

    /// The message of the 400, given all errors.
    package static func message(_ errors: [String]) -> String {
        "Invalid model specified: Validation Result: warnings : [], errors : [\(errors.joined(separator: ", "))]"
    }

    /// A reference into the schema itself, or to a model by its address.
    private static func isCanonical(_ reference: String) -> Bool {
        reference == "#" || reference.hasPrefix("#/") || ModelReference(reference) != nil
    }
}

/// Draft 4's rules for the values of keywords.
enum SyntaxCheck {
    static func accepts(_ schema: JSONObject) -> Bool {
        schema.members.allSatisfy { accepts($0.key, $0.value, in: schema) }
    }

    private static func accepts(_ keyword: String, _ value: JSONValue, in schema: JSONObject) -> Bool {
        switch keyword {
        case "additionalItems", "additionalProperties": value.bool != nil || value.object != nil
        case "allOf", "anyOf", "oneOf": value.array?.isEmpty == false
        case "items": value.object != nil || value.array?.isEmpty == false
        case "not": value.object != nil
        case "properties", "definitions": value.object?.members.allSatisfy { $0.value.object != nil } == true
        case "patternProperties":
            value.object?.members.allSatisfy { $0.value.object != nil && isPattern($0.key) } == true
        case "dependencies":
            value.object?.members.allSatisfy { $0.value.object != nil || isNames($0.value) } == true
        case "required": isNames(value)
        case "minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties": isCount(value)
        case "minimum", "maximum": isNumber(value)
        case "exclusiveMinimum": value.bool != nil && schema["minimum"] != nil
        case "exclusiveMaximum": value.bool != nil && schema["maximum"] != nil
        case "multipleOf": if case .number(let text) = value { Decimal(text).isPositive } else { false }
        case "uniqueItems": value.bool != nil
        case "pattern": value.string.map(isPattern) == true
        case "type": isType(value)
        // Java's URI; the library also refuses one that is not normalized.
        case "$schema", "$ref", "id": value.string.map { URISyntax.isValid(Array($0.utf8)) } == true
        case "description", "title", "format": value.string != nil
        case "enum": value.array.map { !hasDuplicates($0) } == true
        default: true
        }
    }

    private static func isNumber(_ value: JSONValue) -> Bool {
        if case .number = value { true } else { false }
    }

    private static func isCount(_ value: JSONValue) -> Bool {
        guard case .number(let text) = value, let count = Int32(text) else { return false }
        return count >= 0
    }

    private static func isNames(_ value: JSONValue) -> Bool {
        guard let names = value.array, !names.isEmpty, names.allSatisfy({ $0.string != nil }) else { return false }
        return Set(names).count == names.count
    }

    private static func isType(_ value: JSONValue) -> Bool {
        let known = SchemaProgram.Types.names.map(\.0)
        if let name = value.string { return known.contains(name) }
        return isNames(value) && value.array?.allSatisfy { $0.string.map(known.contains) == true } == true
    }

    private static func isPattern(_ text: String) -> Bool { (try? Pattern(text, dialect: .ecma)) != nil }

    private static func hasDuplicates(_ values: [JSONValue]) -> Bool {
        Set(values.map(Normalized.init)).count < values.count
    }

    /// A value in a form in which equal ones are the same.
    private indirect enum Normalized: Hashable {
        case plain(JSONValue)
        case number(Decimal)
        case array([Normalized])
        case object([String: Normalized])

        init(_ value: JSONValue) {
            self =
                switch value {
                case .number(let text): .number(Decimal(text))
                case .array(let values): .array(values.map(Normalized.init))
                case .object(let object):
                    .object(Dictionary(object.members.map { ($0.key, Normalized($0.value)) }) { $1 })
                default: .plain(value)
                }
        }
    }
}
