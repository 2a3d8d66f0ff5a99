/// Which properties a type of resource has, which of them are supported, and what may stand in them.
///
/// Sources: the property tables of aws-sam-translator 1.110.0 and the resource pages of CloudFormation.
struct PropertyRules: Sendable {
    indirect enum Kind: Sendable {
        case text
        /// One of these words; the others are AWS's too and are not supported yet.
        case word([String], known: [String])
        case integer
        case boolean
        case map
        case list
        case mapOrBoolean
        case any
        /// A map that has these members.
        case members(PropertyRules)
        /// A map, by names of the template's choice, of maps that have these members.
        case mapOfMembers(PropertyRules)
        /// A list of maps that have these members.
        case listOfMembers(PropertyRules)
    }

    /// For messages: `AWS::Serverless::Function`.
    let type: String
    let supported: [String: Kind]
    /// Properties that the type has and that are not supported yet.
    let known: Set<String>
    /// Properties that are kept and have no effect.
    let storedOnly: Set<String>
    /// Properties that must be there.
    let required: [String]
    /// Whether there may be properties of any other name.
    let takesOthers: Bool

    init(
        type: String, supported: [String: Kind], known: Set<String> = [], storedOnly: Set<String> = [],
        required: [String] = [], takesOthers: Bool = false
    ) {
        self.takesOthers = takesOthers
        self.type = type
        self.supported = supported
        self.known = known
        self.storedOnly = storedOnly
        self.required = required
    }

    /// Adds a problem for every property that is missing, not supported, or holds the wrong kind of value.
    ///
    /// - Parameter line: where the properties begin, for those that are missing.
    func check(_ properties: TemplateMap, path: String, line: Int? = nil, problems: inout Problems) {
        for name in required where properties[name] == nil {
            problems.add("\(type) needs the property \(name)", line: line, path: path)
        }
        for property in properties {
            guard let kind = supported[property.key] else {
                if takesOthers { continue }
                // `Layers: []` asks for nothing.
                if known.contains(property.key), property.value.isEmptyCollection { continue }
                problems.add(refusal(of: property.key), line: property.line, path: path)
                continue
            }
            check(property.value, property.key, kind, path: path, problems: &problems)
        }
    }

    /// The properties among `properties` that have no effect, also those of nested maps.
    func storedOnly(in properties: TemplateMap, path: String) -> [StoredOnlyProperty] {
        properties.entries.flatMap { property -> [StoredOnlyProperty] in
            let path = "\(path).\(property.key)"
            if storedOnly.contains(property.key) { return [StoredOnlyProperty(path: path, line: property.line)] }
            guard case .members(let rules)? = supported[property.key], let map = property.value.map else { return [] }
            return rules.storedOnly(in: map, path: path)
        }
    }

    private func check(
        _ value: TemplateValue, _ name: String, _ kind: Kind, path: String, problems: inout Problems
    ) {
        // What a function gives is known only when it is worked out; null has a problem of its own.
        guard !Intrinsic.isCall(value), !value.isNull else { return }
        if let wanted = kind.objection(to: value) {
            problems.add("\(name) must be \(wanted); it is a \(value.kind)", line: value.line, path: path)
            return
        }
        switch kind {
        case .word(let words, let known):
            guard let text = value.text, !words.contains(text) else { return }
            problems.add(
                known.contains(text)
                    ? "\(name) \(text) is not supported yet"
                    : "\(name) must be one of \((words + known).joined(separator: ", "))",
                line: value.line, path: path)
        case .members(let rules):
            rules.check(value.map ?? TemplateMap(), path: "\(path).\(name)", line: value.line, problems: &problems)
        case .mapOfMembers(let rules):
            for entry in value.map ?? TemplateMap() {
                check(entry.value, entry.key, .members(rules), path: "\(path).\(name)", problems: &problems)
            }
        case .listOfMembers(let rules):
            for (position, item) in (value.list ?? []).enumerated() {
                check(item, "\(name)[\(position)]", .members(rules), path: path, problems: &problems)
            }
        default: break
        }
    }

    /// CloudFormation has other words for members of a property, such as `AWS::Lambda::Function.Environment`.
    private func refusal(of name: String) -> String {
        if known.contains(name) { return "the property \(name) of \(type) is not supported yet" }
        return isNested ? "extraneous key [\(name)] is not permitted" : "\(type) has no property \(name)"
    }

    private var isNested: Bool { type.contains(".") && !type.hasPrefix("Globals.") }
}

extension TemplateValue {
    fileprivate var isEmptyCollection: Bool { list?.isEmpty ?? map?.isEmpty ?? false }
}

extension PropertyRules.Kind {
    fileprivate func objection(to value: TemplateValue) -> String? {
        switch self {
        case .text, .word: value.text == nil ? "a string" : nil
        case .integer: value.integer == nil ? "an integer" : nil
        case .boolean: value.boolean == nil ? "true or false" : nil
        case .map, .members, .mapOfMembers: value.map == nil ? "a map" : nil
        case .list, .listOfMembers: value.list == nil ? "a list" : nil
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
