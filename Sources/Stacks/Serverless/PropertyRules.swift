/// Which properties a type of SAM has, which of them are supported, and what may stand in them.
///
/// Source: the property tables of aws-sam-translator 1.110.0.
struct PropertyRules {
    enum Kind {
        case text
        case integer
        case boolean
        case map
        case list
        case mapOrBoolean
        case any
    }

    /// For messages: `AWS::Serverless::Function`.
    let type: String
    let supported: [String: Kind]
    /// Properties that the type has and that are not supported yet.
    let known: Set<String>
    /// The members that maps may have, where it is known.
    var members: [String: Set<String>] = [:]
    /// Properties that are kept and have no effect.
    var storedOnly: Set<String> = []

    /// Adds a problem for every property that is not supported or holds the wrong kind of value.
    func check(_ properties: TemplateMap, path: String, problems: inout Problems) {
        for property in properties {
            guard let kind = supported[property.key] else {
                let message =
                    known.contains(property.key)
                    ? "the property \(property.key) of \(type) is not supported yet"
                    : "\(type) has no property \(property.key)"
                problems.add(message, line: property.line, path: path)
                continue
            }
            // What a function gives is known only when it is worked out; null has a problem of its own.
            guard !Intrinsic.isCall(property.value), !property.value.isNull else { continue }
            if let wanted = kind.objection(to: property.value) {
                problems.add(
                    "\(property.key) must be \(wanted); it is a \(property.value.kind)", line: property.value.line,
                    path: path)
            }
            guard let members = members[property.key], let map = property.value.map else { continue }
            for member in map where !members.contains(member.key) {
                problems.add(
                    "extraneous key [\(member.key)] is not permitted", line: member.line,
                    path: "\(path).\(property.key)")
            }
        }
    }

    /// The properties among `properties` that have no effect.
    func storedOnly(in properties: TemplateMap, path: String) -> [StoredOnlyProperty] {
        properties.entries.filter { storedOnly.contains($0.key) }.map {
            StoredOnlyProperty(path: "\(path).\($0.key)", line: $0.line)
        }
    }
}

extension PropertyRules.Kind {
    fileprivate func objection(to value: TemplateValue) -> String? {
        switch self {
        case .text: value.text == nil ? "a string" : nil
        case .integer: value.integer == nil ? "an integer" : nil
        case .boolean: value.boolean == nil ? "true or false" : nil
        case .map: value.map == nil ? "a map" : nil
        case .list: value.list == nil ? "a list" : nil
        case .mapOrBoolean: value.map == nil && value.boolean == nil ? "true or a map" : nil
        case .any: nil
        }
    }
}

/// A property that the template sets and that changes nothing here.
package struct StoredOnlyProperty: Sendable, Hashable {
    /// Such as `Resources.ApiFunction.Properties.Policies`.
    package let path: String
    package let line: Int
}
