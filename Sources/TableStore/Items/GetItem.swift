/// GetItem: one item by its key.
struct GetItem: TableRead {
    private let tableName: String
    private let key: Item
    private let projection: ProjectionExpression?
    private let isConsistent: Bool
    private let capacity: ReturnConsumedCapacity

    init(_ request: RequestMembers) throws(TableError) {
        tableName = try request.tableName()
        var constraints = Constraints()
        let range = constraints.required("Key", of: request)
        capacity = try constraints.choice("ReturnConsumedCapacity", of: request, absent: .none)
        isConsistent = try request.boolean("ConsistentRead") ?? false
        try constraints.check()
        var expressions = try RequestExpressions(
            request, ["ProjectionExpression"], legacy: ["AttributesToGet"], layer: .current)
        key =
            try range.map { range throws(TableError) in
                try Item(parsing: request.body, at: range, layer: .current)
            } ?? Item()
        projection = try expressions.projection()
        try expressions.finish()
    }

    func run(on reader: TableReader) throws(TableError) -> [UInt8] {
        let table = try reader.table(named: tableName)
        let itemKey: ItemKey
        do { itemKey = try table.key(ofKey: key) } catch { throw error.inKey }
        let stored = try reader.item(table, itemKey)
        var body = ResponseBody()
        if let stored {
            body.member("Item")
            if let projection {
                body.append(projection.project(try Item(stored: stored)))
            } else {
                body.append(stored)
            }
        }
        if capacity != .none {
            var consumed = ConsumedCapacity(table)
            consumed.addRead(size: try Item(stored: stored)?.size ?? 0, isConsistent: isConsistent)
            body.member("ConsumedCapacity")
            consumed.write(to: &body, capacity)
        }
        return body.finished()
    }
}
