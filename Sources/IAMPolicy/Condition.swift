internal import JSON

/// The name of a condition key, such as `aws:SourceIp`: told apart without case.
package struct ConditionKey: Hashable, Sendable {
    /// In lower case.
    package let name: String

    package init(_ name: String) { self.name = name.lowercased() }
}

/// What a request has for a condition key.
package enum ConditionValues: Sendable, Equatable {
    /// AWS would have none either.
    case absent
    /// AWS has one that is not known here: it must not count as absent. No Allow holds by it, and every Deny does.
    case unknown
    case values([String])
}

/// One operator with one key of a statement's `Condition`.
final class Condition: Sendable {
    private enum Quantifier: Sendable { case none, all, any }

    private let comparison: Comparison
    private let quantifier: Quantifier
    private let ifExists: Bool
    private let key: ConditionKey
    /// Among the keys of the policy.
    private let position: Int
    private let hasVariables: Bool

    /// At most so many in one policy: one of the largest size has not more.
    static let limit = 1_000

    /// - Parameter keys: gets those that are not among them yet.
    static func all(
        _ value: JSONValue?, keys: inout ConditionKeys, hasVariables: Bool
    ) throws(PolicyError) -> [Condition] {
        guard let value else { return [] }
        guard let operators = value.object else { throw .syntax }
        var conditions: [Condition] = []
        for (name, compared) in operators.members {
            guard let compared = compared.object else { throw .syntax }
            for (key, values) in compared.members {
                let key = ConditionKey(key)
                conditions.append(try Condition(name, key, keys.position(of: key), values, hasVariables))
                guard conditions.count <= limit else { throw .syntax }
            }
        }
        return conditions
    }

    private init(
        _ name: String, _ key: ConditionKey, _ position: Int, _ values: JSONValue, _ hasVariables: Bool
    ) throws(PolicyError) {
        var name = name[...]
        if name.hasPrefix("ForAllValues:") {
            quantifier = .all
            name = name.dropFirst(13)
        } else if name.hasPrefix("ForAnyValue:") {
            quantifier = .any
            name = name.dropFirst(12)
        } else {
            quantifier = .none
        }
        ifExists = name.hasSuffix("IfExists")
        if ifExists { name = name.dropLast(8) }
        var texts: [String] = []
        for value in values.array ?? [values] {
            switch value {
            case .string(let text), .number(let text): texts.append(text)
            case .bool(let flag): texts.append(flag ? "true" : "false")
            default: throw .syntax
            }
        }
        self.key = key
        self.position = position
        comparison = try Comparison(String(name), texts, hasVariables: hasVariables)
        self.hasVariables = hasVariables && texts.contains { $0.contains("${") }
        if comparison.wantsAbsence != nil, ifExists || quantifier != .none { throw .syntax }
    }

    /// Whether the condition holds; nil when that is not known.
    func holds(_ facts: inout Facts, _ values: (ConditionKey) -> ConditionValues) -> Bool? {
        let fact = facts.fact(position, key, values)
        if let wantsAbsence = comparison.wantsAbsence {
            switch fact.values {
            case .unknown: return nil
            case .absent: return wantsAbsence
            case .values: return !wantsAbsence
            }
        }
        if hasVariables, comparison.isUnknown(values) { return nil }
        switch fact.values {
        case .unknown: return nil
        case .absent:
            switch quantifier {
            case .all: return true
            case .any: return ifExists
            case .none: return ifExists || comparison.isNegated
            }
        case .values:
            let matches = { [comparison] (position: Int) in
                comparison.matches(fact, position, values) != comparison.isNegated
            }
            switch quantifier {
            case .all: return (0..<fact.count).allSatisfy(matches)
            case .any: return (0..<fact.count).contains(where: matches)
            // A key of several values is compared so only by mistake: then no value may speak against it.
            case .none:
                return comparison.isNegated
                    ? (0..<fact.count).allSatisfy(matches) : (0..<fact.count).contains(where: matches)
            }
        }
    }
}
