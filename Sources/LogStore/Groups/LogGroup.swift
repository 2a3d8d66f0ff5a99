import GRDB
import GatewayModel
import JSON

/// A log group as it is stored.
struct LogGroup {
    var id: Int64
    var name: String
    var created: Int64
    var retentionDays: Int?
    var groupClass: String
    var kmsKey: String?
    var isProtected: Bool
    var tags: OrderedMap<String>
    var storedBytes: Int64

    static let columns = "id, name, created, retention, class, kmsKey, isProtected, tags, storedBytes"
    static let selection = "SELECT \(columns) FROM groups"

    init(_ row: Row) {
        id = row["id"]
        name = row["name"]
        created = row["created"]
        retentionDays = row["retention"]
        groupClass = row["class"]
        kmsKey = row["kmsKey"]
        isProtected = row["isProtected"]
        storedBytes = row["storedBytes"]
        let text: String = row["tags"]
        let object = (try? JSONValue(parsing: Array(text.utf8)))?.object ?? [:]
        tags = OrderedMap(object.members.compactMap { key, value in value.string.map { (key, $0) } })
    }

    static func named(_ name: String, _ db: Database) throws -> LogGroup? {
        let statement = try db.cachedStatement(sql: "\(selection) WHERE name = ?")
        return try Row.fetchOne(statement, arguments: [name]).map { LogGroup($0) }
    }

    static func needed(_ name: String, _ db: Database) throws -> LogGroup {
        guard let group = try named(name, db) else { throw LogError.noGroup }
        return group
    }

    @discardableResult
    static func make(
        _ name: String, at now: Int64, class groupClass: String = "STANDARD", kmsKey: String? = nil,
        isProtected: Bool = false, tags: OrderedMap<String> = [:], _ db: Database
    ) throws -> Int64 {
        try db.execute(
            sql: """
                INSERT INTO groups (name, created, class, kmsKey, isProtected, tags, storedBytes)
                VALUES (?, ?, ?, ?, ?, ?, 0)
                """, arguments: [name, now, groupClass, kmsKey, isProtected, tags.asJSON.text])
        return db.lastInsertedRowID
    }

    /// Events before this moment have expired.
    func expiry(at now: Int64) -> Int64 {
        retentionDays.map { now - Int64($0) * LogGroup.millisecondsOfDay } ?? Int64.min
    }

    static let millisecondsOfDay: Int64 = 86_400_000

    /// As it is described, with the members that recorded answers have.
    func description(_ names: LogNames) -> JSONValue {
        var object: JSONObject = ["logGroupName": .string(name), "creationTime": .number(Int(created))]
        if let retentionDays { object["retentionInDays"] = .number(retentionDays) }
        object["metricFilterCount"] = 0
        object["arn"] = .string(names.groupARN(name) + ":*")
        object["storedBytes"] = .number(Int(storedBytes))
        if let kmsKey { object["kmsKeyId"] = .string(kmsKey) }
        object["logGroupClass"] = .string(groupClass)
        object["logGroupArn"] = .string(names.groupARN(name))
        object["deletionProtectionEnabled"] = .bool(isProtected)
        return .object(object)
    }
}

extension OrderedMap<String> {
    var asJSON: JSONValue { .object(JSONObject(entries.map { ($0.key, .string($0.value)) })) }
}
