import Dispatch
import Foundation
import GatewayModel
import JSON
import Synchronization
import Testing

@testable import TableStore

/// A table store on a database of its own, spoken to in JSON with ' for ".
final class ItemStore: Sendable {
    let folder: String
    let store: TableStore
    let time = Clock()

    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/tables-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let time = time
        store = try TableStore(
            path: folder + "/tables.sqlite", isDurable: false,
            account: AccountIdentity(accountId: "123456789012", region: "eu-central-1"),
            now: { Timestamp(milliseconds: time.milliseconds.withLock { $0 }) })
    }

    /// What the store takes for the present.
    final class Clock: Sendable {
        let milliseconds = Mutex<Int64>(1_790_000_000_000)

        func advance(by milliseconds: Int64) { self.milliseconds.withLock { $0 += milliseconds } }
    }

    deinit {
        store.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    func callAsIs(_ operation: String, _ body: String) throws -> TableAnswer {
        let session = try #require(store.makeSession())
        let later = Mutex<TableResponse?>(nil)
        let done = DispatchSemaphore(value: 0)
        let now = session.perform(operation, Array(body.utf8)) { response in
            later.withLock { $0 = response }
            done.signal()
        }
        if let now { return try TableAnswer(now) }
        done.wait()
        return try TableAnswer(try #require(later.withLock { $0 }))
    }

    @discardableResult
    func call(_ operation: String, _ body: String) throws -> TableAnswer {
        try callAsIs(operation, body.replacing("'", with: "\""))
    }

    /// The members of an answer that must be a success.
    @discardableResult
    func ok(
        _ operation: String, _ body: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> TableAnswer {
        let answer = try call(operation, body)
        #expect(answer.status == 200, "\(answer.text)", sourceLocation: sourceLocation)
        return answer
    }

    /// The message of an answer that must be an error of the client's.
    func fault(
        _ operation: String, _ body: String, type: String = "ValidationException",
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let answer = try call(operation, body)
        #expect(answer.status == 400, "\(answer.text)", sourceLocation: sourceLocation)
        #expect(answer.type == type, "\(answer.text)", sourceLocation: sourceLocation)
        return answer.message ?? ""
    }

    /// A table `h` with the partition key `pk`.
    static func hashed() throws -> ItemStore {
        let store = try ItemStore()
        try store.makeHashed()
        return store
    }

    func makeHashed(_ name: String = "hashed") throws {
        try ok(
            "CreateTable",
            """
            {'TableName':'\(name)','BillingMode':'PAY_PER_REQUEST',
            'KeySchema':[{'AttributeName':'pk','KeyType':'HASH'}],
            'AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'}]}
            """)
    }

    /// A table `sorted` with partition key `pk`, sort key `sk`, a local index on `lk`, which has only keys, and three
    /// global ones on `gk` and `gs`: `whole` has everything, `keys` the keys, `some` the attribute `a` too.
    static func sorted(sort: String = "S") throws -> ItemStore {
        let store = try ItemStore()
        let keys = "[{'AttributeName':'gk','KeyType':'HASH'},{'AttributeName':'gs','KeyType':'RANGE'}]"
        try store.ok(
            "CreateTable",
            """
            {'TableName':'sorted','BillingMode':'PAY_PER_REQUEST',
            'KeySchema':[{'AttributeName':'pk','KeyType':'HASH'},{'AttributeName':'sk','KeyType':'RANGE'}],
            'AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'},
            {'AttributeName':'sk','AttributeType':'\(sort)'},{'AttributeName':'lk','AttributeType':'S'},
            {'AttributeName':'gk','AttributeType':'S'},{'AttributeName':'gs','AttributeType':'N'}],
            'LocalSecondaryIndexes':[{'IndexName':'local','Projection':{'ProjectionType':'KEYS_ONLY'},
            'KeySchema':[{'AttributeName':'pk','KeyType':'HASH'},{'AttributeName':'lk','KeyType':'RANGE'}]}],
            'GlobalSecondaryIndexes':[
            {'IndexName':'whole','Projection':{'ProjectionType':'ALL'},'KeySchema':\(keys)},
            {'IndexName':'keys','Projection':{'ProjectionType':'KEYS_ONLY'},'KeySchema':\(keys)},
            {'IndexName':'some','Projection':{'ProjectionType':'INCLUDE','NonKeyAttributes':['a']},
            'KeySchema':\(keys)}]}
            """)
        return store
    }

    func put(_ item: String, in table: String = "hashed") throws {
        try ok("PutItem", "{'TableName':'\(table)','Item':\(item)}")
    }

    /// The item as JSON text with ', or nil.
    func item(_ key: String, in table: String = "hashed") throws -> String? {
        let answer = try ok("GetItem", "{'TableName':'\(table)','Key':\(key)}")
        return answer["Item"].map { $0.text.replacing("\"", with: "'") }
    }
}

struct TableAnswer {
    let status: Int
    let body: JSONValue

    init(_ response: TableResponse) throws {
        status = response.status
        body = try JSONValue(parsing: response.body)
    }

    /// With ' for ".
    var text: String { body.text.replacing("\"", with: "'") }

    subscript(member: String) -> JSONValue? { body[member] }

    /// What follows `#` in `__type`.
    var type: String? { body["__type"]?.string.map { String($0.split(separator: "#").last ?? "") } }
    var message: String? { body["message"]?.string ?? body["Message"]?.string }

    func integer(_ member: String) -> Int? { body[member]?.integer }

    /// The value of one attribute of each item.
    func values(_ attribute: String, _ type: String = "S") -> [String] {
        (body["Items"]?.array ?? []).compactMap { $0[attribute]?[type]?.string }
    }
}
