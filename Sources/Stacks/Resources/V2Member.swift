import JSON

/// A property that is a member of calls of API Gateway V2, and what an update makes of one that a template changes.
struct V2Member: Sendable {
    enum Kind: Sendable {
        /// An empty one takes away what there was.
        case text
        /// A text that is a JSON document; the template may write it out as a map.
        case document
        /// A map of texts that takes the place of the one before.
        case texts
        /// A map of texts of which those come to what there is that are named; an empty one takes its name away.
        case mappings
        /// Parameters with what is asked of them; they come to what there is, and null takes one away.
        case constraints
    }

    let property: String
    let kind: Kind

    init(_ property: String, _ kind: Kind) {
        self.property = property
        self.kind = kind
    }

    /// As calls have it.
    var name: String { property.prefix(1).lowercased() + property.dropFirst() }

    func value(_ properties: PropertyReader) throws(ResourceFailure) -> JSONValue? {
        switch kind {
        case .text: return try properties.text(property)
        case .document: return properties.document(property)
        case .texts, .mappings: return try properties.textMap(property)
        case .constraints:
            guard let parameters = try properties.map(property) else { return nil }
            let reader = PropertyReader(properties: parameters)
            var constraints = JSONObject()
            for parameter in parameters {
                let isRequired = try reader.nested(parameter.key)?.boolean("Required")
                constraints[parameter.key] = ["required": isRequired ?? false]
            }
            return .object(constraints)
        }
    }

    /// What makes the old value the new one; nil where neither is said.
    func change(from old: PropertyReader, to new: PropertyReader) throws(ResourceFailure) -> JSONValue? {
        let (before, after) = (try value(old), try value(new))
        guard before != nil || after != nil else { return nil }
        switch kind {
        case .text, .document: return after ?? ""
        case .texts: return after ?? [:]
        case .mappings, .constraints:
            let gone = if case .mappings = kind { JSONValue.string("") } else { JSONValue.null }
            var changes = after?.object ?? [:]
            for name in (before?.object ?? [:]).keys where changes[name] == nil { changes[name] = gone }
            return .object(changes)
        }
    }

    /// The rules to check a template by, of a type such as `Route`.
    static func rules(of type: String, _ members: [V2Member]) -> [String: PropertyRules.Kind] {
        Dictionary(uniqueKeysWithValues: members.map { ($0.property, $0.rule(of: type)) })
    }

    private func rule(of type: String) -> PropertyRules.Kind {
        switch kind {
        case .text: .text
        case .document: .any
        case .texts, .mappings: .map
        case .constraints:
            .mapOfMembers(
                PropertyRules(
                    type: "AWS::ApiGatewayV2::\(type).ParameterConstraints", supported: ["Required": .boolean],
                    required: ["Required"]))
        }
    }
}
