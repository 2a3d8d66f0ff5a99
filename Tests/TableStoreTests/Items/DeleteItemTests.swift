import JSON
import Testing

@testable import TableStore

@Suite struct DeleteItemTests {
    private let tables: ItemStore

    init() throws {
        tables = try ItemStore.hashed()
        try tables.put("{'pk':{'S':'a'},'x':{'N':'1'}}")
    }

    private let key = "'TableName':'hashed','Key':{'pk':{'S':'a'}}"

    @Test func deletesTheItem() throws {
        #expect(try tables.ok("DeleteItem", "{\(key)}").text == "{}")
        #expect(try tables.item("{'pk':{'S':'a'}}") == nil)
    }

    @Test func missingItemIsDeletedToo() throws {
        let body = "{'TableName':'hashed','Key':{'pk':{'S':'nobody'}},'ReturnValues':'ALL_OLD'}"
        #expect(try tables.ok("DeleteItem", body).text == "{}")
    }

    @Test func givesBackTheOldItemWhenAsked() throws {
        let answer = try tables.ok("DeleteItem", "{\(key),'ReturnValues':'ALL_OLD'}")
        #expect(answer.text == "{'Attributes':{'pk':{'S':'a'},'x':{'N':'1'}}}")
    }

    @Test func failedConditionKeepsTheItem() throws {
        let body =
            "{\(key),'ConditionExpression':'x = :two','ExpressionAttributeValues':{':two':{'N':'2'}}}"
        _ = try tables.fault("DeleteItem", body, type: "ConditionalCheckFailedException")
        #expect(try tables.item("{'pk':{'S':'a'}}") != nil)
    }

    @Test func returnValuesOfUpdatesAreRefused() throws {
        #expect(
            try tables.fault("DeleteItem", "{\(key),'ReturnValues':'UPDATED_NEW'}")
                == "1 validation error detected: ReturnValues can only be ALL_OLD or NONE")
    }
}
