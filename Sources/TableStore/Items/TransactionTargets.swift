/// The items that the actions of a transaction are about.
struct TransactionTargets {
    private let tableNames: [String]
    private(set) var found: [(table: TableDefinition, key: Result<ItemKey, KeyFault>)] = []

    init(_ tableNames: [String]) { self.tableNames = tableNames }

    /// Finds tables and keys. Two actions on one item are refused first, then unknown tables, then empty keys.
    mutating func find(
        in tables: (String) throws(TableError) -> TableDefinition,
        key: (Int, TableDefinition) throws(KeyFault) -> ItemKey
    ) throws(TableError) {
        var missing: TableError?
        var seen: Set<Target> = []
        for (position, name) in tableNames.enumerated() {
            let table: TableDefinition
            do { table = try tables(name) } catch {
                missing = missing ?? error
                continue
            }
            let target: Result<ItemKey, KeyFault>
            do { target = .success(try key(position, table)) } catch { target = .failure(error) }
            if case .success(let key) = target, !seen.insert(Target(table: table.id, key: key)).inserted {
                throw .validation("Transaction request cannot include multiple operations on one item")
            }
            found.append((table, target))
        }
        if let missing { throw missing }
        for case (_, .failure(let fault)) in found where fault.isEmptyValue { throw fault.inKey }
    }

    /// The keys; the first that does not fit cancels the transaction alone, before anything else is looked at.
    ///
    /// - Parameter error: the fault as the action at a position words it.
    func keys(_ error: (Int, KeyFault) -> TableError) throws(TableError) -> [ItemKey] {
        var keys: [ItemKey] = []
        for (position, (_, key)) in found.enumerated() {
            switch key {
            case .success(let key): keys.append(key)
            case .failure(let fault):
                guard let reason = CancellationReason(error(position, fault)) else { break }
                var reasons = Array(repeating: CancellationReason.none, count: found.count)
                reasons[position] = reason
                try CancellationReason.check(reasons)
            }
        }
        return keys
    }

    private struct Target: Hashable {
        let table: Int
        let key: ItemKey
    }
}
