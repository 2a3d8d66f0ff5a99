import JSON

/// ListTables: names in the order of their bytes.
struct ListTables: TableRead {
    private let limit: Int
    private let start: String?

    private static let pageLength = 100

    init(_ request: RequestMembers) throws(TableError) {
        let limit = try request.integer("Limit")
        let start = try request.string("ExclusiveStartTableName")
        var constraints = Constraints()
        if let start { constraints.name(start, "exclusiveStartTableName") }
        constraints.minimum("Limit", limit, 1)
        constraints.maximum("Limit", limit, Self.pageLength)
        try constraints.check()
        self.limit = limit ?? Self.pageLength
        self.start = start
    }

    func run(on reader: TableReader) throws(TableError) -> [UInt8] {
        var names = reader.catalogue.names
        if let start { names.removeAll { !start.utf8.lexicographicallyPrecedes($0.utf8) } }
        var answer: JSONObject = ["TableNames": .array(names.prefix(limit).map { .string($0) })]
        if names.count > limit { answer["LastEvaluatedTableName"] = .string(names[limit - 1]) }
        return JSONValue.object(answer).bytes
    }
}
