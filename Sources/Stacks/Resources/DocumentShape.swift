import JSON

/// What a property is of which calls have the same names in the same form.
indirect enum DocumentShape: Sendable {
    case text
    case integer
    case boolean
    case texts
    case textMap
    case members([String: DocumentShape])
    case list([String: DocumentShape])

    /// The rule to check a template by.
    func kind(_ type: String) -> PropertyRules.Kind {
        switch self {
        case .text: .text
        case .integer: .integer
        case .boolean: .boolean
        case .texts: .list
        case .textMap: .map
        case .members(let members): .members(Self.rules(type, members))
        case .list(let members): .listOfMembers(Self.rules(type, members))
        }
    }

    static func rules(
        _ type: String, _ members: [String: DocumentShape], and more: [String: PropertyRules.Kind] = [:],
        known: Set<String> = [], required: [String] = []
    ) -> PropertyRules {
        let supported = Dictionary(
            uniqueKeysWithValues: members.map { name, shape in (name, shape.kind("\(type).\(name)")) })
        return PropertyRules(
            type: type, supported: supported.merging(more) { $1 }, known: known, required: required)
    }
}

extension PropertyReader {
    /// The properties that are there, as calls have them.
    func document(_ members: [String: DocumentShape]) throws(ResourceFailure) -> JSONObject {
        var document = JSONObject()
        for (name, shape) in members.sorted(by: { $0.key < $1.key }) {
            document[name] = try self.value(name, shape)
        }
        return document
    }

    private func value(_ name: String, _ shape: DocumentShape) throws(ResourceFailure) -> JSONValue? {
        switch shape {
        case .text: return try text(name)
        case .integer: return try integer(name)
        case .boolean: return try boolean(name)
        case .texts: return try texts(name)
        case .textMap: return try textMap(name)
        case .members(let members):
            guard let nested = try nested(name) else { return nil }
            return .object(try nested.document(members))
        case .list(let members):
            guard properties[name] != nil else { return nil }
            return .array(
                try list(name).map { item throws(ResourceFailure) in .object(try item.document(members)) })
        }
    }
}
