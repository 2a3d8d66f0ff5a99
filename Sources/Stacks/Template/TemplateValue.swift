package import JSON

/// A value of a template, and the line on which it stands.
///
/// Functions stand in it in their long form: `!Ref Api` is read as `{"Ref": "Api"}`.
package struct TemplateValue: Sendable {
    package enum Content: Sendable {
        case null
        case bool(Bool)
        /// The text of the number, valid in JSON.
        case number(String)
        case string(String)
        case list([TemplateValue])
        case map(TemplateMap)
    }

    package var content: Content
    /// From 1. What the transform makes has the line of what it is made from.
    package var line: Int

    package init(_ content: Content, line: Int) {
        self.content = content
        self.line = line
    }
}

extension TemplateValue {
    static func string(_ text: String, line: Int) -> TemplateValue { TemplateValue(.string(text), line: line) }

    static func bool(_ value: Bool, line: Int) -> TemplateValue { TemplateValue(.bool(value), line: line) }

    static func list(_ values: [TemplateValue], line: Int) -> TemplateValue { TemplateValue(.list(values), line: line) }

    static func map(_ map: TemplateMap, line: Int) -> TemplateValue { TemplateValue(.map(map), line: line) }

    static func map(_ entries: KeyValuePairs<String, TemplateValue>, line: Int) -> TemplateValue {
        .map(TemplateMap(entries.map { TemplateMap.Entry(key: $0.key, line: line, value: $0.value) }), line: line)
    }

    static func ref(_ name: String, line: Int) -> TemplateValue {
        .map(["Ref": .string(name, line: line)], line: line)
    }

    static func getAtt(_ logicalId: String, _ attribute: String, line: Int) -> TemplateValue {
        let parts = [TemplateValue.string(logicalId, line: line), .string(attribute, line: line)]
        return .map(["Fn::GetAtt": .list(parts, line: line)], line: line)
    }
}

extension TemplateValue {
    package var string: String? {
        if case .string(let text) = content { text } else { nil }
    }

    package var list: [TemplateValue]? {
        if case .list(let values) = content { values } else { nil }
    }

    package var map: TemplateMap? {
        if case .map(let map) = content { map } else { nil }
    }

    package var isNull: Bool {
        if case .null = content { true } else { false }
    }

    /// The text of any scalar: CloudFormation takes `8080` and `true` where a string is wanted.
    package var text: String? {
        switch content {
        case .string(let text), .number(let text): text
        case .bool(let value): value ? "true" : "false"
        case .null, .list, .map: nil
        }
    }

    /// The integer, also of a string: CloudFormation takes `"30"` where a number is wanted.
    package var integer: Int? {
        guard case .string(let text) = content else { return json.integer }
        return Int(text)
    }

    /// The boolean, also of the strings `true` and `false`.
    package var boolean: Bool? {
        switch content {
        case .bool(let value): value
        case .string("true"): true
        case .string("false"): false
        default: nil
        }
    }

    /// The word for the kind of value, for messages.
    package var kind: String {
        switch content {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .list: "list"
        case .map: "map"
        }
    }

    package var json: JSONValue {
        switch content {
        case .null: .null
        case .bool(let value): .bool(value)
        case .number(let text): .number(text)
        case .string(let text): .string(text)
        case .list(let values): .array(values.map(\.json))
        case .map(let map): .object(JSONObject(map.entries.map { ($0.key, $0.value.json) }))
        }
    }
}
