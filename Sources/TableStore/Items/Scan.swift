/// Scan: all items of a table or index, or of one of several segments, in the order of their partitions' hashes.
struct Scan: TableRead {
    private let page: PageRequest
    private let segment: Int
    private let totalSegments: Int

    init(_ request: RequestMembers) throws(TableError) {
        var constraints = Constraints()
        var page = try PageRequest(request, &constraints, layer: .older)
        constraints.minimum("Limit", page.limit, 1)
        let segment = try request.integer("Segment")
        let totalSegments = try request.integer("TotalSegments")
        constraints.minimum("Segment", segment, 0)
        constraints.maximum("Segment", segment, ItemLimits.totalSegments - 1)
        constraints.minimum("TotalSegments", totalSegments, 1)
        constraints.maximum("TotalSegments", totalSegments, ItemLimits.totalSegments)
        try constraints.check()
        (self.segment, self.totalSegments) = try Self.segments(segment, totalSegments)
        var expressions = try RequestExpressions(
            request, ["ProjectionExpression", "FilterExpression"],
            legacy: ["AttributesToGet", "ScanFilter", "ConditionalOperator"], layer: .older)
        try page.parse(&expressions)
        try page.checkSelect()
        self.page = page
    }

    private static func segments(_ segment: Int?, _ total: Int?) throws(TableError) -> (Int, Int) {
        switch (segment, total) {
        case (nil, nil): return (0, 1)
        case (.some, nil):
            throw .validation(
                "The TotalSegments parameter is required but was not present in the request when Segment parameter "
                    + "is present")
        case (nil, .some):
            throw .validation(
                "The Segment parameter is required but was not present in the request when parameter TotalSegments "
                    + "is present")
        case (let segment?, let total?):
            guard segment < total else {
                throw .validation(
                    "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
                        + "Segment: \(segment) is not less than TotalSegments: \(total)")
            }
            return (segment, total)
        }
    }

    func run(on reader: TableReader) throws(TableError) -> [UInt8] {
        let source = try PageSource(page, of: try reader.table(named: page.tableName))
        let hashes = hash(at: segment)..<hash(at: segment + 1)
        let start = try page.startKey.map { key throws(TableError) in
            try self.start(at: key, source, hashes)
        }
        return try Page.read(page, source, .hashes(hashes), from: start, forward: true, on: reader)
    }

    /// Where a segment begins; the one after the last begins at the end.
    private func hash(at segment: Int) -> Int64 { ItemKey.hashes * Int64(segment) / Int64(totalSegments) }

    private func start(at key: Item, _ source: PageSource, _ hashes: Range<Int64>) throws(TableError) -> StartPosition {
        guard let start = source.position(of: key) else {
            let isTable = source.index == nil
            throw .validation(
                "The provided starting key is invalid"
                    + (isTable ? ": The provided key element does not match the schema" : ""))
        }
        guard hashes.contains(start.key.hash) else {
            throw .validation(
                "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with "
                    + "correct Segment. TotalSegments: \(totalSegments) Segment: \(segment)")
        }
        return start
    }
}
