import JSON
import Testing

@Suite("UpdateTable")
struct UpdateTableTests {
    private static func create(_ name: String, key: String = "color", definition: Bool = true) -> String {
        let definitions =
            definition ? #""AttributeDefinitions":[{"AttributeName":"\#(key)","AttributeType":"S"}],"# : ""
        return """
            {"TableName":"abc",\(definitions)"GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"\(name)",
             "KeySchema":[{"AttributeName":"\(key)","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}}]}
            """
    }

    private static func delete(_ name: String) -> String {
        #"{"TableName":"abc","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"\#(name)"}}]}"#
    }

    private static let provisioned = """
        {"TableName":"abc","ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5},
         "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],
         "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]}
        """

    private func tables() async throws -> OpenTables {
        let tables = try TableFolder().open()
        try await tables.createSimpleTable("abc")
        return tables
    }

    private func described(_ tables: OpenTables) async throws -> JSONValue {
        try await tables.succeed("DescribeTable", #"{"TableName":"abc"}"#)["Table"] ?? .null
    }

    /// Asks until the index is active, as clients do.
    private func waitForIndex(_ tables: OpenTables) async throws {
        while true {
            let indexes = try await described(tables)["GlobalSecondaryIndexes"]?.array ?? []
            if indexes.allSatisfy({ $0["IndexStatus"] == "ACTIVE" }) { return }
            await Task.yield()
        }
    }

    @Test("a new index holds what was there before, and only what has its key")
    func backfill() async throws {
        let tables = try await tables()
        for number in 0..<700 {
            let color = number % 2 == 0 ? #","color":{"S":"red"}"# : number % 3 == 0 ? #","color":{"N":"1"}"# : ""
            try await tables.put("\(number)", in: "abc", color)
        }
        _ = try await tables.succeed("UpdateTable", Self.create("by-color"))
        try await waitForIndex(tables)
        let found = try await tables.ids(in: "abc", index: "by-color", "color", "red")
        #expect(Set(found) == Set(stride(from: 0, to: 700, by: 2).map(String.init)))
        #expect(found.count == 350)
    }

    @Test("a new index leaves out items whose value is no key", arguments: [#"{"S":""}"#, longString])
    func noKey(color: String) async throws {
        let tables = try await tables()
        try await tables.put("1", in: "abc", #","color":\#(color)"#)
        _ = try await tables.succeed("UpdateTable", Self.create("by-color"))
        try await waitForIndex(tables)
        let scan = try await tables.succeed("Scan", #"{"TableName":"abc","IndexName":"by-color"}"#)
        #expect(scan["Count"] == 0)
    }

    private static let longString = #"{"S":"\#(String(repeating: "x", count: 2_049))"}"#

    @Test("a new index is there after the file is opened again")
    func reopened() async throws {
        let folder = try TableFolder()
        do {
            let tables = try folder.open()
            try await tables.createSimpleTable("abc")
            try await tables.put("1", in: "abc", #","color":{"S":"red"}"#)
            _ = try await tables.succeed("UpdateTable", Self.create("by-color"))
        }
        let tables = try folder.open()
        try await waitForIndex(tables)
        #expect(try await tables.ids(in: "abc", index: "by-color", "color", "red") == ["1"])
    }

    @Test("a deleted index is gone, and so is its attribute")
    func deleteIndex() async throws {
        let tables = try await tables()
        _ = try await tables.succeed("UpdateTable", Self.create("by-color"))
        try await waitForIndex(tables)
        _ = try await tables.succeed("UpdateTable", Self.delete("by-color"))
        let table = try await described(tables)
        #expect(table["GlobalSecondaryIndexes"] == nil)
        #expect(table["AttributeDefinitions"] == [["AttributeName": "id", "AttributeType": "S"]])
        let answer = await tables.ask("Scan", #"{"TableName":"abc","IndexName":"by-color"}"#)
        #expect(answer.error == "ValidationException")
    }

    @Test("an index made again under its old name starts anew")
    func sameName() async throws {
        let tables = try await tables()
        try await tables.put("1", in: "abc", #","color":{"S":"red"},"shape":{"S":"round"}"#)
        _ = try await tables.succeed("UpdateTable", Self.create("idx"))
        #expect(try await tables.ids(in: "abc", index: "idx", "color", "red") == ["1"])
        _ = try await tables.succeed("UpdateTable", Self.delete("idx"))
        _ = try await tables.succeed("UpdateTable", Self.create("idx", key: "shape"))
        #expect(try await tables.ids(in: "abc", index: "idx", "shape", "round") == ["1"])
    }

    @Test("the name of an index is taken once")
    func takenName() async throws {
        let tables = try await tables()
        _ = try await tables.succeed("UpdateTable", Self.create("idx"))
        for definition in [true, false] {
            let answer = await tables.ask("UpdateTable", Self.create("idx", key: "shape", definition: definition))
            #expect(answer.message == "Attempting to create an index which already exists")
        }
    }

    @Test("an index cannot be deleted that is not there")
    func unknownIndex() async throws {
        #expect(try await tables().ask("UpdateTable", Self.delete("idx")).error == "ResourceNotFoundException")
    }

    @Test("a key of an index needs a definition")
    func undefined() async throws {
        let answer = try await tables().ask("UpdateTable", Self.create("idx", definition: false))
        #expect(
            answer.message
                == "One or more parameter values were invalid: AttributeDefinitions is not specified for index: idx")
    }

    @Test("one index is made or deleted at a time")
    func oneAtATime() async throws {
        let answer = try await tables().ask(
            "UpdateTable",
            """
            {"TableName":"abc","AttributeDefinitions":[{"AttributeName":"x","AttributeType":"S"}],
             "GlobalSecondaryIndexUpdates":[
              {"Create":{"IndexName":"one","KeySchema":[{"AttributeName":"x","KeyType":"HASH"}],
               "Projection":{"ProjectionType":"ALL"}}},
              {"Create":{"IndexName":"two","KeySchema":[{"AttributeName":"x","KeyType":"HASH"}],
               "Projection":{"ProjectionType":"ALL"}}}]}
            """)
        #expect(answer.error == "LimitExceededException")
        #expect(
            answer.message
                == "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table")
    }

    @Test("a twenty-first index is refused")
    func tooMany() async throws {
        let tables = try await tables()
        for number in 1...20 { _ = try await tables.succeed("UpdateTable", Self.create("idx\(number)")) }
        #expect(await tables.ask("UpdateTable", Self.create("idx21")).status == 400)
        #expect(try await described(tables)["GlobalSecondaryIndexes"]?.array?.count == 20)
    }

    @Test("nothing given is refused")
    func nothing() async throws {
        let answer = try await tables().ask("UpdateTable", #"{"TableName":"abc"}"#)
        #expect(
            answer.message
                == "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
                + "GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, "
                + "ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, "
                + "WarmThroughput or TableClass is required")
    }

    @Test("the same throughput again is refused")
    func sameThroughput() async throws {
        let tables = try TableFolder().open()
        _ = try await tables.succeed("CreateTable", Self.provisioned)
        let answer = await tables.ask(
            "UpdateTable",
            #"{"TableName":"abc","ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5}}"#)
        #expect(answer.message?.hasPrefix("The provisioned throughput for the table will not change. ") == true)
    }

    @Test("other throughput is described")
    func throughput() async throws {
        let tables = try TableFolder().open()
        _ = try await tables.succeed("CreateTable", Self.provisioned)
        let answer = try await tables.succeed(
            "UpdateTable",
            #"{"TableName":"abc","ProvisionedThroughput":{"ReadCapacityUnits":7,"WriteCapacityUnits":5}}"#)
        #expect(answer["TableDescription"]?["TableStatus"] == "UPDATING")
        #expect(try await described(tables)["ProvisionedThroughput"]?["ReadCapacityUnits"] == 7)
    }

    private static let invalid = "One or more parameter values were invalid: "
    private static let schema =
        "Schema:[SchemaElement: key{id:S:HASH}] New schema: Schema:[SchemaElement: key{id:N:HASH}]"

    @Test(
        "is refused with AWS's words",
        arguments: [
            (
                #""TableClass":"STANDARD","BillingMode":"PAY_PER_REQUEST""#,
                invalid + "TableClass modification must be the only operation in the request"
            ),
            (
                #""SSESpecification":{"Enabled":true},"DeletionProtectionEnabled":true"#,
                invalid + "Server-Side Encryption modification must be the only operation in the request"
            ),
            (
                #""DeletionProtectionEnabled":true,"BillingMode":"PAY_PER_REQUEST""#,
                invalid + "DeletionProtection modification must be the only operation in the request"
            ),
            (
                #""OnDemandThroughput":{"MaxReadRequestUnits":1},"StreamSpecification":{"StreamEnabled":false}"#,
                invalid + "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request"
            ),
            (#""StreamSpecification":{"StreamEnabled":false}"#, "Table has no stream to disable: TableName: abc"),
            (
                #""StreamSpecification":{"StreamEnabled":false,"StreamViewType":"NEW_IMAGE"}"#,
                invalid + "If stream is being disabled, then UpdateViewType must not be specified"
            ),
            (
                #""BillingMode":"PROVISIONED""#,
                invalid + "ProvisionedThroughput must be specified when BillingMode is PROVISIONED"
            ),
            (
                #""WarmThroughput":{"ReadUnitsPerSecond":11999}"#,
                invalid + "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than current "
                    + "WarmThroughput, decreasing WarmThroughput is not supported"
            ),
            (
                #""OnDemandThroughput":{"MaxReadRequestUnits":-2}"#,
                invalid + "Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range"
            ),
            (
                #""BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"N"}]"#,
                invalid + "Attributes cannot be redefined. Please check that your attribute has the same type as "
                    + "previously defined. Existing schema: \(schema)"
            ),
            (#""GlobalSecondaryIndexUpdates":[]"#, invalid + "List of GlobalSecondaryIndexUpdates is empty"),
            (
                #""GlobalSecondaryIndexUpdates":[{}]"#,
                invalid + "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
                    + "GlobalSecondaryIndexUpdate.Delete must not be null"
            ),
            (
                #""GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"one"},"Update":{"IndexName":"one"}}]"#,
                invalid + "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object"
            ),
            (
                #""GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"gx"}}]"#,
                "1 validation error detected: Value 'gx' at 'globalSecondaryIndexUpdates.1.member.delete.indexName' "
                    + "failed to satisfy constraint: Member must have length greater than or equal to 3"
            ),
        ])
    func refusals(members: String, message: String) async throws {
        #expect(try await tables().ask("UpdateTable", #"{"TableName":"abc",\#(members)}"#).message == message)
    }

    @Test("a bound on demand is taken away by -1")
    func cleared() async throws {
        let tables = try await tables()
        let bound = { (units: Int) in
            #"{"TableName":"abc","OnDemandThroughput":{"MaxReadRequestUnits":\#(units)}}"#
        }
        _ = try await tables.succeed("UpdateTable", bound(5))
        #expect(try await described(tables)["OnDemandThroughput"] == ["MaxReadRequestUnits": 5])
        _ = try await tables.succeed("UpdateTable", bound(-1))
        #expect(try await described(tables)["OnDemandThroughput"] == nil)
    }

    @Test("on demand again is accepted")
    func onDemandAgain() async throws {
        _ = try await tables().succeed("UpdateTable", #"{"TableName":"abc","BillingMode":"PAY_PER_REQUEST"}"#)
    }

    @Test("a stream is refused with a sentence")
    func stream() async throws {
        let answer = try await tables().ask(
            "UpdateTable", #"{"TableName":"abc","StreamSpecification":{"StreamEnabled":true}}"#)
        #expect(answer.message?.contains("Gatehouse") == true)
    }

    @Test("a table that is not there is named")
    func unknownTable() async throws {
        let answer = try await TableFolder().open().ask(
            "UpdateTable", #"{"TableName":"abc","BillingMode":"PAY_PER_REQUEST"}"#)
        #expect(answer.message == "Requested resource not found: Table: abc not found")
    }

    @Test("an update that is refused changes nothing")
    func refused() async throws {
        let tables = try await tables()
        let before = try await described(tables)
        #expect(
            await tables.ask(
                "UpdateTable",
                Self.create("idx").replacing(
                    "{\"TableName", with: "{\"DeletionProtectionEnabled\":true,\"TableName")
            ).status == 400)
        #expect(try await described(tables) == before)
    }
}
