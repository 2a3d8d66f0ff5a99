import GatewayModel
import Synchronization

/// The definitions of all tables, for every thread. Writers replace them once they are durable.
final class TableCatalogue: Sendable {
    let account: AccountIdentity
    private let tables = Mutex<[String: TableDefinition]>([:])
    private let changes = Atomic(0)

    init(account: AccountIdentity) { self.account = account }

    /// By name, or by an ARN of this account and region.
    func table(named nameOrARN: String) -> TableDefinition? {
        guard let name = name(nameOrARN) else { return nil }
        return tables.withLock { $0[name] }
    }

    /// The name in an ARN, or the name itself; nil for an ARN of elsewhere.
    func name(_ nameOrARN: String) -> String? {
        guard nameOrARN.hasPrefix("arn:") else { return nameOrARN }
        let prefix = account.tableARN("")
        return nameOrARN.hasPrefix(prefix) ? String(nameOrARN.dropFirst(prefix.count)) : nil
    }

    /// In the order of their bytes.
    var names: [String] {
        tables.withLock { $0.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
    }

    var all: [TableDefinition] { tables.withLock { Array($0.values) } }

    /// nil removes.
    func replace(_ changes: [String: TableDefinition?]) {
        guard !changes.isEmpty else { return }
        tables.withLock { tables in
            for (name, table) in changes { tables[name] = table }
        }
        self.changes.wrappingAdd(1, ordering: .releasing)
    }

    /// How often definitions have changed: what was made for one that is gone is worth nothing.
    var generation: Int { changes.load(ordering: .acquiring) }
}

extension AccountIdentity {
    package func tableARN(_ name: String) -> String {
        "arn:\(partition):dynamodb:\(region):\(accountId):table/\(name)"
    }
}
