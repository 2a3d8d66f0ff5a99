import JSON
import Testing

@Suite("What tools ask about tables")
struct TableFactsTests {
    @Test(
        "is answered as for a table that has none of it",
        arguments: [
            (
                "DescribeContinuousBackups",
                """
                {"ContinuousBackupsDescription":{"ContinuousBackupsStatus":"ENABLED",
                "PointInTimeRecoveryDescription":{"PointInTimeRecoveryStatus":"DISABLED"}}}
                """
            ),
            ("DescribeContributorInsights", #"{"TableName":"abc","ContributorInsightsStatus":"DISABLED"}"#),
            ("DescribeKinesisStreamingDestination", #"{"TableName":"abc","KinesisDataStreamDestinations":[]}"#),
            (
                "DescribeEndpoints",
                #"{"Endpoints":[{"Address":"dynamodb.us-east-1.amazonaws.com","CachePeriodInMinutes":1440}]}"#
            ),
        ])
    func defaults(operation: String, answer: String) async throws {
        let tables = try TableFolder().open()
        try await tables.createSimpleTable("abc")
        #expect(try await tables.succeed(operation, #"{"TableName":"abc"}"#) == JSONValue(parsing: answer))
    }

    @Test("DescribeLimits gives four numbers")
    func limits() async throws {
        let limits = try await TableFolder().open().succeed("DescribeLimits", "{}")
        #expect(limits.object?.count == 4)
        #expect(limits["TableMaxReadCapacityUnits"] == 40_000)
    }

    @Test("point-in-time recovery is refused with a sentence, but may be switched off")
    func pointInTimeRecovery() async throws {
        let tables = try TableFolder().open()
        try await tables.createSimpleTable("abc")
        let on = await tables.ask(
            "UpdateContinuousBackups",
            #"{"TableName":"abc","PointInTimeRecoverySpecification":{"PointInTimeRecoveryEnabled":true}}"#)
        #expect(on.error == "ValidationException")
        let off = await tables.ask(
            "UpdateContinuousBackups",
            #"{"TableName":"abc","PointInTimeRecoverySpecification":{"PointInTimeRecoveryEnabled":false}}"#)
        #expect(off.status == 200)
    }

    @Test("backups name the table that is not there in their own way", arguments: ["Describe", "Update"])
    func noTable(verb: String) async throws {
        let tables = try TableFolder().open()
        let answer = await tables.ask(
            "\(verb)ContinuousBackups",
            #"{"TableName":"nope","PointInTimeRecoverySpecification":{"PointInTimeRecoveryEnabled":false}}"#)
        #expect(answer.error == "TableNotFoundException")
        #expect(answer.message == "Table not found: nope")
    }
}
