import JSON
import Testing

@Suite("Descriptions of tables")
struct DescribedTablesTests {
    static let request = """
        {"TableName":"abc","BillingMode":"PAY_PER_REQUEST",
         "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"},{"AttributeName":"at","AttributeType":"N"}],
         "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
         "GlobalSecondaryIndexes":[{"IndexName":"by-time","KeySchema":[{"AttributeName":"at","KeyType":"HASH"}],
           "Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["x"]}}]}
        """
    private static let arn = "arn:aws:dynamodb:us-east-1:000000000000:table/abc"

    @Test("CreateTable says that it is creating, as AWS does")
    func created() async throws {
        let answer = try await TableFolder().open().succeed("CreateTable", Self.request)
        let table = try #require(answer["TableDescription"])
        #expect(table["TableStatus"] == "CREATING")
        #expect(table["GlobalSecondaryIndexes"]?.array?.first?["IndexStatus"] == "CREATING")
        #expect(table["CreationDateTime"] == .number("1700000000.000"))
        #expect(table["TableArn"] == .string(Self.arn))
        #expect(table["TableId"]?.string?.count == 36)
        #expect(table["DeletionProtectionEnabled"] == false)
        #expect(table["BillingModeSummary"]?["BillingMode"] == "PAY_PER_REQUEST")
        #expect(
            table["ProvisionedThroughput"]
                == ["NumberOfDecreasesToday": 0, "ReadCapacityUnits": 0, "WriteCapacityUnits": 0])
    }

    @Test("DescribeTable says at once that it is active")
    func described() async throws {
        let tables = try TableFolder().open()
        _ = try await tables.succeed("CreateTable", Self.request)
        let answer = try await tables.succeed("DescribeTable", #"{"TableName":"abc"}"#)
        let table = try #require(answer["Table"])
        #expect(table["TableStatus"] == "ACTIVE")
        #expect(
            table["WarmThroughput"]
                == ["ReadUnitsPerSecond": 12_000, "WriteUnitsPerSecond": 4_000, "Status": "ACTIVE"])
        let index = try #require(table["GlobalSecondaryIndexes"]?.array?.first)
        #expect(index["IndexStatus"] == "ACTIVE")
        #expect(index["IndexArn"] == .string(Self.arn + "/index/by-time"))
        #expect(index["Projection"] == ["ProjectionType": "INCLUDE", "NonKeyAttributes": ["x"]])
    }

    @Test("an ARN is as good as the name")
    func arn() async throws {
        let tables = try TableFolder().open()
        try await tables.createSimpleTable("abc")
        let answer = try await tables.succeed("DescribeTable", #"{"TableName":"\#(Self.arn)"}"#)
        #expect(answer["Table"]?["TableName"] == "abc")
        try await tables.put("1", in: Self.arn)
        #expect(try await tables.item("1", in: "abc") != nil)
    }

    @Test(
        "an ARN of elsewhere names nothing here",
        arguments: [
            "arn:aws:dynamodb:eu-west-1:000000000000:table/abc", "arn:aws:dynamodb:us-east-1:111111111111:table/abc",
        ])
    func foreignARN(arn: String) async throws {
        let tables = try TableFolder().open()
        try await tables.createSimpleTable("abc")
        let answer = await tables.ask("GetItem", #"{"TableName":"\#(arn)","Key":{"id":{"S":"1"}}}"#)
        #expect(answer.error == "ResourceNotFoundException")
    }

    @Test("count items")
    func itemCount() async throws {
        let tables = try TableFolder().open()
        try await tables.createSimpleTable("abc")
        for id in ["1", "2", "2"] { try await tables.put(id, in: "abc") }
        let answer = try await tables.succeed("DescribeTable", #"{"TableName":"abc"}"#)
        #expect(answer["Table"]?["ItemCount"] == 2)
    }

    @Test("the name is taken once")
    func taken() async throws {
        let tables = try TableFolder().open()
        try await tables.createSimpleTable("abc")
        let answer = await tables.ask("CreateTable", Self.request)
        #expect(answer.error == "ResourceInUseException")
        #expect(answer.message == "Table already exists: abc")
    }

    @Test("DeleteTable leaves out the schema")
    func deleted() async throws {
        let tables = try TableFolder().open()
        _ = try await tables.succeed("CreateTable", Self.request)
        let answer = try await tables.succeed("DeleteTable", #"{"TableName":"abc"}"#)
        let table = try #require(answer["TableDescription"]?.object)
        #expect(table["TableStatus"] == "DELETING")
        for member in ["AttributeDefinitions", "KeySchema", "CreationDateTime"] { #expect(table[member] == nil) }
        #expect(await tables.ask("DescribeTable", #"{"TableName":"abc"}"#).error == "ResourceNotFoundException")
    }

    @Test("the answer of DeleteTable has no indexes")
    func deletedIndexes() throws {
        let tables = try ItemStore.sorted()
        let table = try tables.ok("DeleteTable", "{'TableName':'sorted'}")["TableDescription"]
        #expect(table?["GlobalSecondaryIndexes"] == nil)
        #expect(table?["LocalSecondaryIndexes"] == nil)
    }

    @Test("encryption names a key")
    func encryption() async throws {
        let tables = try TableFolder().open()
        let answer = try await tables.succeed(
            "CreateTable", #"{"SSESpecification":{"Enabled":true},"# + Self.request.dropFirst())
        let key = answer["TableDescription"]?["SSEDescription"]?["KMSMasterKeyArn"]?.string
        #expect(key?.hasPrefix("arn:aws:kms:us-east-1:000000000000:key/") == true)
    }

    @Test("a protected table is not deleted until the protection is off")
    func protected() async throws {
        let tables = try TableFolder().open()
        try await tables.createSimpleTable("abc")
        _ = try await tables.succeed("UpdateTable", #"{"TableName":"abc","DeletionProtectionEnabled":true}"#)
        #expect(await tables.ask("DeleteTable", #"{"TableName":"abc"}"#).error == "ValidationException")
        _ = try await tables.succeed("UpdateTable", #"{"TableName":"abc","DeletionProtectionEnabled":false}"#)
        _ = try await tables.succeed("DeleteTable", #"{"TableName":"abc"}"#)
    }

    @Test(
        "what Gatehouse does not have is refused",
        arguments: [
            #""StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"}"#, #""ResourcePolicy":"{}""#,
            #""GlobalTableSourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/x""#, #""VectorIndexes":[{}]"#,
        ])
    func notOffered(member: String) async throws {
        let answer = try await TableFolder().open().ask("CreateTable", "{\(member)," + Self.request.dropFirst())
        #expect(answer.error == "ValidationException")
        #expect(answer.message?.contains("Gatehouse") == true)
    }

    @Test(
        "what only AWS acts upon is kept and described",
        arguments: [
            (#""TableClass":"STANDARD_INFREQUENT_ACCESS""#, "TableClassSummary"),
            (#""OnDemandThroughput":{"MaxReadRequestUnits":5,"MaxWriteRequestUnits":5}"#, "OnDemandThroughput"),
            (#""SSESpecification":{"Enabled":true,"SSEType":"KMS"}"#, "SSEDescription"),
        ])
    func kept(member: String, described: String) async throws {
        let tables = try TableFolder().open()
        _ = try await tables.succeed("CreateTable", "{\(member)," + Self.request.dropFirst())
        let answer = try await tables.succeed("DescribeTable", #"{"TableName":"abc"}"#)
        #expect(answer["Table"]?[described] != nil)
    }

    @Test("warm throughput is described as it was given")
    func warmThroughput() async throws {
        let tables = try TableFolder().open()
        let warm = #""WarmThroughput":{"ReadUnitsPerSecond":13000,"WriteUnitsPerSecond":5000}"#
        let created = try await tables.succeed("CreateTable", "{\(warm)," + Self.request.dropFirst())
        #expect(
            created["TableDescription"]?["WarmThroughput"]
                == ["ReadUnitsPerSecond": 13_000, "WriteUnitsPerSecond": 5_000, "Status": "UPDATING"])
        let answer = try await tables.succeed("DescribeTable", #"{"TableName":"abc"}"#)
        #expect(answer["Table"]?["WarmThroughput"]?["ReadUnitsPerSecond"] == 13_000)
    }

    @Test(
        "choices outside of the model are refused",
        arguments: [
            (#""BillingMode":"FREE""#, "billingMode"), (#""Tags":[{"Key":"","Value":"x"}]"#, "tags.1.member.key"),
        ])
    func choices(member: String, path: String) async throws {
        let request = Self.request.replacing(#""BillingMode":"PAY_PER_REQUEST","#, with: "")
        let answer = try await TableFolder().open().ask("CreateTable", "{\(member)," + request.dropFirst())
        #expect(answer.message?.contains("at '\(path)' failed to satisfy constraint") == true)
    }
}
