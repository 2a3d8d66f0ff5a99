/// A condition operator with the values that the policy gives it, ready to be compared.
///
/// Source: IAM User Guide, reference_policies_elements_condition_operators.
struct Comparison: Sendable {
    private enum Values: Sendable {
        case texts([WildcardText], takesWildcards: Bool, ignoresCase: Bool)
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
        func patterns(_ transform: (String) -> String = { $0 }) -> [WildcardText] {
            texts.map { WildcardText(transform($0), hasVariables: hasVariables) }
        }
        func parsed<Value>(_ parse: (String) -> Value?) throws(PolicyError) -> [Value] {
            let values = texts.compactMap(parse)
            guard values.count == texts.count else { throw .syntax }
            return values
        }
        switch kind {
        case "StringEquals", "BinaryEquals":
            values = .texts(patterns(), takesWildcards: false, ignoresCase: false)
        case "StringEqualsIgnoreCase":
            // A variable's name has no case either.
            values = .texts(patterns { $0.lowercased() }, takesWildcards: false, ignoresCase: true)
        case "StringLike":
            values = .texts(patterns(), takesWildcards: true, ignoresCase: false)
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

    private static func flag(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true": true
        case "false": false
        default: nil
        }
    }

    /// Of `Null`: whether the key has to be absent. nil of every other operator.
    var wantsAbsence: Bool? {
        if case .isAbsent(let isAbsent) = values { isAbsent } else { nil }
    }

    /// Whether one of the policy's values matches one of the request's, negation left aside.
    func matches(_ text: String, _ context: (ConditionKey) -> ConditionValues) -> Bool {
        switch values {
        case .texts(let patterns, let takesWildcards, let ignoresCase):
            let bytes = Array((ignoresCase ? text.lowercased() : text).utf8)
            return patterns.contains { pattern in
                if takesWildcards { return pattern.matches(bytes, context) }
                guard let literal = pattern.literal(context) else { return false }
                return ignoresCase && pattern.hasVariables
                    ? Array(String(decoding: literal, as: UTF8.self).lowercased().utf8) == bytes : literal == bytes
            }
        case .numbers(let numbers, let order):
            guard let number = Double(text) else { return false }
            return numbers.contains { order.holds(number, $0) }
        case .dates(let dates, let order):
            guard let date = PolicyDate.seconds(text) else { return false }
            return dates.contains { order.holds(date, $0) }
        case .flags(let flags): return Self.flag(text).map(flags.contains) ?? false
        case .addresses(let ranges):
            guard let address = AddressRange(text) else { return false }
            return ranges.contains { $0.contains(address) }
        case .names(let names): return names.contains { $0.matches(text, context) }
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

    func matches(_ text: String, _ context: (ConditionKey) -> ConditionValues) -> Bool {
        guard let parts else { return whole.matches(Array(text.utf8), context) }
        let own = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
        guard own.count == 6, parts.count == 6 else { return false }
        return zip(parts, own).allSatisfy { $0.matches(Array($1)) }
    }
}
