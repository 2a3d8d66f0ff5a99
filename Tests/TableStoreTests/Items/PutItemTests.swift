import JSON
import Testing

@testable import TableStore

@Suite struct PutItemTests {
    private let tables: ItemStore

    init() throws { tables = try ItemStore.hashed() }

    @Test func answersNothing() throws {
        #expect(try tables.ok("PutItem", "{'TableName':'hashed','Item':{'pk':{'S':'a'}}}").text == "{}")
    }

    @Test func replacesTheWholeItem() throws {
        try tables.put("{'pk':{'S':'a'},'x':{'N':'1'}}")
        try tables.put("{'pk':{'S':'a'},'y':{'N':'2'}}")
        #expect(try tables.item("{'pk':{'S':'a'}}") == "{'pk':{'S':'a'},'y':{'N':'2'}}")
    }

    @Test func givesBackTheOldItemWhenAsked() throws {
        try tables.put("{'pk':{'S':'a'},'x':{'N':'1'}}")
        let answer = try tables.ok(
            "PutItem", "{'TableName':'hashed','Item':{'pk':{'S':'a'}},'ReturnValues':'ALL_OLD'}")
        #expect(answer.text == "{'Attributes':{'pk':{'S':'a'},'x':{'N':'1'}}}")
    }

    @Test func hasNoAttributesWhenThereWasNoItem() throws {
        let answer = try tables.ok(
            "PutItem", "{'TableName':'hashed','Item':{'pk':{'S':'a'}},'ReturnValues':'ALL_OLD'}")
        #expect(answer.text == "{}")
    }

    @Test func valuesComeBackNormalised() throws {
        try tables.put(
            """
            {'pk':{'S':'a'},'n':{'N':'0042.1200'},'s':{'SS':['b','','a']},'ns':{'NS':['10','-1','2']},
            'm':{'M':{'l':{'L':[{'NULL':true},{'BOOL':false},{'B':'AA=='}]}}}}
            """)
        let item =
            "{'m':{'M':{'l':{'L':[{'NULL':true},{'BOOL':false},{'B':'AA=='}]}}},'n':{'N':'42.12'},"
            + "'ns':{'NS':['-1','2','10']},'pk':{'S':'a'},'s':{'SS':['','a','b']}}"
        #expect(try tables.item("{'pk':{'S':'a'}}") == item)
    }

    @Test func tableMayBeNamedByItsARN() throws {
        let arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/hashed"
        try tables.put("{'pk':{'S':'a'}}", in: arn)
        #expect(try tables.item("{'pk':{'S':'a'}}", in: arn) == "{'pk':{'S':'a'}}")
    }

    @Test func createIfAbsentRefusesAnExistingItem() throws {
        let body =
            "{'TableName':'hashed','Item':{'pk':{'S':'a'}},'ConditionExpression':'attribute_not_exists(pk)'}"
        try tables.ok("PutItem", body)
        let message = try tables.fault("PutItem", body, type: "ConditionalCheckFailedException")
        #expect(message == "The conditional request failed")
    }

    @Test func failedConditionLeavesNoItem() throws {
        _ = try tables.fault(
            "PutItem", "{'TableName':'hashed','Item':{'pk':{'S':'a'}},'ConditionExpression':'attribute_exists(pk)'}",
            type: "ConditionalCheckFailedException")
        #expect(try tables.item("{'pk':{'S':'a'}}") == nil)
    }

    @Test func failedConditionShowsTheItemWhenAsked() throws {
        try tables.put("{'pk':{'S':'a'},'x':{'N':'1'}}")
        let answer = try tables.call(
            "PutItem",
            """
            {'TableName':'hashed','Item':{'pk':{'S':'a'}},'ConditionExpression':'attribute_not_exists(pk)',
            'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}
            """)
        #expect(
            answer.text
                == "{'__type':'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',"
                + "'message':'The conditional request failed','Item':{'pk':{'S':'a'},'x':{'N':'1'}}}")
    }

    @Test func failedConditionShowsNoItemThatDoesNotExist() throws {
        let answer = try tables.call(
            "PutItem",
            """
            {'TableName':'hashed','Item':{'pk':{'S':'a'}},'ConditionExpression':'attribute_exists(pk)',
            'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}
            """)
        #expect(answer.type == "ConditionalCheckFailedException")
        #expect(answer["Item"] == nil)
    }

    @Test(arguments: [409_600, 409_601])
    func itemsMayHaveFourHundredKilobytes(size: Int) throws {
        let value = String(repeating: "x", count: size - 2 - 1 - 1)
        let answer = try tables.call("PutItem", "{'TableName':'hashed','Item':{'pk':{'S':'a'},'v':{'S':'\(value)'}}}")
        if size == ItemLimits.itemSize {
            #expect(answer.status == 200)
        } else {
            #expect(answer.message == "Item size has exceeded the maximum allowed size")
        }
    }

    @Test func returnValuesOfUpdatesAreRefused() throws {
        let message = try tables.fault(
            "PutItem", "{'TableName':'hashed','Item':{'pk':{'S':'a'}},'ReturnValues':'ALL_NEW'}")
        #expect(message == "1 validation error detected: ReturnValues can only be ALL_OLD or NONE")
    }
}
