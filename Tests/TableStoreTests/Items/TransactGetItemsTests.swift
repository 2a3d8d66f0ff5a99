import JSON
import Testing

@testable import TableStore

@Suite struct TransactGetItemsTests {
    private let tables: ItemStore

    init() throws {
        tables = try ItemStore.hashed()
        try tables.put("{'pk':{'S':'a'},'x':{'N':'1'}}")
    }

    private static func get(_ key: String, _ members: String = "", table: String = "hashed") -> String {
        "{'Get':{'TableName':'\(table)','Key':{'pk':{'S':'\(key)'}}\(members)}}"
    }

    @Test func answersInTheOrderOfTheRequest() throws {
        let answer = try tables.ok(
            "TransactGetItems",
            "{'TransactItems':[\(Self.get("nobody")),\(Self.get("a", ",'ProjectionExpression':'x'"))]}")
        #expect(answer.text == "{'Responses':[{},{'Item':{'x':{'N':'1'}}}]}")
    }

    @Test func wrongKeyCancels() throws {
        let answer = try tables.call(
            "TransactGetItems",
            "{'TransactItems':[\(Self.get("a")),{'Get':{'TableName':'hashed','Key':{'pk':{'N':'1'}}}}]}")
        #expect(answer.type == "TransactionCanceledException")
        #expect(
            answer["CancellationReasons"]?.text
                == "[{\"Code\":\"None\"},{\"Code\":\"ValidationError\",\"Message\":\"The provided key element does not "
                + "match the schema\"}]")
    }

    @Test(arguments: [
        (
            "[]",
            "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: Member must have "
                + "length greater than or equal to 1"
        ),
        (
            "[{}]",
            "1 validation error detected: Value null at 'transactItems.1.member.get' failed to satisfy constraint: "
                + "Member must not be null"
        ),
        ("[\(get("a")),\(get("a"))]", "Transaction request cannot include multiple operations on one item"),
        (
            "[\(get(""))]",
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty "
                + "string value. Key: pk"
        ),
    ])
    func faults(items: String, message: String) throws {
        #expect(try tables.fault("TransactGetItems", "{'TransactItems':\(items)}") == message)
    }

    @Test func missingTableIsNotFound() throws {
        _ = try tables.fault(
            "TransactGetItems", "{'TransactItems':[\(Self.get("a", table: "nobody"))]}",
            type: "ResourceNotFoundException")
    }
}
