import GatewayModel
import JSON
import Synchronization
import Testing

@testable import TableStore

@Suite("Group commit")
struct GroupCommitTests {
    @Test("what is acknowledged is in the file at that moment")
    func acknowledgedIsDurable() async throws {
        let folder = try TableFolder()
        let tables = try folder.open()
        try await tables.createSimpleTable("abc")
        for number in 0..<5 {
            try await tables.put("item-\(number)", in: "abc")
            // Not closed before: a copy of the files is what a crash would leave.
            let left = try folder.copy().open()
            #expect(try await left.item("item-\(number)", in: "abc") != nil)
        }
    }

    @Test("writes that share a commit are all answered, and a refused one leaves the others alone")
    func refusedAmongOthers() async throws {
        let folder = try TableFolder()
        let tables = try folder.open()
        try await tables.createSimpleTable("abc")
        try await tables.put("taken", in: "abc")
        let count = 200
        let answers = Answers()
        for number in 0..<count {
            // Every tenth is refused: there is such an item.
            let id = number % 10 == 0 ? "taken" : "item-\(number)"
            tables.submit(
                "PutItem",
                """
                {"TableName":"abc","Item":{"id":{"S":"\(id)"}},"ConditionExpression":"attribute_not_exists(id)"}
                """
            ) { answers.add(number, $0.status) }
        }
        tables.store.close()
        #expect(answers.all.map(\.0) == Array(0..<count))
        for (number, status) in answers.all { #expect(status == (number % 10 == 0 ? 400 : 200)) }
        let scan = try await folder.open().succeed("Scan", #"{"TableName":"abc","Select":"COUNT"}"#)
        #expect(scan["Count"] == .number(1 + count - count / 10))
    }

    @Test("a write that fails half way leaves nothing behind")
    func halfWay() async throws {
        let folder = try TableFolder()
        try await folder.open().createSimpleTable("abc")
        let catalogue = TableCatalogue(account: .init())
        let writer = try TableWriter(path: folder.path, isDurable: true, catalogue: catalogue, faults: .untold) {
            folder.now
        }
        let answers = Answers()
        for number in 0..<3 {
            writer.submit { transaction throws(TableError) in
                let table = try transaction.table(named: "abc")
                for part in 0..<2 {
                    let id = "item-\(number)-\(part)"
                    var item = Item()
                    item["id"] = .string(id)
                    try transaction.put(item, document: item.text, table, ItemKey(partition: Array(id.utf8), sort: []))
                }
                if number == 1 { throw .validation("enough") }
                return []
            } completion: {
                answers.add(number, $0.status)
            }
        }
        writer.flush()
        #expect(answers.all.map(\.1) == [200, 400, 200])
        let tables = try folder.open()
        for number in 0..<3 {
            for part in 0..<2 {
                #expect(try await (tables.item("item-\(number)-\(part)", in: "abc") != nil) == (number != 1))
            }
        }
    }

    @Test("a table made and an item put within one commit find each other")
    func tableAndItemTogether() async throws {
        let folder = try TableFolder()
        let tables = try folder.open()
        let answers = Answers()
        tables.submit(
            "CreateTable",
            """
            {"TableName":"abc","BillingMode":"PAY_PER_REQUEST",
             "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],
             "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]}
            """
        ) { answers.add(0, $0.status) }
        tables.submit("PutItem", #"{"TableName":"abc","Item":{"id":{"S":"1"}}}"#) { answers.add(1, $0.status) }
        tables.submit("DeleteTable", #"{"TableName":"abc"}"#) { answers.add(2, $0.status) }
        tables.submit("PutItem", #"{"TableName":"abc","Item":{"id":{"S":"2"}}}"#) { answers.add(3, $0.status) }
        tables.store.close()
        #expect(answers.all.map(\.1) == [200, 200, 200, 400])
    }
}

/// Statuses by number, in the order of their answers.
private final class Answers: Sendable {
    private let answers = Mutex<[(Int, Int)]>([])
    func add(_ number: Int, _ status: Int) { answers.withLock { $0.append((number, status)) } }
    var all: [(Int, Int)] { answers.withLock { $0 } }
}
