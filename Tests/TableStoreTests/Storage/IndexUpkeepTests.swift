import JSON
import Testing

@Suite("Indexes")
struct IndexUpkeepTests {
    private func tables(_ folder: TableFolder) async throws -> OpenTables {
        let tables = try folder.open()
        _ = try await tables.succeed(
            "CreateTable",
            """
            {"TableName":"abc","BillingMode":"PAY_PER_REQUEST",
             "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"},
                                     {"AttributeName":"color","AttributeType":"S"}],
             "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
             "GlobalSecondaryIndexes":[{"IndexName":"by-color","Projection":{"ProjectionType":"ALL"},
               "KeySchema":[{"AttributeName":"color","KeyType":"HASH"}]}]}
            """)
        return tables
    }

    @Test("hold what is put")
    func put() async throws {
        let tables = try await tables(TableFolder())
        try await tables.put("1", in: "abc", #","color":{"S":"red"}"#)
        #expect(try await tables.ids(in: "abc", index: "by-color", "color", "red") == ["1"])
    }

    @Test("follow an item to its new key, and hold it once")
    func replaced() async throws {
        let tables = try await tables(TableFolder())
        try await tables.put("1", in: "abc", #","color":{"S":"red"}"#)
        try await tables.put("1", in: "abc", #","color":{"S":"red"},"more":{"S":"x"}"#)
        #expect(try await tables.ids(in: "abc", index: "by-color", "color", "red") == ["1"])
        try await tables.put("1", in: "abc", #","color":{"S":"blue"}"#)
        #expect(try await tables.ids(in: "abc", index: "by-color", "color", "red") == [])
        #expect(try await tables.ids(in: "abc", index: "by-color", "color", "blue") == ["1"])
    }

    @Test("follow updates, also one that takes the key away")
    func updated() async throws {
        let tables = try await tables(TableFolder())
        try await tables.put("1", in: "abc", #","color":{"S":"red"}"#)
        _ = try await tables.succeed(
            "UpdateItem",
            """
            {"TableName":"abc","Key":{"id":{"S":"1"}},"UpdateExpression":"SET color = :c",
             "ExpressionAttributeValues":{":c":{"S":"blue"}}}
            """)
        #expect(try await tables.ids(in: "abc", index: "by-color", "color", "red") == [])
        #expect(try await tables.ids(in: "abc", index: "by-color", "color", "blue") == ["1"])
        _ = try await tables.succeed(
            "UpdateItem", #"{"TableName":"abc","Key":{"id":{"S":"1"}},"UpdateExpression":"REMOVE color"}"#)
        #expect(try await tables.ids(in: "abc", index: "by-color", "color", "blue") == [])
    }

    @Test("forget what is deleted")
    func deleted() async throws {
        let tables = try await tables(TableFolder())
        try await tables.put("1", in: "abc", #","color":{"S":"red"}"#)
        try await tables.put("2", in: "abc", #","color":{"S":"red"}"#)
        _ = try await tables.succeed("DeleteItem", #"{"TableName":"abc","Key":{"id":{"S":"1"}}}"#)
        #expect(try await tables.ids(in: "abc", index: "by-color", "color", "red") == ["2"])
    }

    @Test("leave out items without their key")
    func sparse() async throws {
        let tables = try await tables(TableFolder())
        try await tables.put("1", in: "abc")
        try await tables.put("2", in: "abc", #","color":{"S":"red"}"#)
        let scan = try await tables.succeed("Scan", #"{"TableName":"abc","IndexName":"by-color"}"#)
        #expect(scan["Count"] == 1)
    }

    @Test("a refused write leaves them as they were")
    func refused() async throws {
        let tables = try await tables(TableFolder())
        try await tables.put("1", in: "abc", #","color":{"S":"red"}"#)
        let answer = await tables.ask(
            "PutItem",
            """
            {"TableName":"abc","Item":{"id":{"S":"1"},"color":{"S":"blue"}},
             "ConditionExpression":"attribute_not_exists(id)"}
            """)
        #expect(answer.error == "ConditionalCheckFailedException")
        #expect(try await tables.ids(in: "abc", index: "by-color", "color", "red") == ["1"])
        #expect(try await tables.ids(in: "abc", index: "by-color", "color", "blue") == [])
    }
}
