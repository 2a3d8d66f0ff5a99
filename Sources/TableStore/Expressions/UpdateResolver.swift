/// Looks up names and values of an update expression and checks its operands, in the order in which they are written.
struct UpdateResolver {
    private let kind = ExpressionKind.update

    func actions(_ update: WrittenUpdate, _ scope: inout ExpressionScope) throws(TableError) -> [UpdateAction] {
        try checkWords(update)
        try checkFunctions(update)
        for section in WrittenUpdate.Section.allCases where update.sections.count(where: { $0 == section }) > 1 {
            throw kind.fault("The \"\(section.rawValue)\" section can only be used once in an update expression;")
        }
        var actions: [UpdateAction] = []
        for action in update.actions { actions.append(try self.action(action, &scope)) }
        try actions.map(\.path).checkApart(kind)
        return actions
    }

    private func action(
        _ action: WrittenUpdate.Action, _ scope: inout ExpressionScope
    ) throws(TableError) -> UpdateAction {
        switch action {
        case .set(let path, let value):
            let path = try scope.resolve(path, kind)
            return .set(path, try self.value(value, &scope))
        case .remove(let path): return .remove(try scope.resolve(path, kind))
        case .add(let path, let alias):
            let path = try scope.resolve(path, kind)
            let value = try scope.resolve(value: alias, kind)
            try check(value, "ADD", takesNumbers: true)
            return .add(path, value)
        case .delete(let path, let alias):
            let path = try scope.resolve(path, kind)
            let value = try scope.resolve(value: alias, kind)
            try check(value, "DELETE", takesNumbers: false)
            return .delete(path, value)
        }
    }

    private func value(
        _ written: WrittenUpdateValue, _ scope: inout ExpressionScope
    ) throws(TableError) -> UpdateValue {
        switch written {
        case .operand(let operand): return try self.operand(operand, &scope)
        case .sum(let left, let right):
            let left = try operand(left, &scope)
            let right = try operand(right, &scope)
            try check([left, right], "+", type: "N")
            return .sum(left, right)
        case .difference(let left, let right):
            let left = try operand(left, &scope)
            let right = try operand(right, &scope)
            try check([left, right], "-", type: "N")
            return .difference(left, right)
        }
    }

    private func operand(_ written: WrittenOperand, _ scope: inout ExpressionScope) throws(TableError) -> UpdateValue {
        switch written {
        case .path(let path): return .path(try scope.resolve(path, kind))
        case .value(let alias): return .value(try scope.resolve(value: alias, kind))
        case .function(let name, let arguments):
            var operands: [UpdateValue] = []
            for argument in arguments { operands.append(try operand(argument, &scope)) }
            guard operands.count == 2 else {
                throw kind.fault(
                    "Incorrect number of operands for operator or function; "
                        + "operator or function: \(name), number of operands: \(operands.count)")
            }
            guard name == Self.ifNotExists else {
                try check(operands, name, type: "L")
                return .listAppend(operands[0], operands[1])
            }
            guard case .path(let path) = operands[0] else {
                throw kind.fault("Operator or function requires a document path; operator or function: \(name)")
            }
            return .ifNotExists(path, operands[1])
        }
    }

    private static let ifNotExists = "if_not_exists"
    private static let listAppend = "list_append"
    static let functions = [ifNotExists, listAppend]
}

extension UpdateResolver {
    private func check(_ operands: [UpdateValue], _ name: String, type: String) throws(TableError) {
        for case let literal? in operands.map(\.literalType) where literal != type {
            throw kind.fault(
                "Incorrect operand type for operator or function; "
                    + "operator or function: \(name), operand type: \(literal)")
        }
    }

    /// ADD takes numbers and sets, DELETE sets only.
    private func check(_ value: AttributeValue, _ section: String, takesNumbers: Bool) throws(TableError) {
        let type: String
        switch value {
        case .stringSet, .numberSet, .binarySet: return
        case .number:
            if takesNumbers { return }
            type = "NUMBER"
        case .string: type = "STRING"
        case .binary: type = "BINARY"
        case .bool: type = "BOOLEAN"
        case .null: type = "NULL"
        case .list: type = "LIST"
        case .map: type = "MAP"
        }
        throw kind.fault(
            "Incorrect operand type for operator or function; operator: \(section), operand type: \(type)")
    }

    private func checkWords(_ update: WrittenUpdate) throws(TableError) {
        for action in update.actions {
            switch action {
            case .remove(let path), .add(let path, _), .delete(let path, _): try path.checkWords(kind)
            case .set(let path, let value):
                try path.checkWords(kind)
                for operand in value.operands { try operand.checkWords(kind) }
            }
        }
    }

    private func checkFunctions(_ update: WrittenUpdate) throws(TableError) {
        for case .set(_, let value) in update.actions {
            for operand in value.operands { try checkFunctions(operand) }
        }
    }

    private func checkFunctions(_ operand: WrittenOperand) throws(TableError) {
        guard case .function(let name, let arguments) = operand else { return }
        guard Self.functions.contains(name) else {
            throw kind.fault("Invalid function name; function: \(name)")
        }
        for argument in arguments {
            // It is unconfirmed whether `if_not_exists` may have `list_append` for a value; it may here.
            if name == Self.listAppend, case .function(Self.listAppend, _) = argument {
                throw kind.fault(
                    "The function is not allowed to be used this way in an expression; function: \(name)")
            }
            try checkFunctions(argument)
        }
    }
}

extension WrittenUpdateValue {
    fileprivate var operands: [WrittenOperand] {
        switch self {
        case .operand(let operand): [operand]
        case .sum(let left, let right), .difference(let left, let right): [left, right]
        }
    }
}
