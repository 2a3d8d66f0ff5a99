/// The operators of conditions before there were expressions.
/// Source: "Legacy DynamoDB conditional parameters" and the API's `Condition`.
enum ComparisonOperator: String, CaseIterable {
    // In the order in which messages list them.
    case isIn = "IN"
    case null = "NULL"
    case between = "BETWEEN"
    case less = "LT"
    case notContains = "NOT_CONTAINS"
    case equal = "EQ"
    case greater = "GT"
    case notNull = "NOT_NULL"
    case notEqual = "NE"
    case lessOrEqual = "LE"
    case beginsWith = "BEGINS_WITH"
    case greaterOrEqual = "GE"
    case contains = "CONTAINS"

    init(_ name: String, at path: String) throws(TableError) {
        guard let known = ComparisonOperator(rawValue: name) else {
            throw .enveloped(
                "Value '\(name)' at '\(path).member.comparisonOperator' failed to satisfy constraint: Member must "
                    + "satisfy enum value set: [\(Self.allCases.map(\.rawValue).joined(separator: ", "))]")
        }
        self = known
    }

    private func takes(_ count: Int) -> Bool {
        switch self {
        case .null, .notNull: count == 0
        case .isIn: count > 0
        case .between: count == 2
        default: count == 1
        }
    }

    /// Nil for all types.
    private var types: [String]? {
        switch self {
        case .equal, .notEqual, .null, .notNull: nil
        case .beginsWith: ["S", "B"]
        default: ["S", "N", "B"]
        }
    }

    /// Refuses values that the operator cannot have.
    func check(_ values: [AttributeValue]) throws(TableError) {
        guard takes(values.count) else {
            throw .invalidValues("Invalid number of argument(s) for the \(rawValue) ComparisonOperator")
        }
        guard values.allSatisfy({ $0.typeCode == values[0].typeCode }) else {
            throw .invalidValues("AttributeValues inside AttributeValueList must be of same type")
        }
        if let types, let value = values.first(where: { !types.contains($0.typeCode) }) {
            throw .invalidValues(
                "ComparisonOperator \(rawValue) is not valid for \(value.typeCode) AttributeValue type")
        }
        if self == .between, let order = values[0].compared(to: values[1]), order > 0 {
            throw .validation(
                "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound")
        }
    }

    private var comparator: Comparator? {
        switch self {
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        default: nil
        }
    }

    /// The condition on an attribute; `values` have been checked.
    func condition(_ attribute: String, _ values: [AttributeValue]) -> Condition {
        let path = DocumentPath(steps: [.name(attribute)])
        let operands = values.map { Operand.value($0) }
        if let comparator { return .comparison(comparator, .path(path), operands[0]) }
        switch self {
        case .isIn: return .isIn(.path(path), operands)
        case .between: return .between(.path(path), operands[0], operands[1])
        case .null: return .isAbsent(path)
        case .notNull: return .exists(path)
        case .beginsWith: return .beginsWith(.path(path), operands[0])
        // Unlike the function with NOT before it: what is not there does not "not contain" either.
        case .notContains: return .and(.exists(path), .not(.contains(.path(path), operands[0])))
        default: return .contains(.path(path), operands[0])
        }
    }

    /// What a condition on a key may be.
    func keyTest(_ values: [AttributeValue]) throws(TableError) -> KeyClause.Test {
        if let comparator, comparator != .notEqual { return .compare(comparator, values[0]) }
        switch self {
        case .between: return .between(values[0], values[1])
        case .beginsWith: return .beginsWith(values[0])
        default: throw .validation("Attempted conditional constraint is not an indexable operation")
        }
    }
}

/// `AttributeValueList` and its operator, as QueryFilter, ScanFilter and KeyConditions have them.
struct LegacyCondition {
    let attribute: String
    let comparison: ComparisonOperator
    let values: [AttributeValue]

    /// - Parameter path: of the parameter, as messages name it.
    init(
        _ attribute: String, _ members: RequestMembers, at path: String, _ layer: WireLayer
    ) throws(TableError) {
        try ItemReader.checkName(attribute)
        self.attribute = attribute
        guard let name = try members.string("ComparisonOperator") else {
            throw .enveloped(
                "Value null at '\(path).\(attribute).member.comparisonOperator' failed to satisfy constraint: "
                    + "Member must not be null")
        }
        comparison = try ComparisonOperator(name, at: "\(path).\(attribute)")
        values = try members.values("AttributeValueList", layer) ?? []
        try comparison.check(values)
    }

    static func all(
        _ conditions: RequestMembers, at path: String, _ layer: WireLayer
    ) throws(TableError) -> [LegacyCondition] {
        var all: [LegacyCondition] = []
        for (attribute, range) in conditions.all {
            all.append(
                try LegacyCondition(attribute, try RequestMembers(conditions.body, in: range), at: path, layer))
        }
        return all
    }
}

extension RequestMembers {
    func value(_ name: StaticString, _ layer: WireLayer) throws(TableError) -> AttributeValue? {
        guard let range = range(name) else { return nil }
        return try AttributeValue(parsing: body, at: range, layer: layer)
    }

    func values(_ name: StaticString, _ layer: WireLayer) throws(TableError) -> [AttributeValue]? {
        guard let elements = try elements(name) else { return nil }
        var values: [AttributeValue] = []
        for range in elements { values.append(try AttributeValue(parsing: body, at: range, layer: layer)) }
        return values
    }
}
