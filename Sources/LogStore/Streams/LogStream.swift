import GRDB
import JSON

/// A log stream as it is stored.
struct LogStream {
    var id: Int64
    var name: String
    var created: Int64
    var firstEvent: Int64?
    var lastEvent: Int64?
    var lastIngestion: Int64?

    static let columns = "id, groupId, name, created, isOwn, firstEvent, lastEvent, lastIngestion"
    static let selection = "SELECT \(columns) FROM streams"

    init(_ row: Row) {
        id = row["id"]
        name = row["name"]
        created = row["created"]
        firstEvent = row["firstEvent"]
        lastEvent = row["lastEvent"]
        lastIngestion = row["lastIngestion"]
    }

    static func named(_ name: String, of group: Int64, _ db: Database) throws -> LogStream? {
        let statement = try db.cachedStatement(sql: "\(selection) WHERE groupId = ? AND name = ?")
        return try Row.fetchOne(statement, arguments: [group, name]).map { LogStream($0) }
    }

    static func needed(_ name: String, of group: Int64, _ db: Database) throws -> LogStream {
        guard let stream = try named(name, of: group, db) else { throw LogError.noStream }
        return stream
    }

    @discardableResult
    static func make(_ name: String, of group: Int64, at now: Int64, isOwn: Bool, _ db: Database) throws -> Int64 {
        try db.cachedStatement(sql: "INSERT INTO streams (groupId, name, created, isOwn) VALUES (?, ?, ?, ?)")
            .execute(arguments: [group, name, now, isOwn])
        return db.lastInsertedRowID
    }

    /// When it is ordered by its last event and has none, its making counts.
    var activity: Int64 { lastEvent ?? created }

    /// As it is described. AWS has counted no bytes of streams since 2019.
    func description(_ names: LogNames, group: String) -> JSONValue {
        var object: JSONObject = ["logStreamName": .string(name), "creationTime": .number(Int(created))]
        if let firstEvent { object["firstEventTimestamp"] = .number(Int(firstEvent)) }
        if let lastEvent { object["lastEventTimestamp"] = .number(Int(lastEvent)) }
        if let lastIngestion {
            object["lastIngestionTime"] = .number(Int(lastIngestion))
            object["uploadSequenceToken"] = .string(EventPlace(timestamp: lastIngestion, id: id).text)
        }
        object["arn"] = .string(names.streamARN(group, name))
        object["storedBytes"] = 0
        return .object(object)
    }
}
