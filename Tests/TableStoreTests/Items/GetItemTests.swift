import JSON
import Testing

@testable import TableStore

@Suite struct GetItemTests {
    private let tables: ItemStore

    init() throws {
        tables = try ItemStore.hashed()
        try tables.put("{'pk':{'S':'a'},'m':{'M':{'x':{'N':'1'},'y':{'N':'2'}}},'l':{'L':[{'S':'p'},{'S':'q'}]}}")
    }

    private func get(_ key: String, _ members: String = "") throws -> String {
        try tables.ok("GetItem", "{'TableName':'hashed','Key':{'pk':{'S':'\(key)'}}\(members)}").text
    }

    @Test func missingItemIsAbsent() throws {
        #expect(try get("nobody") == "{}")
    }

    @Test(arguments: [
        ("m.x", "{'m':{'M':{'x':{'N':'1'}}}}"),
        ("l[1], pk", "{'l':{'L':[{'S':'q'}]},'pk':{'S':'a'}}"),
        ("nothing", "{}"),
    ])
    func projectionChoosesPaths(expression: String, item: String) throws {
        #expect(try get("a", ",'ProjectionExpression':'\(expression)'") == "{'Item':\(item)}")
    }

    @Test func missingTableIsNotFound() throws {
        let message = try tables.fault(
            "GetItem", "{'TableName':'nobody','Key':{'pk':{'S':'a'}}}", type: "ResourceNotFoundException")
        #expect(message == "Requested resource not found")
    }

    @Test(arguments: [
        (
            "{'Key':{'pk':{'S':'a'}}}",
            "1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null"
        ),
        (
            "{'TableName':'hashed'}",
            "1 validation error detected: Value null at 'key' failed to satisfy constraint: Member must not be null"
        ),
        (
            "{'TableName':'','Key':{}}",
            "1 validation error detected: Value '' at 'tableName' failed to satisfy constraint: Member must have length "
                + "greater than or equal to 1"
        ),
        (
            "{'TableName':'x!','Key':{}}",
            "1 validation error detected: Value 'x!' at 'tableName' failed to satisfy constraint: Member must satisfy "
                + "regular expression pattern: [a-zA-Z0-9_.-]+"
        ),
        (
            "{'TableName':'hashed','Key':{'pk':{'S':'a'}},'ReturnConsumedCapacity':'SOME'}",
            "1 validation error detected: Value 'SOME' at 'returnConsumedCapacity' failed to satisfy constraint: Member "
                + "must satisfy enum value set: [INDEXES, TOTAL, NONE]"
        ),
        (
            "{'TableName':'hashed','Key':{'pk':{'S':'a'}},'ProjectionExpression':''}",
            "Invalid ProjectionExpression: The expression can not be empty;"
        ),
        (
            "{'TableName':'hashed','Key':{'pk':{'S':'a'}},'ExpressionAttributeNames':{'#a':'a'}}",
            "ExpressionAttributeNames can only be specified when using expressions"
        ),
        (
            "{'TableName':'hashed','Key':{'pk':{'S':'a'}},'ProjectionExpression':'x','AttributesToGet':['x']}",
            "Can not use both expression and non-expression parameters in the same request: "
                + "Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}"
        ),
    ])
    func faults(body: String, message: String) throws {
        #expect(try tables.fault("GetItem", body) == message)
    }

    @Test(arguments: [
        ("{'TableName':1,'Key':{}}", "NUMBER_VALUE cannot be converted to String"),
        ("{'TableName':'hashed','Key':'a'}", "Unexpected field type"),
        ("{'TableName':'hashed','Key':{'pk':{'S':1}}}", "NUMBER_VALUE cannot be converted to String"),
    ])
    func wrongJSONTypesCannotBeRead(body: String, message: String) throws {
        #expect(try tables.fault("GetItem", body, type: "SerializationException") == message)
    }

    @Test func consistentReadMayBeAWord() throws {
        #expect(try get("nobody", ",'ConsistentRead':'TRUE'") == "{}")
    }
}
