/// The condition on one attribute of a key.
struct KeyClause: Sendable {
    enum Test: Sendable {
        case compare(Comparator, AttributeValue)
        case between(AttributeValue, AttributeValue)
        case beginsWith(AttributeValue)
    }

    let attribute: String
    let test: Test

    var equalValue: AttributeValue? {
        guard case .compare(.equal, let value) = test else { return nil }
        return value
    }

    var isEquality: Bool { equalValue != nil }

    private var values: [AttributeValue] {
        switch test {
        case .compare(_, let value), .beginsWith(let value): [value]
        case .between(let lower, let upper): [lower, upper]
        }
    }

    /// Refuses values that no key of this type can have.
    func check(_ key: KeyAttribute) throws(TableError) {
        for value in values where value.typeCode != key.type.rawValue {
            throw .invalidValues("Condition parameter type does not match schema type")
        }
        switch equalValue {
        case .string("")?: throw emptyKey("string")
        case .binary(let bytes)? where bytes.isEmpty: throw emptyKey("binary")
        default: break
        }
    }

    private func emptyKey(_ type: String) -> TableError {
        .validation(
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain "
                + "an empty \(type) value. Key: \(attribute)")
    }
}

/// Of all conditions only few can be on keys.
extension KeyClause {
    /// Appends the clauses of a condition, in the order in which they are written.
    static func collect(_ condition: Condition, into clauses: inout [KeyClause]) throws(TableError) {
        if case .and(let left, let right) = condition {
            try collect(left, into: &clauses)
            try collect(right, into: &clauses)
            return
        }
        let clause = try KeyClause(condition)
        guard !clauses.contains(where: { $0.attribute.utf8.elementsEqual(clause.attribute.utf8) }) else {
            throw fault("KeyConditionExpressions must only contain one condition per key")
        }
        clauses.append(clause)
    }

    private init(_ condition: Condition) throws(TableError) {
        switch condition {
        case .and, .or: throw Self.unusable("OR")
        case .not: throw Self.unusable("NOT")
        case .isIn: throw Self.unusable("IN")
        case .exists: throw Self.unusable("attribute_exists")
        case .isAbsent: throw Self.unusable("attribute_not_exists")
        case .hasType: throw Self.unusable("attribute_type")
        case .contains: throw Self.unusable("contains")
        case .comparison(.notEqual, _, _): throw Self.unusable("<>")
        case .comparison(let comparator, let left, let right):
            if case .value(let value) = left, let attribute = try Self.attribute([right, left]) {
                self.init(attribute: attribute, test: .compare(comparator.mirrored, value))
            } else if let attribute = try Self.attribute([left, right]), case .value(let value) = right {
                self.init(attribute: attribute, test: .compare(comparator, value))
            } else {
                throw Self.fault("Invalid condition in KeyConditionExpression: No key attribute specified")
            }
        case .between(let operand, let lower, let upper):
            guard let attribute = try Self.attribute([operand, lower, upper]), case .value(let lower) = lower,
                case .value(let upper) = upper
            else { throw Self.notFirst("BETWEEN") }
            self.init(attribute: attribute, test: .between(lower, upper))
        case .beginsWith(let operand, let prefix):
            guard let attribute = try Self.attribute([operand, prefix]), case .value(let prefix) = prefix else {
                throw Self.notFirst("begins_with")
            }
            self.init(attribute: attribute, test: .beginsWith(prefix))
        }
    }

    /// The name of the attribute that the first operand is; nil when it is none. The others must be values.
    private static func attribute(_ operands: [Operand]) throws(TableError) -> String? {
        for case .size in operands { throw fault("KeyConditionExpressions cannot contain nested operations") }
        let paths = operands.compactMap(\.path)
        guard paths.count <= 1 else {
            throw fault("Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition")
        }
        guard paths.allSatisfy({ $0.steps.count == 1 }) else {
            throw fault("KeyConditionExpressions cannot have conditions on nested attributes")
        }
        return operands.first?.path?.attribute
    }

    private static func fault(_ message: String) -> TableError { ExpressionKind.keyCondition.fault(message) }

    private static func unusable(_ name: String) -> TableError {
        .validation("Invalid operator used in KeyConditionExpression: \(name)")
    }

    private static func notFirst(_ name: String) -> TableError {
        fault(
            "Invalid condition in KeyConditionExpression: \(name) operator must have the key attribute as its "
                + "first operand")
    }
}

extension Comparator {
    /// The same comparison with its sides changed.
    fileprivate var mirrored: Comparator {
        switch self {
        case .equal, .notEqual: self
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        }
    }
}
