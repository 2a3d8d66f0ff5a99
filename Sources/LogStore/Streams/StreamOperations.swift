import GRDB
import JSON
import Shapes

extension LogOperation {
    static var streams: [LogOperation] {
        [
            LogOperation("CreateLogStream", [.need("logGroupName", .groupName), .need("logStreamName", .streamName)]) {
                store, input throws(LogError) in
                let name = input.needed("logStreamName")
                try LogStore.checkLengths(name)
                try await store.change(input) { group, db in
                    guard try LogStream.named(name, of: group.id, db) == nil else { throw LogError.streamExists }
                    try store.checkRoom(db)
                    try LogStream.make(name, of: group.id, at: store.now, isOwn: false, db)
                }
                return [:]
            },
            LogOperation("DeleteLogStream", [.need("logGroupName", .groupName), .need("logStreamName", .streamName)]) {
                store, input throws(LogError) in
                let name = input.needed("logStreamName")
                try LogStore.checkLengths(name)
                try await store.change(input) { group, db in
                    let stream = try LogStream.needed(name, of: group.id, db)
                    try db.execute(sql: "DELETE FROM streams WHERE id = ?", arguments: [stream.id])
                    try db.execute(sql: "INSERT INTO removed (streamId) VALUES (?)", arguments: [stream.id])
                }
                store.tidySoon()
                return [:]
            },
            LogOperation(
                "DescribeLogStreams",
                [
                    .may("logGroupName", .groupName), .may("logGroupIdentifier", .groupIdentifier),
                    .may("logStreamNamePrefix", .streamName),
                    .may("orderBy", .choice(["LogStreamName", "LastEventTime"])),
                    .may("descending", .boolean), .may("nextToken", .logToken),
                    .may("limit", .integer(1...LogLimits.describedPage)),
                ]
            ) { store, input throws(LogError) in
                let group = try store.groupName(input)
                try LogStore.checkLengths(input.text("logStreamNamePrefix"))
                let page = try StreamPage(input)
                return try await store.read { db in
                    try page.answer(try LogGroup.needed(group, db), store.names, db)
                }
            },
        ]
    }
}

/// Which streams are described, and in which order.
private struct StreamPage: Sendable {
    let prefix: String?
    let isByTime: Bool
    let isDescending: Bool
    let limit: Int
    /// The last one of the page before.
    let last: (name: String, activity: Int64)?

    init(_ input: Input) throws(LogError) {
        prefix = input.text("logStreamNamePrefix")
        isByTime = input.text("orderBy") == "LastEventTime"
        isDescending = input.flag("descending") == true
        limit = input.integer("limit") ?? LogLimits.describedPage
        guard prefix == nil || !isByTime else {
            throw .invalid("Cannot order by LastEventTime with a logStreamNamePrefix.")
        }
        // The time comes first; a name may hold any letter but a colon.
        let text = try PageToken.place(input.text("nextToken"))
        last = try text.map { text throws(LogError) in
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let time = Int64(parts[0]) else { throw .wrongToken }
            return (String(parts[1]), time)
        }
    }

    func answer(_ group: LogGroup, _ names: LogNames, _ db: Database) throws -> JSONObject {
        let direction = isDescending ? "DESC" : "ASC"
        let comparison = isDescending ? "<" : ">"
        let activity = "coalesce(lastEvent, created)"
        var arguments: StatementArguments = [group.id]
        var condition = ""
        if let last {
            condition = isByTime ? "AND (\(activity), name) \(comparison) (?, ?)" : "AND name \(comparison) ?"
            arguments += isByTime ? [last.activity, last.name] : [last.name]
        }
        if let prefix {
            condition += " AND name >= ? AND substr(name, 1, length(?)) = ?"
            arguments += [prefix, prefix, prefix]
        }
        let order = isByTime ? "\(activity) \(direction), name \(direction)" : "name \(direction)"
        let found = try Row.fetchAll(
            db,
            sql: """
                \(LogStream.selection) WHERE groupId = ? \(condition)
                ORDER BY \(order) LIMIT \(limit + 1)
                """, arguments: arguments
        ).map { LogStream($0) }
        var answer: JSONObject = [
            "logStreams": .array(found.prefix(limit).map { $0.description(names, group: group.name) })
        ]
        if found.count > limit {
            let last = found[limit - 1]
            answer["nextToken"] = .string(PageToken.of("\(last.activity):\(last.name)"))
        }
        return answer
    }
}
