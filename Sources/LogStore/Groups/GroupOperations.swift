import GRDB
import GatewayModel
import JSON
import Shapes

extension LogOperation {
    static var groups: [LogOperation] {
        [
            LogOperation(
                "CreateLogGroup",
                [
                    .need("logGroupName", .groupName), .may("kmsKeyId", .text(0...256)), .may("tags", .map),
                    .may("logGroupClass", .groupClass), .may("deletionProtectionEnabled", .boolean),
                ]
            ) { store, input throws(LogError) in
                let name = input.needed("logGroupName")
                try LogStore.checkLengths(name)
                let tags = input.map("tags")
                try LogStore.check(tags, input)
                let groupClass = input.text("logGroupClass") ?? "STANDARD"
                guard ["STANDARD", "INFREQUENT_ACCESS"].contains(groupClass) else {
                    throw .unserved("log groups of the class \(groupClass)")
                }
                try await store.write { db in
                    guard try LogGroup.named(name, db) == nil else { throw LogError.groupExists }
                    let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM groups") ?? 0
                    guard count < LogLimits.groups else { throw LogError.limitExceeded }
                    try store.checkRoom(db)
                    try LogGroup.make(
                        name, at: store.now, class: groupClass, kmsKey: input.text("kmsKeyId"),
                        isProtected: input.flag("deletionProtectionEnabled") == true, tags: tags, db)
                }
                return [:]
            },
            LogOperation("DeleteLogGroup", [.need("logGroupName", .groupName)]) { store, input throws(LogError) in
                try await store.change(input) { group, db in
                    guard !group.isProtected else { throw LogError.protected(group.name) }
                    try db.execute(sql: "DELETE FROM groups WHERE id = ?", arguments: [group.id])
                    try db.execute(sql: "DELETE FROM streams WHERE groupId = ?", arguments: [group.id])
                    try db.execute(sql: "INSERT INTO removed (groupId) VALUES (?)", arguments: [group.id])
                }
                store.tidySoon()
                return [:]
            },
            LogOperation(
                "AssociateKmsKey",
                [
                    .need("logGroupName", .groupName), .need("kmsKeyId", .text(0...256)),
                ]
            ) { store, input throws(LogError) in
                try await store.set("kmsKey", input.text("kmsKeyId"), input)
            },
            LogOperation("DisassociateKmsKey", [.need("logGroupName", .groupName)]) { store, input throws(LogError) in
                try await store.set("kmsKey", nil as String?, input)
            },
            LogOperation(
                "PutLogGroupDeletionProtection",
                [
                    .need("logGroupIdentifier", .groupIdentifier), .need("deletionProtectionEnabled", .boolean),
                ]
            ) { store, input throws(LogError) in
                try await store.set("isProtected", input.flag("deletionProtectionEnabled") == true, input)
            },
        ]
    }
}

extension LogError {
    /// AWS's words are not known.
    fileprivate static func protected(_ name: String) -> LogError {
        .validation("The log group \(name) cannot be deleted: its deletion protection is enabled.")
    }
}

extension LogStore {
    static func checkLengths(_ names: String?...) throws(LogError) {
        for name in names where (name?.unicodeScalars.count ?? 0) > LogLimits.nameLength { throw .longName }
    }

    /// The group that a call names, by its name or, where the operation has that, its identifier.
    func groupName(_ input: Input) throws(LogError) -> String {
        let (name, identifier) = (input.text("logGroupName"), input.text("logGroupIdentifier"))
        // Recorded.
        guard name == nil || identifier == nil else {
            throw .validation("LogGroup name and LogGroup ARN are mutually exclusive parameters.")
        }
        guard let name = name ?? identifier.map(names.group) else {
            throw .validation("LogGroup name or LogGroup ARN is required.")
        }
        try Self.checkLengths(name)
        return name
    }

    /// Changes the group that a call names.
    func change(
        _ input: Input, _ body: @escaping @Sendable (LogGroup, Database) throws -> Void
    ) async throws(LogError) {
        let name = try groupName(input)
        try await write { db in try body(try LogGroup.needed(name, db), db) }
    }

    func set(
        _ column: String, _ value: (some DatabaseValueConvertible & Sendable)?, _ input: Input
    ) async throws(LogError) -> JSONObject {
        try await change(input) { group, db in
            try db.execute(sql: "UPDATE groups SET \(column) = ? WHERE id = ?", arguments: [value, group.id])
        }
        return [:]
    }

    /// More of anything is refused when it alone takes the disk: events have gone by then.
    func checkRoom(_ db: Database) throws {
        guard try Self.usedBytes(db) < 2 * storageBytes else { throw LogError.limitExceeded }
    }
}
