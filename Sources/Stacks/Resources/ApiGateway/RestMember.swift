import JSON

/// A property that is a member of a document of a REST API.
struct RestMember: Sendable {
    enum Kind: Sendable {
        case text
        case boolean
        case integer
        case texts
        /// A map of texts; names begin with a small letter in calls.
        case members
        /// A text that is a JSON document; the template may write it out as a map.
        case document
        /// A map of such members; names begin with a small letter in calls, and patches have it as text.
        case structure([String: DocumentShape])
        /// Stages as objects of RestApiId and StageName, which patches call `apiId/stageName`.
        case stageKeys
    }

    /// How a change of the property reaches what is there.
    enum Patching: Sendable {
        /// Not at all: it makes another resource.
        case none
        /// `replace`; a property that is said no more is set to the text.
        case replace(cleared: String)
        /// `add` and `remove` with the entries as values, at this path.
        case values(path: String)
    }

    let property: String
    let member: String
    let kind: Kind
    let patching: Patching

    init(_ property: String, _ kind: Kind, member: String? = nil, _ patching: Patching = .none) {
        self.property = property
        self.member = member ?? property.prefix(1).lowercased() + property.dropFirst()
        self.kind = kind
        self.patching = patching
    }

    /// The value as calls have it.
    func value(_ properties: PropertyReader) throws(ResourceFailure) -> JSONValue? {
        switch kind {
        case .text: try properties.text(property)
        case .boolean: try properties.boolean(property)
        case .integer: try properties.integer(property)
        case .texts: try properties.texts(property)
        case .members:
            .object(
                JSONObject(
                    (try properties.textMap(property)?.object ?? [:]).members.map { name, value in
                        (name.prefix(1).lowercased() + name.dropFirst(), value)
                    }))
        case .document: properties.document(property)
        case .structure(let members):
            try properties.document([property: .members(members)])[property]?.withSmallNames
        case .stageKeys:
            .array(
                try properties.list(property).map { stage throws(ResourceFailure) in
                    ["restApiId": try stage.text("RestApiId") ?? "", "stageName": try stage.text("StageName") ?? ""]
                })
        }
    }

    func patch(
        _ patches: inout RestPatches, from old: PropertyReader, to new: PropertyReader
    ) throws(ResourceFailure) {
        switch patching {
        case .none: break
        case .replace(let cleared):
            patches.set("/\(member)", from: try value(old), to: try value(new), cleared: cleared)
        case .values(let path): patches.setValues(path, from: try values(old), to: try values(new))
        }
    }

    private func values(_ properties: PropertyReader) throws(ResourceFailure) -> JSONValue? {
        guard case .stageKeys = kind else { return try value(properties) }
        return .array(
            (try value(properties)?.array ?? []).map { stage in
                .string("\(stage["restApiId"]?.string ?? "")/\(stage["stageName"]?.string ?? "")")
            })
    }
}

extension JSONValue {
    /// With names of members that begin with a small letter.
    fileprivate var withSmallNames: JSONValue {
        switch self {
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map { ($0.key.prefix(1).lowercased() + $0.key.dropFirst(), $0.value.withSmallNames) }
                ))
        case .array(let values): .array(values.map(\.withSmallNames))
        default: self
        }
    }
}

extension PropertyReader {
    /// A JSON document as text, whether the template has it as text or written out.
    func document(_ name: String) -> JSONValue? {
        guard let value = properties[name] else { return nil }
        return .string(value.string ?? value.json.text)
    }

    /// A list of maps; empty when it is not there.
    func list(_ name: String) throws(ResourceFailure) -> [PropertyReader] {
        guard let value = properties[name] else { return [] }
        guard let list = value.list else {
            throw ResourceFailure(message: "\(name) must be a list; it is a \(value.kind)", line: value.line)
        }
        return try list.map { item throws(ResourceFailure) in
            guard let map = item.map else {
                throw ResourceFailure(message: "\(name) must be a list of maps; it has a \(item.kind)", line: item.line)
            }
            return PropertyReader(properties: map)
        }
    }

    /// A number as the template writes it.
    func number(_ name: String) throws(ResourceFailure) -> JSONValue? {
        guard let value = properties[name] else { return nil }
        guard let text = value.text, Double(decimal: text) != nil else {
            throw ResourceFailure(message: "\(name) must be a number; it is a \(value.kind)", line: value.line)
        }
        return .number(text)
    }
}
