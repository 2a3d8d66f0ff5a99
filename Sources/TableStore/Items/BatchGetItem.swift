/// BatchGetItem: up to a hundred items of several tables, in no order.
struct BatchGetItem: TableRead {
    /// What is asked of one table.
    private struct TableKeys {
        let tableName: String
        let keys: [Item]
        let projection: ProjectionExpression?
        let isConsistent: Bool
        /// Where each key stands in the request, and the members beside `Keys`, to be given back when keys are left.
        let keyRanges: [Range<Int>]
        let otherMembers: [(name: String, range: Range<Int>)]
    }

    private let body: [UInt8]
    private let tables: [TableKeys]
    private let capacity: ReturnConsumedCapacity

    init(_ request: RequestMembers) throws(TableError) {
        body = request.body
        var constraints = Constraints()
        capacity = try constraints.choice("ReturnConsumedCapacity", of: request, absent: .none)
        let entries = try request.members("RequestItems")?.all
        guard let entries else {
            constraints.violate("requestItems", value: nil, "not be null")
            try constraints.check()
            throw .validation("The requestItems parameter is required for BatchGetItem")
        }
        if entries.isEmpty { constraints.violate(shown: "RequestItems", "have length greater than or equal to 1") }
        try constraints.check()
        var tables: [TableKeys] = []
        for entry in entries {
            try RequestMembers.checkTableName(entry.name, "requestItems.\(entry.name).member")
            tables.append(try Self.keys(of: entry.name, try RequestMembers(request.body, in: entry.range)))
        }
        guard tables.reduce(0, { $0 + $1.keys.count }) <= ItemLimits.batchGetKeys else {
            throw .validation("Too many items requested for the BatchGetItem call")
        }
        self.tables = tables
    }

    private static func keys(of table: String, _ request: RequestMembers) throws(TableError) -> TableKeys {
        var constraints = Constraints()
        let member = "RequestItems.\(table).member.Keys"
        let ranges = try request.elements("Keys")
        switch ranges?.count {
        case nil: constraints.violate("requestItems.\(table).member.keys", value: nil, "not be null")
        case 0?: constraints.violate(shown: member, "have length greater than or equal to 1")
        case let count? where count > ItemLimits.batchGetKeys:
            constraints.violate(shown: member, "have length less than or equal to \(ItemLimits.batchGetKeys)")
        default: break
        }
        try constraints.check()
        var expressions = try RequestExpressions(
            request, ["ProjectionExpression"], legacy: ["AttributesToGet"], layer: .current)
        var keys: [Item] = []
        for range in ranges ?? [] { keys.append(try Item(parsing: request.body, at: range, layer: .current)) }
        let projection = try expressions.projection()
        try expressions.finish()
        return TableKeys(
            tableName: table, keys: keys, projection: projection,
            isConsistent: try request.boolean("ConsistentRead") ?? false, keyRanges: ranges ?? [],
            otherMembers: request.all.filter { $0.name != "Keys" })
    }

    func run(on reader: TableReader) throws(TableError) -> [UInt8] {
        var found: [(table: TableDefinition, keys: [ItemKey])] = []
        // A table may be named by its name and by its ARN.
        var seen: [Int: Set<ItemKey>] = [:]
        for wanted in tables {
            let table = try reader.table(named: wanted.tableName)
            found.append((table, try Self.itemKeys(wanted.keys, of: table, &seen[table.id, default: []])))
        }
        var room = ItemLimits.batchGetSize
        var textRoom = ItemLimits.batchGetText
        var capacities: [ConsumedCapacity] = []
        var answered: [Int] = []
        var response = ResponseBody()
        response.member("Responses")
        try response.object { response throws(TableError) in
            for (wanted, (table, keys)) in zip(tables, found) {
                response.member(named: wanted.tableName)
                var documents: [[UInt8]] = []
                var count = 0
                for key in keys {
                    guard room > 0 else { break }
                    let stored = try reader.item(table, key)
                    let size = try Item(stored: stored)?.size ?? 0
                    guard size <= room, stored?.count ?? 0 <= textRoom else {
                        room = 0
                        break
                    }
                    room -= size
                    textRoom -= stored?.count ?? 0
                    count += 1
                    if capacity != .none {
                        ConsumedCapacity.update(&capacities, table, isTransaction: false) { consumed in
                            consumed.addRead(size: size, isConsistent: wanted.isConsistent)
                        }
                    }
                    if let stored { documents.append(try wanted.projection?.projected(stored) ?? stored) }
                }
                answered.append(count)
                response.array(documents) { response, document in response.append(document) }
            }
        }
        response.member("UnprocessedKeys")
        response.object { response in
            for (wanted, count) in zip(tables, answered) where count < wanted.keys.count {
                response.member(named: wanted.tableName)
                writeRest(of: wanted, from: count, to: &response)
            }
        }
        if capacity != .none {
            response.member("ConsumedCapacity")
            response.array(capacities) { response, consumed in consumed.write(to: &response, capacity) }
        }
        return response.finished()
    }

    private static func itemKeys(
        _ keys: [Item], of table: TableDefinition, _ seen: inout Set<ItemKey>
    ) throws(TableError) -> [ItemKey] {
        var itemKeys: [ItemKey] = []
        for key in keys {
            do { itemKeys.append(try table.key(ofKey: key)) } catch { throw error.inKey }
        }
        guard itemKeys.allSatisfy({ seen.insert($0).inserted }) else { throw .duplicateKeys }
        return itemKeys
    }

    /// The part of the request that the client is to send again.
    private func writeRest(of wanted: TableKeys, from count: Int, to response: inout ResponseBody) {
        response.object { response in
            response.member("Keys")
            response.array(wanted.keyRanges[count...]) { response, range in response.append(body[range]) }
            for (name, range) in wanted.otherMembers {
                response.member(named: name)
                response.append(body[range])
            }
        }
    }
}

extension ProjectionExpression {
    fileprivate func projected(_ document: [UInt8]) throws(TableError) -> [UInt8] {
        project(try Item(stored: document)).text
    }
}

extension TableError {
    static let duplicateKeys = validation("Provided list of item keys contains duplicates")
}
