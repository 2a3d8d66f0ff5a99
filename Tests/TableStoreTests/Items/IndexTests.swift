import JSON
import Testing

@testable import TableStore

@Suite struct IndexTests {
    private let tables: ItemStore

    init() throws {
        tables = try ItemStore.sorted()
        try tables.put(
            "{'pk':{'S':'p'},'sk':{'S':'1'},'lk':{'S':'l'},'gk':{'S':'g'},'gs':{'N':'1'},'a':{'N':'1'},'b':{'N':'2'}}",
            in: "sorted")
        try tables.put("{'pk':{'S':'p'},'sk':{'S':'2'},'gk':{'S':'g'},'a':{'N':'1'}}", in: "sorted")
    }

    private func query(_ index: String, _ members: String = "") throws -> TableAnswer {
        let (key, value) = index == "local" ? ("pk", "p") : ("gk", "g")
        return try tables.ok(
            "Query",
            """
            {'TableName':'sorted','IndexName':'\(index)','KeyConditionExpression':'\(key) = :v',
            'ExpressionAttributeValues':{':v':{'S':'\(value)'}}\(members)}
            """)
    }

    @Test(arguments: ["whole", "keys", "some", "local"])
    func itemsWithoutAllIndexKeysAreNotInTheIndex(index: String) throws {
        #expect(try query(index).values("sk") == ["1"])
    }

    @Test(arguments: [
        ("whole", ["a", "b", "gk", "gs", "lk", "pk", "sk"]), ("keys", ["gk", "gs", "pk", "sk"]),
        ("some", ["a", "gk", "gs", "pk", "sk"]), ("local", ["lk", "pk", "sk"]),
    ])
    func indexShowsWhatItProjects(index: String, names: [String]) throws {
        #expect(try query(index)["Items"]?.array?.first?.object?.keys == names)
        let scan = try tables.ok("Scan", "{'TableName':'sorted','IndexName':'\(index)'}")
        #expect(scan["Items"]?.array?.first?.object?.keys == names)
    }

    @Test func localIndexFetchesWhatItHasNot() throws {
        let all = try query("local", ",'Select':'ALL_ATTRIBUTES','ConsistentRead':true")
        #expect(all["Items"]?.array?.first?.object?.count == 7)
        let some = try query("local", ",'ProjectionExpression':'b'")
        #expect(some.text.hasPrefix("{'Items':[{'b':{'N':'2'}}]"))
    }

    @Test func filterOfAGlobalIndexSeesWhatItProjects() throws {
        #expect(try query("some", ",'FilterExpression':'attribute_exists(a)'").integer("Count") == 1)
        #expect(try query("some", ",'FilterExpression':'attribute_exists(b)'").integer("Count") == 0)
    }

    @Test func changesMoveAndRemoveEntries() throws {
        try tables.ok(
            "UpdateItem",
            """
            {'TableName':'sorted','Key':{'pk':{'S':'p'},'sk':{'S':'1'}},'UpdateExpression':'SET gk = :n',
            'ExpressionAttributeValues':{':n':{'S':'n'}}}
            """)
        #expect(try query("whole").integer("Count") == 0)
        try tables.ok("DeleteItem", "{'TableName':'sorted','Key':{'pk':{'S':'p'},'sk':{'S':'1'}}}")
        #expect(try tables.ok("Scan", "{'TableName':'sorted','IndexName':'whole'}").integer("Count") == 0)
    }

    @Test func keysOfSeveralAttributesSortByEachInTurn() throws {
        try tables.ok(
            "CreateTable",
            """
            {'TableName':'multi','BillingMode':'PAY_PER_REQUEST','KeySchema':[{'AttributeName':'pk','KeyType':'HASH'}],
            'AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'},{'AttributeName':'a','AttributeType':'S'},
            {'AttributeName':'b','AttributeType':'N'},{'AttributeName':'c','AttributeType':'S'},
            {'AttributeName':'d','AttributeType':'N'}],
            'GlobalSecondaryIndexes':[{'IndexName':'multi','Projection':{'ProjectionType':'ALL'},
            'KeySchema':[{'AttributeName':'a','KeyType':'HASH'},{'AttributeName':'b','KeyType':'HASH'},
            {'AttributeName':'c','KeyType':'RANGE'},{'AttributeName':'d','KeyType':'RANGE'}]}]}
            """)
        for (name, c, d) in [("1", "x", "10"), ("2", "x", "9"), ("3", "xx", "-1"), ("4", "y", "0")] {
            try tables.put(
                "{'pk':{'S':'\(name)'},'a':{'S':'a'},'b':{'N':'1.0'},'c':{'S':'\(c)'},'d':{'N':'\(d)'}}", in: "multi")
        }
        func names(_ condition: String, _ values: String) throws -> [String] {
            try tables.ok(
                "Query",
                """
                {'TableName':'multi','IndexName':'multi','KeyConditionExpression':'a = :a AND b = :b\(condition)',
                'ExpressionAttributeValues':{':a':{'S':'a'},':b':{'N':'1'}\(values)}}
                """
            ).values("pk")
        }
        #expect(try names("", "") == ["2", "1", "3", "4"])
        #expect(try names(" AND c = :c AND d > :d", ",':c':{'S':'x'},':d':{'N':'9'}") == ["1"])
        #expect(try names(" AND begins_with(c, :c)", ",':c':{'S':'x'}") == ["2", "1", "3"])
        func condition(_ name: String, _ value: String) -> String {
            "'\(name)':{'ComparisonOperator':'EQ','AttributeValueList':[\(value)]}"
        }
        let legacy = [condition("a", "{'S':'a'}"), condition("b", "{'N':'1'}"), condition("c", "{'S':'x'}")]
        let found = try tables.ok(
            "Query",
            "{'TableName':'multi','IndexName':'multi','KeyConditions':{\(legacy.joined(separator: ","))}}")
        #expect(found.values("pk") == ["2", "1"])
        for condition in ["a = :a", "a = :a AND b > :b"] {
            let values = condition.contains(":b") ? ",':b':{'N':'1'}" : ""
            #expect(
                try tables.fault(
                    "Query",
                    """
                    {'TableName':'multi','IndexName':'multi','KeyConditionExpression':'\(condition)',
                    'ExpressionAttributeValues':{':a':{'S':'a'}\(values)}}
                    """) == "HASH key attributes b must have equality conditions specified in the query")
        }
        let gap = try tables.fault(
            "Query",
            """
            {'TableName':'multi','IndexName':'multi','KeyConditionExpression':'a = :a AND b = :b AND d = :b',
            'ExpressionAttributeValues':{':a':{'S':'a'},':b':{'N':'1'}}}
            """)
        #expect(
            gap == "RANGE key attributes c must have equality conditions specified in the query because a condition is "
                + "present on key attribute d")
    }

    @Test(
        "Values that no index can have as keys",
        arguments: [
            (
                "'UpdateExpression':'SET gk = :v','ExpressionAttributeValues':{':v':{'N':'1'}}",
                "One or more parameter values were invalid: Type mismatch for Index Key gk Expected: S Actual: N "
                    + "IndexName: whole"
            ),
            (
                "'AttributeUpdates':{'gk':{'Value':{'N':'1'}}}",
                "One or more parameter values were invalid: Type mismatch for Index Key gk Expected: S Actual: N "
                    + "IndexName: whole"
            ),
            (
                "'UpdateExpression':'SET gk = a'",
                "The update expression attempted to update the secondary index key to unsupported type"
            ),
            (
                "'UpdateExpression':'SET gk = :v','ExpressionAttributeValues':{':v':{'S':''}}",
                "One or more parameter values are not valid. The update expression attempted to update a secondary "
                    + "index key to a value that is not supported. The AttributeValue for a key attribute cannot contain "
                    + "an empty string value."
            ),
        ])
    func updatesOfIndexKeys(update: String, message: String) throws {
        #expect(
            try tables.fault("UpdateItem", "{'TableName':'sorted','Key':{'pk':{'S':'p'},'sk':{'S':'1'}},\(update)}")
                == message)
    }
}
