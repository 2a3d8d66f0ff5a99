/// A condition operator with the values that the policy gives it, ready to be compared.
///
/// Source: IAM User Guide, reference_policies_elements_condition_operators.
final class Comparison: Sendable {
    private enum Values: Sendable {
        case texts([WildcardText], ignoresCase: Bool)
        case numbers([Double], Order)
        case dates([Double], Order)
        case flags([Bool])
        case addresses([AddressRange])
        case names([ResourceNamePattern])
        case isAbsent(Bool)
    }

    enum Order: Sendable { case equal, less, lessOrEqual, greater, greaterOrEqual }

    /// Whether none of the values may match.
    let isNegated: Bool
    private let values: Values

    init(_ name: String, _ texts: [String], hasVariables: Bool) throws(PolicyError) {
        let (kind, isNegated) = Self.withoutNegation(name)
        self.isNegated = isNegated
        func patterns(areLiteral: Bool = true, _ transform: (String) -> String = { $0 }) -> [WildcardText] {
            texts.map { WildcardText(transform($0), hasVariables: hasVariables, isLiteral: areLiteral) }
        }
        func parsed<Value>(_ parse: (String) -> Value?) throws(PolicyError) -> [Value] {
            let values = texts.compactMap(parse)
            guard values.count == texts.count else { throw .syntax }
            return values
        }
        switch kind {
        case "StringEquals", "BinaryEquals":
            values = .texts(patterns(), ignoresCase: false)
        case "StringEqualsIgnoreCase":
            // A variable's name has no case either.
            values = .texts(patterns { $0.lowercased() }, ignoresCase: true)
        case "StringLike":
            values = .texts(patterns(areLiteral: false), ignoresCase: false)
        case "NumericEquals": values = .numbers(try parsed(Double.init), .equal)
        case "NumericLessThan": values = .numbers(try parsed(Double.init), .less)
        case "NumericLessThanEquals": values = .numbers(try parsed(Double.init), .lessOrEqual)
        case "NumericGreaterThan": values = .numbers(try parsed(Double.init), .greater)
        case "NumericGreaterThanEquals": values = .numbers(try parsed(Double.init), .greaterOrEqual)
        case "DateEquals": values = .dates(try parsed(PolicyDate.seconds), .equal)
        case "DateLessThan": values = .dates(try parsed(PolicyDate.seconds), .less)
        case "DateLessThanEquals": values = .dates(try parsed(PolicyDate.seconds), .lessOrEqual)
        case "DateGreaterThan": values = .dates(try parsed(PolicyDate.seconds), .greater)
        case "DateGreaterThanEquals": values = .dates(try parsed(PolicyDate.seconds), .greaterOrEqual)
        case "Bool": values = .flags(try parsed(Self.flag))
        case "IpAddress": values = .addresses(try parsed(AddressRange.init))
        case "ArnEquals", "ArnLike":
            values = .names(texts.map { ResourceNamePattern($0, hasVariables: hasVariables) })
        case "Null":
            guard texts.count == 1, let isAbsent = Self.flag(texts[0]) else { throw .syntax }
            values = .isAbsent(isAbsent)
        default: throw .unknownOperator(name)
        }
    }

    /// The operator that a negated one is the contrary of.
    private static func withoutNegation(_ name: String) -> (String, isNegated: Bool) {
        switch name {
        case "StringNotEquals": ("StringEquals", true)
        case "StringNotEqualsIgnoreCase": ("StringEqualsIgnoreCase", true)
        case "StringNotLike": ("StringLike", true)
        case "NumericNotEquals": ("NumericEquals", true)
        case "DateNotEquals": ("DateEquals", true)
        case "NotIpAddress": ("IpAddress", true)
        case "ArnNotEquals": ("ArnEquals", true)
        case "ArnNotLike": ("ArnLike", true)
        default: (name, false)
        }
    }

    static func flag(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true": true
        case "false": false
        default: nil
        }
    }

    /// Whether a variable among the values stands for something that nobody here knows.
    func isUnknown(_ context: (ConditionKey) -> ConditionValues) -> Bool {
        switch values {
        case .texts(let patterns, _): patterns.contains { $0.isUnknown(context) }
        case .names(let names): names.contains { $0.isUnknown(context) }
        default: false
        }
    }

    /// Of `Null`: whether the key has to be absent. nil of every other operator.
    var wantsAbsence: Bool? {
        if case .isAbsent(let isAbsent) = values { isAbsent } else { nil }
    }

    /// Whether one of the policy's values matches the request's value of that position, negation left aside.
    func matches(_ fact: Fact, _ position: Int, _ context: (ConditionKey) -> ConditionValues) -> Bool {
        switch values {
        case .texts(let patterns, let ignoresCase):
            guard ignoresCase else { return patterns.contains { $0.matches(fact.bytes[position], context) } }
            return patterns.contains { pattern in
                pattern.matches(fact.lowercased[position]) { key in
                    guard case .values(let values) = context(key) else { return context(key) }
                    return .values(values.map { $0.lowercased() })
                }
            }
        case .numbers(let numbers, let order):
            guard let number = fact.numbers[position] else { return false }
            return numbers.contains { order.holds(number, $0) }
        case .dates(let dates, let order):
            guard let date = fact.dates[position] else { return false }
            return dates.contains { order.holds(date, $0) }
        case .flags(let flags): return fact.flag(position).map(flags.contains) ?? false
        case .addresses(let ranges):
            guard let address = fact.addresses[position] else { return false }
            return ranges.contains { $0.contains(address) }
        case .names(let names):
            return names.contains { $0.matches(fact.bytes[position], parts: fact.names[position], context) }
        case .isAbsent: return false
        }
    }
}

extension Comparison.Order {
    func holds(_ left: Double, _ right: Double) -> Bool {
        switch self {
        case .equal: left == right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        }
    }
}

/// An ARN with wildcards: its six parts are matched one by one, and only the last one may hold colons.
struct ResourceNamePattern: Sendable {
    private let whole: WildcardText
    /// nil when there are variables, whose values may hold colons.
    private let parts: [WildcardText]?

    init(_ text: String, hasVariables: Bool) {
        whole = WildcardText(text, hasVariables: hasVariables)
        parts = whole.split(at: 6)
    }

    func isUnknown(_ context: (ConditionKey) -> ConditionValues) -> Bool { whole.isUnknown(context) }

    /// - Parameter own: the text's parts.
    func matches(_ text: [UInt8], parts own: [[UInt8]], _ context: (ConditionKey) -> ConditionValues) -> Bool {
        guard let parts else { return whole.matches(text, context) }
        guard own.count == 6, parts.count == 6 else { return false }
        return parts.indices.allSatisfy { parts[$0].matches(own[$0]) }
    }
}
