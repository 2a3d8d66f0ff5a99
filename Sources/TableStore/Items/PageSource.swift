/// The table or index that a Query or Scan reads, and what of its items the client gets.
struct PageSource {
    /// What a client gets of an item.
    enum Content {
        case nothing
        /// The item as it is stored.
        case item
        case indexed(IndexDefinition)
        case projected(ProjectionExpression)
    }

    let table: TableDefinition
    let index: IndexDefinition?
    let content: Content
    /// Whether filters see only what the index has.
    let isConfinedToIndex: Bool

    init(_ request: PageRequest, of table: TableDefinition) throws(TableError) {
        self.table = table
        guard let name = request.indexName else {
            index = nil
            isConfinedToIndex = false
            content = request.select == .count ? .nothing : request.projection.map { .projected($0) } ?? .item
            return
        }
        guard let index = table.index(named: name) else {
            throw .validation("The table does not have the specified index: \(name)")
        }
        if index.isGlobal, request.isConsistent {
            throw .validation("Consistent reads are not supported on global secondary indexes")
        }
        self.index = index
        if index.isGlobal { try index.checkProjects(request) }
        // A local index fetches from the table what it does not have itself.
        let isFetched = request.select == .allAttributes || request.projection.map { !index.projects($0) } ?? false
        isConfinedToIndex = !isFetched && !index.hasAll
        content =
            if request.select == .count {
                .nothing
            } else if let projection = request.projection {
                .projected(projection)
            } else {
                isConfinedToIndex ? .indexed(index) : .item
            }
    }

    var items: ItemSource { index.map { .index($0, of: table) } ?? .table(table) }

    var partition: [KeyAttribute] { index?.partition ?? [table.partitionKey] }

    var sort: [KeyAttribute] { index?.sort ?? table.sortKey.map { [$0] } ?? [] }

    /// Whether a partition has but one item: of a table without sort key. In an index many may share a key.
    var hasOneItemOfAPartition: Bool { index == nil && table.sortKey == nil }

    /// The key of the last item that was read: the table's key, and the index's.
    func lastKey(of item: Item) -> Item {
        var key = Item()
        for attribute in positionAttributes { key[attribute.name] = item[attribute.name] }
        return key
    }

    /// Nil when the start key has not the form of a last key.
    func position(of startKey: Item) -> StartPosition? {
        guard startKey.count == positionAttributes.count, let itemKey = try? table.key(of: startKey) else { return nil }
        guard let index else { return StartPosition(key: itemKey, itemKey: itemKey) }
        return index.key(of: startKey).map { StartPosition(key: $0, itemKey: itemKey) }
    }

    private var positionAttributes: [KeyAttribute] {
        var attributes = table.keyAttributes
        for attribute in index?.keyAttributes ?? [] where !attributes.contains(attribute) {
            attributes.append(attribute)
        }
        return attributes
    }
}

extension IndexDefinition {
    fileprivate var hasAll: Bool {
        if case .all = projection { true } else { false }
    }

    fileprivate func projects(_ expression: ProjectionExpression) -> Bool { missing(from: expression).isEmpty }

    private func missing(from expression: ProjectionExpression) -> [String] {
        guard case .attributes(let names) = projection else { return [] }
        return expression.paths.map(\.attribute).filter { attribute in
            !names.contains { $0.utf8.elementsEqual(attribute.utf8) }
        }
    }

    /// A global index gives only what it has.
    fileprivate func checkProjects(_ request: PageRequest) throws(TableError) {
        if request.select == .allAttributes, !hasAll {
            throw .invalidValues(
                "Select type ALL_ATTRIBUTES is not supported for global secondary index \(name) because its "
                    + "projection type is not ALL")
        }
        let missing = request.projection.map(missing(from:)) ?? []
        guard missing.isEmpty else {
            throw .invalidValues(
                "Global secondary index \(name) does not project [\(missing.joined(separator: ", "))]")
        }
    }
}
