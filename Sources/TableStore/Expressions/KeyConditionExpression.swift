/// A KeyConditionExpression: equality for the partition key, and at most one condition for each further attribute of
/// the key. Which attributes those are is only known when the table has been found.
struct KeyConditionExpression: Sendable {
    /// In the order in which they are written.
    private let clauses: [KeyClause]

    init(_ text: String, scope: inout ExpressionScope) throws(TableError) {
        let condition = try Condition(text, .keyCondition, &scope)
        var clauses: [KeyClause] = []
        try KeyClause.collect(condition, into: &clauses)
        self.clauses = clauses
    }

    /// For conditions that did not come as an expression: KeyConditions.
    init(_ clauses: [KeyClause]) { self.clauses = clauses }

    /// - Parameters:
    ///   - partition: the HASH attributes of the table or index; several only for a global secondary index.
    ///   - sort: its RANGE attributes, in the order of the key schema.
    func bind(partition: [KeyAttribute], sort: [KeyAttribute]) throws(TableError) -> KeyCondition {
        let keys = partition.count + sort.count
        guard clauses.count <= keys else {
            throw .validation(
                "The number of query conditions (\(clauses.count)) exceeds the number of key attributes defined "
                    + "in the schema (\(keys))")
        }
        let partitionClauses = partition.compactMap { attribute in clause(for: attribute) }
        // The words for keys of several attributes are those for their RANGE attributes, but for the first one.
        let unequal = partition.filter { clause(for: $0)?.isEquality != true }
        guard partition.count == 1 || unequal.isEmpty else {
            throw .validation(
                "HASH key attributes \(unequal.map(\.name).joined(separator: ", ")) must have equality conditions "
                    + "specified in the query")
        }
        guard partitionClauses.count == partition.count else {
            throw missing(partition.first { clause(for: $0) == nil })
        }
        let sortClauses = sort.map { clause(for: $0) }
        guard partitionClauses.count + sortClauses.count(where: { $0 != nil }) == clauses.count else {
            throw missing(sort.first { clause(for: $0) == nil } ?? partition.first)
        }
        guard partitionClauses.allSatisfy({ $0.isEquality }) else {
            throw .validation("Query key condition not supported")
        }
        for attribute in partition + sort { try clause(for: attribute)?.check(attribute) }
        try checkPrefix(sort)
        return KeyCondition(
            partition: KeyEncoding.bytes(partitionClauses.compactMap(\.equalValue), of: partition.count),
            sort: SortBounds(sortClauses.compactMap { $0 }, of: sort.count))
    }

    private func clause(for attribute: KeyAttribute) -> KeyClause? {
        clauses.first { $0.attribute.utf8.elementsEqual(attribute.name.utf8) }
    }

    private func missing(_ attribute: KeyAttribute?) -> TableError {
        .validation("Query condition missed key schema element: \(attribute?.name ?? "")")
    }

    /// Only the last attribute that has a condition may have another one than equality, and none may be left out
    /// before it.
    private func checkPrefix(_ sort: [KeyAttribute]) throws(TableError) {
        guard let last = sort.lastIndex(where: { clause(for: $0) != nil }) else { return }
        let open = sort[..<last].filter { clause(for: $0)?.isEquality != true }
        guard open.isEmpty else {
            throw .validation(
                "RANGE key attributes \(open.map(\.name).joined(separator: ", ")) must have equality conditions "
                    + "specified in the query because a condition is present on key attribute \(sort[last].name)")
        }
    }
}

/// A key condition for one table or index: the bytes of a partition, and bounds on the bytes of sort keys.
struct KeyCondition: Sendable {
    let partition: [UInt8]
    let sort: SortBounds
}
