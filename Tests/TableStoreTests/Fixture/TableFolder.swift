import Foundation
import GatewayModel
import JSON
import Synchronization
import Testing

@testable import TableStore

/// A folder with a file of tables, which a test may close and open again. The clock stands still until it is set.
final class TableFolder: Sendable {
    let folder: URL
    private let clock = Mutex(Timestamp(milliseconds: 1_700_000_000_000))

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("tables-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var path: String { folder.appendingPathComponent("tables.sqlite").path }

    var now: Timestamp {
        get { clock.withLock { $0 } }
        set { clock.withLock { $0 = newValue } }
    }

    func open() throws -> OpenTables { try OpenTables(path: path) { self.now } }

    /// The file as it is at this moment, in a folder of its own: what a crash would leave.
    func copy() throws -> TableFolder {
        let copy = try TableFolder()
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where !name.hasSuffix("-shm") {
            try FileManager.default.copyItem(
                at: folder.appendingPathComponent(name), to: copy.folder.appendingPathComponent(name))
        }
        return copy
    }
}

/// A store, and a session to ask it.
final class OpenTables {
    let store: TableStore
    private let session: TableSession

    init(path: String, now: @escaping @Sendable () -> Timestamp) throws {
        // Tests sweep themselves: on a slow day the background would come first.
        store = try TableStore(path: path, isDurable: true, account: AccountIdentity(), sweeps: false, now: now)
        session = try #require(store.makeSession())
    }

    deinit { store.close() }

    /// The answer, when it comes.
    func ask(_ operation: String, _ body: String) async -> StoreAnswer {
        let response = await withCheckedContinuation { continuation in
            let answer = session.perform(operation, Array(body.utf8)) { continuation.resume(returning: $0) }
            if let answer { continuation.resume(returning: answer) }
        }
        return StoreAnswer(response)
    }

    /// The answer of a call that is to succeed.
    func succeed(_ operation: String, _ body: String) async throws -> JSONValue {
        let answer = await ask(operation, body)
        guard answer.status == 200 else { throw UnexpectedAnswer(operation: operation, text: answer.text) }
        return answer.json
    }

    func submit(_ operation: String, _ body: String, completion: @escaping @Sendable (TableResponse) -> Void) {
        if let answer = session.perform(operation, Array(body.utf8), completion: completion) { completion(answer) }
    }
}

struct UnexpectedAnswer: Error {
    let operation: String
    let text: String
}

struct StoreAnswer {
    let status: Int
    let text: String
    let json: JSONValue

    init(_ response: TableResponse) {
        status = response.status
        text = String(decoding: response.body, as: UTF8.self)
        json = (try? JSONValue(parsing: response.body)) ?? .null
    }

    /// What follows `#` in `__type`.
    var error: String? { json["__type"]?.string?.split(separator: "#").last.map(String.init) }
    var message: String? { (json["message"] ?? json["Message"])?.string }
}

extension OpenTables {
    /// A table with partition key `id`, a string, on demand.
    func createSimpleTable(_ name: String) async throws {
        _ = try await succeed(
            "CreateTable",
            """
            {"TableName":"\(name)","BillingMode":"PAY_PER_REQUEST",
             "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],
             "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]}
            """)
    }

    /// The values of `id` that a query finds in an index by `key` = `value`, in their order.
    func ids(in table: String, index: String, _ key: String, _ value: String) async throws -> [String] {
        let answer = try await succeed(
            "Query",
            """
            {"TableName":"\(table)","IndexName":"\(index)","KeyConditionExpression":"#k = :v",
             "ExpressionAttributeNames":{"#k":"\(key)"},"ExpressionAttributeValues":{":v":{"S":"\(value)"}}}
            """)
        return answer["Items"]?.array?.compactMap { $0["id"]?["S"]?.string } ?? []
    }

    func item(_ id: String, in table: String) async throws -> JSONValue? {
        try await succeed("GetItem", #"{"TableName":"\#(table)","Key":{"id":{"S":"\#(id)"}}}"#)["Item"]
    }

    func put(_ id: String, in table: String, _ more: String = "") async throws {
        _ = try await succeed("PutItem", #"{"TableName":"\#(table)","Item":{"id":{"S":"\#(id)"}\#(more)}}"#)
    }
}
