/// TransactGetItems: up to a hundred items as they are at one moment.
struct TransactGetItems: TableRead {
    private struct Get {
        let tableName: String
        let key: Item
        let projection: ProjectionExpression?
    }

    private let gets: [Get]
    private let capacity: ReturnConsumedCapacity

    init(_ request: RequestMembers) throws(TableError) {
        let elements = try request.transactItems()
        var constraints = Constraints()
        capacity = try constraints.choice("ReturnConsumedCapacity", of: request, absent: .none)
        try constraints.check()
        var gets: [Get] = []
        for (position, element) in elements.enumerated() {
            let path = "transactItems.\(position + 1).member."
            var constraints = Constraints(at: path)
            let action = try RequestMembers(request.body, in: element)
            _ = constraints.required("Get", of: action)
            try constraints.check()
            if let get = try action.members("Get") { gets.append(try Self.get(get, "\(path)get.")) }
        }
        self.gets = gets
    }

    private static func get(_ request: RequestMembers, _ path: String) throws(TableError) -> Get {
        let tableName = try request.tableName(at: path)
        var constraints = Constraints(at: path)
        let range = constraints.required("Key", of: request)
        try constraints.check()
        var expressions = try RequestExpressions(request, ["ProjectionExpression"], legacy: [], layer: .older)
        let key = try range.map { range throws(TableError) in
            try Item(parsing: request.body, at: range, layer: .older)
        }
        let projection = try expressions.projection()
        try expressions.finish()
        return Get(tableName: tableName, key: key ?? Item(), projection: projection)
    }

    func run(on reader: TableReader) throws(TableError) -> [UInt8] {
        var targets = TransactionTargets(gets.map(\.tableName))
        try targets.find(in: reader.table(named:)) { position, table throws(KeyFault) in
            try table.key(ofKey: gets[position].key)
        }
        let keys = try targets.keys { $1.inKey }
        let items = try reader.snapshot { () throws(TableError) in
            var items: [Item?] = []
            for (target, key) in zip(targets.found, keys) {
                items.append(try Item(stored: try reader.item(target.table, key)))
            }
            return items
        }
        guard items.reduce(0, { $0 + ($1?.size ?? 0) }) <= ItemLimits.transactionSize else {
            throw .transactionTooLarge
        }
        return response(targets.found.map(\.table), items)
    }

    private func response(_ tables: [TableDefinition], _ items: [Item?]) -> [UInt8] {
        var body = ResponseBody()
        body.member("Responses")
        body.array(zip(gets, items)) { body, element in
            let (get, item) = element
            body.object { body in
                guard let item else { return }
                body.member("Item")
                body.append(get.projection?.project(item) ?? item)
            }
        }
        if capacity != .none {
            var capacities: [ConsumedCapacity] = []
            for (table, item) in zip(tables, items) {
                ConsumedCapacity.update(&capacities, table, isTransaction: true) { consumed in
                    consumed.addRead(size: item?.size ?? 0, isConsistent: true)
                }
            }
            body.member("ConsumedCapacity")
            body.array(capacities) { body, consumed in consumed.write(to: &body, capacity) }
        }
        return body.finished()
    }
}
