import GRDB
import GatewayModel
import JSON
import TestFixtures
import Testing

@testable import LogStore

@Suite("What nobody is to see any longer goes")
struct TidyingTests {
    private func count(_ logs: TestLogs, _ table: String = "events") async throws -> Int {
        try await logs.store.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? 0 }
    }

    private func storedBytes(_ logs: TestLogs) async throws -> Int? {
        try await logs.call("DescribeLogGroups", [:])["logGroups"]?.array?.first?["storedBytes"]?.integer
    }

    @Test("when its group keeps it no longer; it is not seen before either")
    func expired() async throws {
        let logs = try await TestLogs()
        try await logs.put("old")
        logs.clock.pass(2 * LogGroup.millisecondsOfDay)
        try await logs.put("new")
        #expect(try await storedBytes(logs) == 2 * (3 + 26))
        // As a group of which nothing has been removed yet.
        try await logs.store.write { db in try db.execute(sql: "UPDATE groups SET retention = 1") }
        #expect(try await logs.found() == ["new"])
        logs.store.tidy()
        #expect(try await count(logs) == 1)
        #expect(try await storedBytes(logs) == 3 + 26)
    }

    @Test("with its group and with its stream")
    func removed() async throws {
        let logs = try await TestLogs()
        try await logs.put("one")
        try await logs.call("CreateLogStream", ["logGroupName": "g", "logStreamName": "t"])
        try await logs.put("two", to: "t")
        try await logs.call("DeleteLogStream", ["logGroupName": "g", "logStreamName": "s"])
        #expect(try await logs.found() == ["two"])
        logs.store.tidy()
        #expect(try await count(logs) == 1)
        try await logs.call("DeleteLogGroup", ["logGroupName": "g"])
        logs.store.tidy()
        #expect(try await count(logs) == 0)
        #expect(try await count(logs, "removed") == 0)
    }

    @Test("the oldest first, when the file holds more than it may")
    func oldest() async throws {
        let logs = try await TestLogs(storageBytes: 2_000_000)
        let message = String(repeating: "x", count: 100_000)
        for number in 0..<40 { try await logs.put("\(number) \(message)") }
        logs.store.finishTidying()
        logs.store.tidy()
        let left = try await logs.found().compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(left.count < 40)
        #expect(left.isEmpty || left == Array((0..<40).map(String.init).suffix(left.count)))
        let used = try await logs.store.read { db in try LogStore.usedBytes(db) }
        #expect(used <= 2_000_000)
    }

    @Test("and so do streams of environments that have left nothing")
    func streams() async throws {
        let logs = try await TestLogs()
        let lines = StreamLines(
            group: "g", stream: "own", events: [NewLogEvent(timestamp: logs.clock.now, message: [0x61])])
        try logs.store.append([lines])
        try await logs.call("PutRetentionPolicy", ["logGroupName": "g", "retentionInDays": 1])
        logs.store.tidy()
        #expect(try await count(logs, "streams") == 2)
        logs.clock.pass(3 * LogGroup.millisecondsOfDay)
        logs.store.tidy()
        // What somebody has made himself stays.
        #expect(try await count(logs, "streams") == 1)
    }

    @Test("What is there survives the end of the process, and of a draft nothing does")
    func kept() async throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/logs.sqlite"
        let logs = try await TestLogs(path: path)
        try await logs.put("kept")
        let draft = try logs.store.draft()
        guard
            case .failed(.groupExists) = await draft.respond(
                to: "CreateLogGroup", Array(#"{"logGroupName": "g"}"#.utf8))
        else { throw LogError.noGroup }
        guard case .body = await draft.respond(to: "DeleteLogGroup", Array(#"{"logGroupName": "g"}"#.utf8)) else {
            throw LogError.noGroup
        }
        let lines = StreamLines(group: "g", stream: "own", events: [NewLogEvent(timestamp: 1, message: [0x61])])
        try logs.store.append([lines])
        try LogStore.copyGroups(from: path, to: folder.path + "/copy.sqlite")
        logs.store.close()
        let copy = try TestLogs.opened(folder.path + "/copy.sqlite")
        #expect(try await TestLogs.names(copy, "DescribeLogGroups", "logGroups", "logGroupName") == ["g"])
        #expect(try await TestLogs.names(copy, "DescribeLogStreams", "logStreams", "logStreamName") == ["s"])
        copy.close()
        let again = try TestLogs.opened(path)
        guard
            case .body(let answer) = await again.respond(
                to: "FilterLogEvents", Array(#"{"logGroupName": "g"}"#.utf8))
        else { throw LogError.noGroup }
        #expect(TestLogs.messages(answer).contains("kept"))
        again.close()
    }

    @Test("A file of a later version is refused")
    func later() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/logs.sqlite"
        try TestLogs.opened(path).close()
        let database = try DatabaseQueue(path: path)
        try database.write { db in try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('future')") }
        try database.close()
        #expect(throws: LogStore.StartFailure.self) { try TestLogs.opened(path) }
    }
}
