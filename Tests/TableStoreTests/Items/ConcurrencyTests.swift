import Dispatch
import JSON
import Testing

@testable import TableStore

@Suite struct ConcurrencyTests {
    @Test func countersLoseNothing() throws {
        let tables = try ItemStore.hashed()
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            for _ in 0..<50 {
                _ = try? tables.call(
                    "UpdateItem",
                    """
                    {'TableName':'hashed','Key':{'pk':{'S':'a'}},'UpdateExpression':'ADD n :one',
                    'ExpressionAttributeValues':{':one':{'N':'1'}}}
                    """)
            }
        }
        #expect(try tables.item("{'pk':{'S':'a'}}") == "{'n':{'N':'200'},'pk':{'S':'a'}}")
    }

    /// Two items whose sum never changes, moved by transactions, read by transactions.
    @Test func transactionsAreSeenWholeOrNotAtAll() throws {
        let tables = try ItemStore.hashed()
        for name in ["a", "b"] { try tables.put("{'pk':{'S':'\(name)'},'n':{'N':'100'}}") }
        @Sendable func add(_ name: String, _ number: Int) -> String {
            """
            {'Update':{'TableName':'hashed','Key':{'pk':{'S':'\(name)'}},'UpdateExpression':'ADD n :n',
            'ExpressionAttributeValues':{':n':{'N':'\(number)'}}}}
            """
        }
        let gets = ["a", "b"].map { "{'Get':{'TableName':'hashed','Key':{'pk':{'S':'\($0)'}}}}" }
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            for _ in 0..<40 {
                if thread < 2 {
                    let sign = thread == 0 ? 1 : -1
                    _ = try? tables.call(
                        "TransactWriteItems", "{'TransactItems':[\(add("a", sign)),\(add("b", -sign))]}")
                } else {
                    let answer = try? tables.call(
                        "TransactGetItems", "{'TransactItems':[\(gets.joined(separator: ","))]}")
                    let numbers = answer?["Responses"]?.array?.compactMap { $0["Item"]?["n"]?["N"]?.string }
                    #expect(numbers?.compactMap { Int($0) }.reduce(0, +) == 200)
                }
            }
        }
        #expect(try tables.item("{'pk':{'S':'a'}}") == "{'n':{'N':'100'},'pk':{'S':'a'}}")
    }
}
