import JSON
import Testing

@testable import TableStore

@Suite struct ConsumedCapacityTests {
    private let tables: ItemStore

    init() throws {
        tables = try ItemStore.sorted()
        try tables.makeHashed()
    }

    private func units(_ operation: String, _ members: String) throws -> String? {
        try tables.ok(operation, "{\(members),'ReturnConsumedCapacity':'TOTAL'}")["ConsumedCapacity"]?.text
            .replacing("\"", with: "'")
    }

    private static func text(_ count: Int) -> String { String(repeating: "x", count: count) }

    @Test func isAbsentUnlessAskedFor() throws {
        let answer = try tables.ok(
            "PutItem", "{'TableName':'hashed','Item':{'pk':{'S':'a'}},'ReturnConsumedCapacity':'NONE'}")
        #expect(answer.text == "{}")
    }

    /// The item has a key of 3 bytes and a name of 1 beside its value.
    @Test(arguments: [(1_020, "1.0"), (1_021, "2.0"), (10_000, "10.0")])
    func putCostsAUnitPerKilobyte(value: Int, units expected: String) throws {
        let item = "'TableName':'hashed','Item':{'pk':{'S':'a'},'v':{'S':'\(Self.text(value))'}}"
        #expect(try units("PutItem", item) == "{'TableName':'hashed','CapacityUnits':\(expected)}")
    }

    @Test func writesCostTheLargerOfOldAndNew() throws {
        try tables.put("{'pk':{'S':'a'},'v':{'S':'\(Self.text(5_000))'}}")
        #expect(try units("PutItem", "'TableName':'hashed','Item':{'pk':{'S':'a'}}")?.contains(":5.0}") == true)
        #expect(try units("DeleteItem", "'TableName':'hashed','Key':{'pk':{'S':'a'}}")?.contains(":1.0}") == true)
        #expect(try units("DeleteItem", "'TableName':'hashed','Key':{'pk':{'S':'a'}}")?.contains(":1.0}") == true)
    }

    @Test(arguments: [
        (0, false, "0.5"), (0, true, "1.0"), (4_092, false, "0.5"), (4_093, false, "1.0"), (4_093, true, "2.0"),
    ])
    func getCostsAUnitPerFourKilobytes(value: Int, consistent: Bool, units expected: String) throws {
        try tables.put("{'pk':{'S':'a'},'v':{'S':'\(Self.text(value))'}}")
        let read = try units(
            "GetItem", "'TableName':'hashed','Key':{'pk':{'S':'a'}},'ConsistentRead':\(consistent)")
        #expect(read == "{'TableName':'hashed','CapacityUnits':\(expected)}")
    }

    @Test func missIsCheapest() throws {
        let key = "'TableName':'hashed','Key':{'pk':{'S':'nobody'}}"
        #expect(try units("GetItem", key)?.contains(":0.5}") == true)
        #expect(try units("GetItem", "\(key),'ConsistentRead':true")?.contains(":1.0}") == true)
    }

    @Test func pagesCostTheirTotal() throws {
        for number in 0..<10 {
            try tables.put("{'pk':{'S':'p'},'sk':{'S':'\(number)'},'v':{'S':'\(Self.text(1_000))'}}", in: "sorted")
        }
        let query =
            "'TableName':'sorted','KeyConditionExpression':'pk = :p','ExpressionAttributeValues':{':p':{'S':'p'}}"
        #expect(try units("Query", query)?.contains(":1.5}") == true)
        #expect(try units("Query", "\(query),'ConsistentRead':true")?.contains(":3.0}") == true)
        #expect(try units("Scan", "'TableName':'sorted'")?.contains(":1.5}") == true)
    }

    @Test func indexesAreToldApart() throws {
        let put = try tables.ok(
            "PutItem",
            """
            {'TableName':'sorted','Item':{'pk':{'S':'p'},'sk':{'S':'s'},'lk':{'S':'l'},'gk':{'S':'g'},'gs':{'N':'1'},
            'b':{'S':'\(Self.text(2_000))'}},'ReturnConsumedCapacity':'INDEXES'}
            """)
        #expect(
            put["ConsumedCapacity"]?.text.replacing("\"", with: "'")
                == "{'TableName':'sorted','CapacityUnits':7.0,'Table':{'CapacityUnits':2.0},"
                + "'LocalSecondaryIndexes':{'local':{'CapacityUnits':1.0}},'GlobalSecondaryIndexes':"
                + "{'whole':{'CapacityUnits':2.0},'keys':{'CapacityUnits':1.0},'some':{'CapacityUnits':1.0}}}"
        )
        let query = try tables.ok(
            "Query",
            """
            {'TableName':'sorted','IndexName':'keys','KeyConditionExpression':'gk = :g',
            'ExpressionAttributeValues':{':g':{'S':'g'}},'ReturnConsumedCapacity':'INDEXES'}
            """)
        #expect(
            query["ConsumedCapacity"]?.text.replacing("\"", with: "'")
                == "{'TableName':'sorted','CapacityUnits':0.5,'Table':{'CapacityUnits':0.0},"
                + "'GlobalSecondaryIndexes':{'keys':{'CapacityUnits':0.5}}}")
    }

    @Test func movedIndexEntryCostsTwoWritesAndAnUnchangedOneNothing() throws {
        try tables.put("{'pk':{'S':'p'},'sk':{'S':'s'},'gk':{'S':'g'},'gs':{'N':'1'}}", in: "sorted")
        func update(_ expression: String) throws -> String? {
            try units(
                "UpdateItem",
                """
                'TableName':'sorted','Key':{'pk':{'S':'p'},'sk':{'S':'s'}},'UpdateExpression':'\(expression)',
                'ExpressionAttributeValues':{':v':{'S':'n'}}
                """)
        }
        // The table, and the one index that has the attribute.
        #expect(try update("SET b = :v")?.contains(":2.0}") == true)
        #expect(try update("SET gk = :v")?.contains(":7.0}") == true)
    }

    @Test func transactionsCostTwice() throws {
        let write = "{'Put':{'TableName':'hashed','Item':{'pk':{'S':'a'}}}}"
        #expect(
            try units("TransactWriteItems", "'TransactItems':[\(write)]")
                == "[{'TableName':'hashed','CapacityUnits':2.0,'WriteCapacityUnits':2.0}]")
        let read = "{'Get':{'TableName':'hashed','Key':{'pk':{'S':'a'}}}}"
        #expect(
            try units("TransactGetItems", "'TransactItems':[\(read)]")
                == "[{'TableName':'hashed','CapacityUnits':2.0,'ReadCapacityUnits':2.0}]")
    }

    @Test func batchesCostPerTable() throws {
        let put = "{'PutRequest':{'Item':{'pk':{'S':'a'}}}}"
        let other = "{'PutRequest':{'Item':{'pk':{'S':'b'}}}}"
        #expect(
            try units("BatchWriteItem", "'RequestItems':{'hashed':[\(put),\(other)]}")
                == "[{'TableName':'hashed','CapacityUnits':2.0}]")
        let keys = "[{'pk':{'S':'a'}},{'pk':{'S':'b'}},{'pk':{'S':'c'}}]"
        #expect(
            try units("BatchGetItem", "'RequestItems':{'hashed':{'Keys':\(keys)}}")
                == "[{'TableName':'hashed','CapacityUnits':1.5}]")
    }
}

@Suite struct ItemCollectionMetricsTests {
    @Test func tablesWithALocalIndexHaveCollections() throws {
        let tables = try ItemStore.sorted()
        let answer = try tables.ok(
            "PutItem",
            """
            {'TableName':'sorted','Item':{'pk':{'S':'p'},'sk':{'S':'s'}},'ReturnItemCollectionMetrics':'SIZE'}
            """)
        #expect(
            answer.text
                == "{'ItemCollectionMetrics':{'ItemCollectionKey':{'pk':{'S':'p'}},'SizeEstimateRangeGB':[0.0,1.0]}}")
    }

    @Test func otherTablesHaveNone() throws {
        let tables = try ItemStore.hashed()
        let answer = try tables.ok(
            "PutItem", "{'TableName':'hashed','Item':{'pk':{'S':'p'}},'ReturnItemCollectionMetrics':'SIZE'}")
        #expect(answer.text == "{}")
    }

    @Test func batchesListCollectionsByTable() throws {
        let tables = try ItemStore.sorted()
        let puts = ["1", "2"].map { "{'PutRequest':{'Item':{'pk':{'S':'p'},'sk':{'S':'\($0)'}}}}" }
        let answer = try tables.ok(
            "BatchWriteItem",
            "{'RequestItems':{'sorted':[\(puts.joined(separator: ","))]},'ReturnItemCollectionMetrics':'SIZE'}")
        #expect(
            answer["ItemCollectionMetrics"]?.text.replacing("\"", with: "'")
                == "{'sorted':[{'ItemCollectionKey':{'pk':{'S':'p'}},'SizeEstimateRangeGB':[0.0,1.0]}]}")
    }
}
