import GatewayModel

/// Looks up names and values and checks operands, predicate by predicate in the order in which they are written.
struct ConditionResolver {
    let kind: ExpressionKind

    func condition(
        _ written: WrittenCondition, _ scope: inout ExpressionScope
    ) throws(TableError) -> Condition {
        switch written {
        case .and(let left, let right):
            let left = try condition(left, &scope)
            return .and(left, try condition(right, &scope))
        case .or(let left, let right):
            let left = try condition(left, &scope)
            return .or(left, try condition(right, &scope))
        case .not(let inner): return .not(try condition(inner, &scope))
        case .comparison(let comparator, let left, let right):
            let operands = try operands([left, right], &scope)
            try checkDistinct(operands, comparator.rawValue)
            if comparator != .equal, comparator != .notEqual { try checkOrdered(operands, comparator.rawValue) }
            return .comparison(comparator, operands[0], operands[1])
        case .between(let value, let lower, let upper):
            let operands = try operands([value, lower, upper], &scope)
            try checkOrdered(operands, "BETWEEN")
            try checkBounds(operands[1], operands[2])
            return .between(operands[0], operands[1], operands[2])
        case .isIn(let value, let candidates):
            let operands = try operands([value] + candidates, &scope)
            return .isIn(operands[0], Array(operands.dropFirst()))
        case .function(let name, let arguments):
            return try function(name, try operands(arguments, &scope))
        }
    }

    private func operands(
        _ written: [WrittenOperand], _ scope: inout ExpressionScope
    ) throws(TableError) -> [Operand] {
        var operands: [Operand] = []
        operands.reserveCapacity(written.count)
        for operand in written { operands.append(try self.operand(operand, &scope)) }
        return operands
    }

    private func operand(_ written: WrittenOperand, _ scope: inout ExpressionScope) throws(TableError) -> Operand {
        switch written {
        case .path(let path): return .path(try scope.resolve(path, kind))
        case .value(let alias): return .value(try scope.resolve(value: alias, kind))
        case .function(let name, let arguments):
            let operands = try operands(arguments, &scope)
            try checkCount(operands, name, 1)
            if let type = operands[0].knownType, ["N", "BOOL", "NULL"].contains(type) { throw wrong(type, name) }
            return .size(operands[0])
        }
    }

    private func function(_ name: String, _ operands: [Operand]) throws(TableError) -> Condition {
        guard let function = ConditionFunction(rawValue: name) else {
            preconditionFailure("Unknown functions are refused before.")
        }
        try checkCount(operands, name, function.operands)
        if operands.count == 2 { try checkDistinct(operands, name) }
        switch function {
        case .attributeExists: return .exists(try path(operands[0], name))
        case .attributeNotExists: return .isAbsent(try path(operands[0], name))
        case .attributeType: return .hasType(operands[0], try typeName(operands[1], name))
        case .beginsWith:
            for case let type? in operands.map(\.knownType) where type != "S" && type != "B" {
                throw wrong(type, name)
            }
            return .beginsWith(operands[0], operands[1])
        case .contains: return .contains(operands[0], operands[1])
        case .size: preconditionFailure("It is no condition, and refused before.")
        }
    }
}

extension ConditionResolver {
    private func wrong(_ type: String, _ name: String) -> TableError {
        kind.fault(
            "Incorrect operand type for operator or function; operator or function: \(name), operand type: \(type)")
    }

    private func checkCount(_ operands: [Operand], _ name: String, _ count: Int) throws(TableError) {
        guard operands.count == count else {
            throw kind.fault(
                "Incorrect number of operands for operator or function; "
                    + "operator or function: \(name), number of operands: \(operands.count)")
        }
    }

    private func checkDistinct(_ operands: [Operand], _ name: String) throws(TableError) {
        guard let first = operands[0].path, first == operands[1].path else { return }
        throw kind.fault(
            "The first operand must be distinct from the remaining operands for this operator or function; "
                + "operator: \(name), first operand: \(first.description)")
    }

    /// Only strings, numbers and binaries have an order.
    private func checkOrdered(_ operands: [Operand], _ name: String) throws(TableError) {
        for case let type? in operands.map(\.knownType) where !["S", "N", "B"].contains(type) {
            throw wrong(type, name)
        }
    }

    private func checkBounds(_ lower: Operand, _ upper: Operand) throws(TableError) {
        guard let lower = lower.literal, let upper = upper.literal else { return }
        let bounds = "lower bound operand: \(lower.shown), upper bound operand: \(upper.shown)"
        guard let order = lower.compared(to: upper) else {
            throw kind.fault("The BETWEEN operator requires same data type for lower and upper bounds; \(bounds)")
        }
        guard order <= 0 else {
            throw kind.fault(
                "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; \(bounds)")
        }
    }

    private func path(_ operand: Operand, _ name: String) throws(TableError) -> DocumentPath {
        guard let path = operand.path else {
            throw kind.fault("Operator or function requires a document path; operator or function: \(name)")
        }
        return path
    }

    private func typeName(_ operand: Operand, _ name: String) throws(TableError) -> String {
        guard case .string(let type)? = operand.literal else {
            // A path could have any type.
            throw wrong(operand.knownType ?? "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}", name)
        }
        guard ["B", "NULL", "SS", "BOOL", "L", "BS", "N", "NS", "S", "M"].contains(type) else {
            throw kind.fault(
                "Invalid attribute type name found; type: \(type), valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}")
        }
        return type
    }
}

extension Item {
    /// As messages show a key: `p=AttributeValue: {S:b}`.
    var shownAttributes: String { attributes.map { "\($0.name)=\($0.value.shown)" }.joined(separator: ", ") }
}

extension AttributeValue {
    /// As messages show a bound: `AttributeValue: {S:b}`.
    fileprivate var shown: String {
        switch self {
        case .string(let text): "AttributeValue: {S:\(text)}"
        case .number(let number): "AttributeValue: {N:\(number.text)}"
        case .binary(let bytes): "AttributeValue: {B:\(Base64.encode(bytes))}"
        default: "AttributeValue: {\(typeCode)}"
        }
    }
}
