/// UpdateItem: changes attributes of an item, or makes the item. Also the Update action of TransactWriteItems.
struct UpdateItem: ItemWrite, TableWrite {
    let tableName: String
    let condition: WriteCondition
    private let key: Item
    private let update: UpdateExpression?
    private let returnValues: ReturnValues
    private let reports: WriteReports

    init(_ request: RequestMembers) throws(TableError) {
        try self.init(request, layer: .current, at: "")
    }

    init(action request: RequestMembers, at path: String) throws(TableError) {
        try self.init(request, layer: .older, at: path)
    }

    private init(_ request: RequestMembers, layer: WireLayer, at path: String) throws(TableError) {
        tableName = try request.tableName(at: path)
        var constraints = Constraints(at: path)
        let range = constraints.required("Key", of: request)
        // An action of a transaction must say what it updates.
        if !path.isEmpty { _ = constraints.required("UpdateExpression", of: request) }
        returnValues = try constraints.choice("ReturnValues", of: request, absent: .none)
        reports = try WriteReports(request, &constraints)
        let onFailure: ReturnValuesOnConditionCheckFailure = try constraints.choice(
            "ReturnValuesOnConditionCheckFailure", of: request, absent: .none)
        try constraints.check()
        (key, update, condition) = try TableError.enveloping(layer) { () throws(TableError) in
            var expressions = try RequestExpressions(
                request, ["UpdateExpression", "ConditionExpression"],
                legacy: path.isEmpty ? ["AttributeUpdates", "Expected", "ConditionalOperator"] : [], layer: layer)
            let key = try range.map { range throws(TableError) in
                try Item(parsing: request.body, at: range, layer: layer)
            }
            let update = try expressions.update()
            let expression = try expressions.condition()
            try expressions.finish()
            return (key ?? Item(), update, WriteCondition(expression: expression, onFailure: onFailure))
        }
    }

    func run(in transaction: WriteTransaction) throws(TableError) -> [UInt8] {
        let change = try perform(in: transaction)
        var body = ResponseBody()
        try writeAttributes(change, to: &body)
        try reports.write(change, to: &body)
        return body.finished()
    }

    var readsItem: Bool { true }

    func key(in table: TableDefinition) throws(KeyFault) -> ItemKey { try table.key(ofKey: key) }

    func check(in table: TableDefinition) throws(TableError) {
        guard let update else { return }
        for name in table.keyAttributes.map(\.name) where update.change(of: name) != nil {
            throw .invalidValues("Cannot update attribute \(name). This attribute is part of the key")
        }
        try table.checkIndexKeys(update.given) { name in update.change(of: name) }
    }

    func outcome(for old: Item?, in table: TableDefinition) throws(TableError) -> ItemChange.Outcome {
        // An item that does not exist has no key either: the expression finds nothing to read.
        var new = old ?? Item()
        if let update {
            guard let updated = try update.apply(to: old) else { return .keep }
            new = updated
        }
        for attribute in table.keyAttributes { new[attribute.name] = key[attribute.name] }
        try table.checkIndexKeys(new) { name in update?.change(of: name) }
        guard new.size <= ItemLimits.itemSize else { throw .updateTooLarge }
        guard new.nesting <= ItemLimits.nesting else {
            throw .validation(
                "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond "
                    + "supported limit")
        }
        return .put(new)
    }

    /// The attributes that ReturnValues asks for; left out when none qualifies.
    private func writeAttributes(_ change: ItemChange, to body: inout ResponseBody) throws(TableError) {
        guard let attributes = try attributes(change), !attributes.isEmpty else { return }
        body.member("Attributes")
        body.append(attributes)
    }

    private func attributes(_ change: ItemChange) throws(TableError) -> Item? {
        switch returnValues {
        case .none: nil
        case .allOld: try change.old()
        case .allNew: try change.new()
        case .updatedOld: try change.old().flatMap { update?.touched(of: $0) }
        case .updatedNew: try change.new().flatMap { update?.touched(of: $0) }
        }
    }
}

extension UpdateExpression {
    /// The attributes that become what the request has for them.
    fileprivate var given: Item {
        var item = Item()
        for case .set(let path, .value(let value)) in actions where path.steps.count == 1 {
            item[path.attribute] = value
        }
        return item
    }

    /// How the expression writes to the attribute or into it; nil when it does not.
    fileprivate func change(of name: String) -> UpdatedAttribute? {
        let changes = actions.filter { $0.path.attribute.utf8.elementsEqual(name.utf8) }
        guard let first = changes.first else { return nil }
        if case .set(_, .value) = first, first.path.steps.count == 1 { return .given }
        return .derived
    }
}

extension Item {
    /// Levels of lists and maps, an attribute's own level counted. Updates add at most one request's levels to an item
    /// within the limit, so the recursion ends soon.
    fileprivate var nesting: Int { attributes.reduce(0) { max($0, $1.value.nesting) } }
}

extension AttributeValue {
    fileprivate var nesting: Int {
        switch self {
        case .list(let values): 1 + values.reduce(0) { max($0, $1.nesting) }
        case .map(let item): 1 + item.nesting
        default: 1
        }
    }
}
