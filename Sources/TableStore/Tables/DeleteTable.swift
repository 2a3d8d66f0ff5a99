import JSON

/// DeleteTable.
struct DeleteTable: TableWrite {
    private let name: String

    init(_ request: RequestMembers) throws(TableError) { name = try request.tableName() }

    func run(in transaction: WriteTransaction) throws(TableError) -> [UInt8] {
        let table = try transaction.describedTable(name)
        guard !table.description.isDeletionProtected else {
            throw .validation(
                "Resource cannot be deleted as it is currently protected against deletion. "
                    + "Disable deletion protection first.")
        }
        try transaction.remove(table)
        var description = TableDescription(table.description, transaction.account)
        description.status = "DELETING"
        description.isShort = true
        return JSONValue.object(["TableDescription": .object(description.json)]).bytes
    }
}
