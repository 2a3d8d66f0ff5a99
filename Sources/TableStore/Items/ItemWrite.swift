/// What PutItem, UpdateItem, DeleteItem and the actions of TransactWriteItems have in common: one item, a condition on
/// it, and what becomes of it.
protocol ItemWrite: Sendable {
    var tableName: String { get }
    var condition: WriteCondition { get }
    /// Whether `replacement` asks what the item was.
    var readsItem: Bool { get }

    func key(in table: TableDefinition) throws(KeyFault) -> ItemKey

    /// The fault as this operation words it.
    func error(of fault: KeyFault) -> TableError

    /// What can be checked before the item is read.
    func check(in table: TableDefinition) throws(TableError)

    /// What becomes of the item.
    func outcome(for old: Item?, in table: TableDefinition) throws(TableError) -> ItemChange.Outcome
}

extension ItemWrite {
    var readsItem: Bool { false }

    func error(of fault: KeyFault) -> TableError { fault.inKey }

    func check(in table: TableDefinition) throws(TableError) {}

    /// Makes the change.
    func perform(in transaction: WriteTransaction) throws(TableError) -> ItemChange {
        let table = try transaction.table(named: tableName)
        let key: ItemKey
        do { key = try self.key(in: table) } catch { throw self.error(of: error) }
        let change = try decide(in: transaction, table, key)
        try change.apply(in: transaction)
        return change
    }

    /// Reads the item, checks the condition and decides what becomes of it.
    func decide(
        in transaction: WriteTransaction, _ table: TableDefinition, _ key: ItemKey
    ) throws(TableError) -> ItemChange {
        try check(in: table)
        let stored = try transaction.item(table, key)
        let isRead = readsItem || condition.expression != nil
        let old = isRead ? try Item(stored: stored) : nil
        try condition.check(old, stored: stored, &transaction.budget)
        return ItemChange(table: table, key: key, stored: stored, outcome: try outcome(for: old, in: table))
    }
}

/// ConditionExpression, and what a client wants to know when it is false.
struct WriteCondition: Sendable {
    let expression: ConditionExpression?
    let onFailure: ReturnValuesOnConditionCheckFailure

    /// - Parameter stored: the item's document, when there is an item.
    func check(_ item: Item?, stored: [UInt8]?, _ budget: inout EvaluationBudget) throws(TableError) {
        guard let expression, try !expression.matches(item, &budget) else { return }
        var error = TableError.conditionalCheckFailed
        if onFailure == .allOld, let stored { error.members = Array(",\"Item\":".utf8) + stored }
        throw error
    }
}
