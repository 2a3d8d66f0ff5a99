import JSON
import Testing

@testable import TableStore

/// Which of several faults is told.
@Suite struct ChecksTests {
    private let tables: ItemStore

    init() throws { tables = try ItemStore.hashed() }

    private static let enveloped = "1 validation error detected: "
    private static let key = "'Key':{'pk':{'S':'a'}}"

    @Test(arguments: [
        // A bad name alone, before the other constraints.
        (
            "PutItem", "{'TableName':'','ReturnValues':'X','Item':{}}",
            enveloped + "Value '' at 'tableName' failed to satisfy constraint: Member must have length greater than or "
                + "equal to 1"
        ),
        // All constraints in one message.
        (
            "DeleteItem", "{'TableName':'nobody',\(key),'ReturnValues':'X','ReturnConsumedCapacity':'Y'}",
            "2 validation errors detected: Value 'X' at 'returnValues' failed to satisfy constraint: Member must satisfy "
                + "enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]; Value 'Y' at "
                + "'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: "
                + "[INDEXES, TOTAL, NONE]"
        ),
        // Constraints before values.
        (
            "PutItem",
            "{'TableName':'nobody','Item':{'pk':{'N':'abc'}},'ReturnItemCollectionMetrics':'X'}",
            enveloped
                + "Value 'X' at 'returnItemCollectionMetrics' failed to satisfy constraint: Member must satisfy enum "
                + "value set: [SIZE, NONE]"
        ),
        // Values before expressions.
        (
            "PutItem", "{'TableName':'nobody','Item':{'pk':{'N':'abc'}},'ConditionExpression':'!!'}",
            enveloped + "The parameter cannot be converted to a numeric value: abc"
        ),
        // Expressions before what they leave unused.
        (
            "UpdateItem",
            "{'TableName':'nobody',\(key),'UpdateExpression':'SET x = :x','ExpressionAttributeNames':{'#u':'u'}}",
            enveloped + "Invalid UpdateExpression: An expression attribute value used in expression is not defined; "
                + "attribute value: :x"
        ),
        (
            "UpdateItem",
            "{'TableName':'nobody',\(key),'UpdateExpression':'REMOVE x','ExpressionAttributeNames':{'#u':'u'}}",
            enveloped + "Value provided in ExpressionAttributeNames unused in expressions: keys: {#u}"
        ),
        // The key's schema before the condition.
        (
            "DeleteItem", "{'TableName':'hashed','Key':{'x':{'S':'a'}},'ConditionExpression':'attribute_exists(x)'}",
            "The provided key element does not match the schema"
        ),
        (
            "TransactWriteItems",
            "{'TransactItems':[{'Put':{'TableName':'nobody','Item':{'pk':{'S':'a'}}}},"
                + "{'Put':{'TableName':'hashed','Item':{'pk':{'N':'abc'}}}}]}",
            "The parameter cannot be converted to a numeric value: abc"
        ),
        (
            "TransactWriteItems",
            "{'TransactItems':[{'Put':{'TableName':'nobody','Item':{'pk':{'S':'a'}}}},"
                + "{'Put':{'TableName':'hashed','Item':{'pk':{'S':'a'}}}},"
                + "{'Delete':{'TableName':'hashed','Key':{'pk':{'S':'a'}}}}]}",
            "Transaction request cannot include multiple operations on one item"
        ),
    ])
    func firstFaultIsTold(operation: String, body: String, message: String) throws {
        #expect(try tables.fault(operation, body) == message)
    }

    @Test(arguments: ["PutItem", "DeleteItem", "UpdateItem", "GetItem"])
    func tableIsLookedForBeforeTheKey(operation: String) throws {
        let message = try tables.fault(
            operation, "{'TableName':'nobody','Key':{},'Item':{}}", type: "ResourceNotFoundException")
        #expect(message == "Requested resource not found")
    }

    @Test func conditionComesBeforeFaultsOfTheUpdate() throws {
        _ = try tables.fault(
            "UpdateItem",
            """
            {'TableName':'hashed',\(Self.key),'UpdateExpression':'SET x = nothing',
            'ConditionExpression':'attribute_exists(pk)'}
            """, type: "ConditionalCheckFailedException")
    }

    @Test(arguments: ["PutItem", "GetItem", "Query", "TransactWriteItems", "BatchGetItem"])
    func nothingCrashesOnJSONOfTheWrongShape(operation: String) throws {
        let values = ["1", "'a'", "true", "[]", "{}", "[{}]", "{'x':{}}", "{'x':[]}", "[[]]", "{'x':{'Keys':[1]}}"]
        for value in values {
            for member in ["TableName", "Key", "Item", "RequestItems", "TransactItems", "Limit", "ExclusiveStartKey"] {
                let answer = try tables.call(operation, "{'TableName':'hashed','\(member)':\(value)}")
                #expect(answer.status == 400 || answer.text == "{}", "\(member): \(value): \(answer.text)")
            }
        }
    }
}
