import JSON
import Testing

@testable import TableStore

/// What requests said before there were expressions.
@Suite struct LegacyParametersTests {
    private let tables: ItemStore

    init() throws {
        tables = try ItemStore.sorted()
        for sort in ["1", "2", "3"] {
            try tables.put("{'pk':{'S':'p'},'sk':{'S':'\(sort)'},'n':{'N':'\(sort)'}}", in: "sorted")
        }
    }

    private let key = "'TableName':'sorted','Key':{'pk':{'S':'p'},'sk':{'S':'1'}}"

    @Test func attributesToGetChoosesAttributes() throws {
        #expect(try tables.ok("GetItem", "{\(key),'AttributesToGet':['n']}").text == "{'Item':{'n':{'N':'1'}}}")
        let batch = try tables.ok(
            "BatchGetItem",
            "{'RequestItems':{'sorted':{'Keys':[{'pk':{'S':'p'},'sk':{'S':'1'}}],'AttributesToGet':['sk']}}}")
        #expect(batch["Responses"]?.text == #"{"sorted":[{"sk":{"S":"1"}}]}"#)
    }

    @Test func expectedIsACondition() throws {
        let other = "'Expected':{'n':{'Value':{'N':'2'}}}"
        _ = try tables.fault("DeleteItem", "{\(key),\(other)}", type: "ConditionalCheckFailedException")
        let absent = "'Expected':{'pk':{'Exists':false}}"
        _ = try tables.fault(
            "PutItem", "{'TableName':'sorted','Item':{'pk':{'S':'p'},'sk':{'S':'1'}},\(absent)}",
            type: "ConditionalCheckFailedException")
        try tables.ok("DeleteItem", "{\(key),'Expected':{'n':{'Value':{'N':'1.0'}}}}")
    }

    @Test func attributeUpdatesAreUpdates() throws {
        let answer = try tables.ok(
            "UpdateItem",
            """
            {\(key),'ReturnValues':'UPDATED_NEW','AttributeUpdates':{'n':{'Action':'ADD','Value':{'N':'2'}},
            's':{'Value':{'S':'x'}}}}
            """)
        #expect(answer.text == "{'Attributes':{'n':{'N':'3'},'s':{'S':'x'}}}")
    }

    @Test func keyOfAttributeUpdatesIsRefused() throws {
        let message = try tables.fault("UpdateItem", "{\(key),'AttributeUpdates':{'pk':{'Value':{'S':'x'}}}}")
        #expect(
            message
                == "One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key"
        )
    }

    @Test func keyConditionsAndFiltersChooseItems() throws {
        let query = try tables.ok(
            "Query",
            """
            {'TableName':'sorted','KeyConditions':{'pk':{'ComparisonOperator':'EQ','AttributeValueList':[{'S':'p'}]},
            'sk':{'ComparisonOperator':'GE','AttributeValueList':[{'S':'2'}]}},
            'QueryFilter':{'n':{'ComparisonOperator':'NE','AttributeValueList':[{'N':'2'}]}}}
            """)
        #expect(query.values("sk") == ["3"])
        #expect(query.integer("ScannedCount") == 2)
        let scan = try tables.ok(
            "Scan",
            """
            {'TableName':'sorted','ConditionalOperator':'OR','ScanFilter':{
            'n':{'ComparisonOperator':'EQ','AttributeValueList':[{'N':'1'}]},
            'sk':{'ComparisonOperator':'EQ','AttributeValueList':[{'S':'3'}]}}}
            """)
        #expect(Set(scan.values("sk")) == ["1", "3"])
    }

    @Test func keyConditionsStandBesideExpressions() throws {
        let query = try tables.ok(
            "Query",
            """
            {'TableName':'sorted','KeyConditions':{'pk':{'ComparisonOperator':'EQ','AttributeValueList':[{'S':'p'}]}},
            'FilterExpression':'n > :one','ProjectionExpression':'sk','ExpressionAttributeValues':{':one':{'N':'1'}}}
            """)
        #expect(query.values("sk") == ["2", "3"])
        let message = try tables.fault(
            "Query",
            """
            {'TableName':'sorted','KeyConditions':{'pk':{'ComparisonOperator':'EQ','AttributeValueList':[{'S':'p'}]}},
            'KeyConditionExpression':'pk = :p','ExpressionAttributeValues':{':p':{'S':'p'}}}
            """)
        #expect(
            message.hasSuffix(
                "Non-expression parameters: {KeyConditions} Expression parameters: {KeyConditionExpression}"))
    }

    @Test func actionsOfTransactionsDoNotKnowThem() throws {
        let put =
            "{'Put':{'TableName':'sorted','Item':{'pk':{'S':'p'},'sk':{'S':'1'}},'Expected':{'pk':{'Exists':false}}}}"
        try tables.ok("TransactWriteItems", "{'TransactItems':[\(put)]}")
    }

    @Test(arguments: ["", String(repeating: "x", count: 65_536)])
    func attributeUpdatesNeedNamesThatItemsMayHave(name: String) throws {
        _ = try tables.fault("UpdateItem", "{\(key),'AttributeUpdates':{'\(name)':{'Value':{'S':'x'}}}}")
        try tables.ok("UpdateItem", "{\(key),'AttributeUpdates':{'n':{'Value':{'N':'5'}}}}")
    }
}
