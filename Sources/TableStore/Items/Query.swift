/// Query: the items of one partition, in the order of their sort keys.
struct Query: TableRead {
    private let page: PageRequest
    private let keyCondition: KeyConditionExpression
    private let isForward: Bool
    /// As messages name the filter.
    private let filterName: StaticString

    init(_ request: RequestMembers) throws(TableError) {
        var constraints = Constraints()
        var page = try PageRequest(request, &constraints, layer: .current)
        if let limit = page.limit, limit < 1 {
            constraints.violate(shown: "Limit", "have value greater than or equal to 1")
        }
        filterName = request.range("QueryFilter") == nil ? "Filter Expression" : "QueryFilter"
        isForward = try request.boolean("ScanIndexForward") ?? true
        try constraints.check()
        var expressions = try RequestExpressions(
            request, ["ProjectionExpression", "FilterExpression", "KeyConditionExpression"],
            legacy: ["AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions"], layer: .current)
        guard let keyCondition = try expressions.keyCondition() else {
            throw .validation(
                "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
        }
        self.keyCondition = keyCondition
        try page.parse(&expressions)
        // Of Query's own checks only these are in the newer layer's envelope.
        do { try page.checkSelect() } catch { throw error.inEnvelope }
        self.page = page
    }

    func run(on reader: TableReader) throws(TableError) -> [UInt8] {
        let source = try PageSource(page, of: try reader.table(named: page.tableName))
        let condition = try keyCondition.bind(partition: source.partition, sort: source.sort)
        // Only an empty string or binary has no bytes.
        guard !condition.partition.isEmpty else {
            throw KeyFault.empty(source.partition[0].name, source.partition[0].type).inKey
        }
        try checkFilter(source)
        let partition = ItemPartition(condition.partition)
        let bounds = condition.sort
        let start = try page.startKey.map { key throws(TableError) in
            try Self.start(at: key, source, partition, bounds)
        }
        return try Page.read(
            page, source, .partition(partition, bounds), from: start, forward: isForward, on: reader)
    }

    private static func start(
        at key: Item, _ source: PageSource, _ partition: ItemPartition, _ bounds: SortBounds
    ) throws(TableError) -> StartPosition {
        guard let start = source.position(of: key) else {
            throw .validation("The provided starting key is invalid")
        }
        // One item at most is asked for, and nothing follows it.
        guard !source.hasOneItemOfAPartition else {
            throw .validation(
                "The provided exclusive start key is invalid: ExclusiveStartKey: {\(key.shownAttributes)}")
        }
        guard start.key.partition == partition.bytes else {
            throw .validation(
                "The provided starting key is outside query boundaries based on provided conditions")
        }
        guard bounds.contains(start.key.sort) else {
            throw .validation("The provided starting key does not match the range key predicate")
        }
        return start
    }

    private func checkFilter(_ source: PageSource) throws(TableError) {
        let keys = source.partition + source.sort
        for path in page.filter?.paths ?? [] {
            guard keys.contains(where: { $0.name.utf8.elementsEqual(path.attribute.utf8) }) else { continue }
            throw .validation(
                "\(filterName) can only contain non-primary key attributes: Primary key attribute: "
                    + path.attribute)
        }
    }
}
