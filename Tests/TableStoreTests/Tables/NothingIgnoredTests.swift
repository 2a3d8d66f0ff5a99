import JSON
import Testing

@testable import TableStore

/// Members of table operations that would change nothing are refused, not passed over.
@Suite struct NothingIgnoredTests {
    private let tables: ItemStore

    init() throws { tables = try ItemStore.hashed() }

    private func refused(_ operation: String, _ members: String) throws -> String {
        try tables.fault(operation, "{'TableName':'hashed',\(members)}")
    }

    @Test(arguments: [
        "'StreamSpecification':{'StreamViewType':'NEW_IMAGE'}",
        "'StreamSpecification':{'StreamEnabled':false,'StreamViewType':'NEW_IMAGE'}",
        "'SSESpecification':{'Enabled':true,'SSEType':'FOO'}", "'SSESpecification':{'SSEType':'KMS'}",
        "'SSESpecification':{'Enabled':true,'SSEType':'AES256'}",
        "'GlobalSecondaryIndexUpdates':[]", "'GlobalSecondaryIndexUpdates':[{}]",
        "'GlobalSecondaryIndexUpdates':[{'Delete':{'IndexName':'one'},'Update':{'IndexName':'one'}}]",
        "'GlobalSecondaryIndexUpdates':[{'Update':{'IndexName':'one'}},{'Update':{'IndexName':'one'}}]",
        "'DeletionProtectionEnabled':true,'AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'N'}]",
        "'DeletionProtectionEnabled':true,'AttributeDefinitions':[{'AttributeName':'x','AttributeType':'N'}]",
    ])
    func updateTable(members: String) throws {
        let before = try tables.ok("DescribeTable", "{'TableName':'hashed'}").text
        #expect(!(try refused("UpdateTable", members).isEmpty))
        #expect(try tables.ok("DescribeTable", "{'TableName':'hashed'}").text == before)
    }

    @Test func typesOfKeptMembersAreChecked() throws {
        _ = try tables.fault(
            "UpdateTable", "{'TableName':'hashed','OnDemandThroughput':'x'}", type: "SerializationException")
    }

    @Test func indexCapacityFollowsTheBillingMode() throws {
        let index = """
            'AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'},{'AttributeName':'g','AttributeType':'S'}],
            'GlobalSecondaryIndexUpdates':[{'Create':{'IndexName':'one','Projection':{'ProjectionType':'ALL'},
            'KeySchema':[{'AttributeName':'g','KeyType':'HASH'}],
            'ProvisionedThroughput':{'ReadCapacityUnits':1,'WriteCapacityUnits':1}}}]
            """
        #expect(
            try refused("UpdateTable", index)
                == "One or more parameter values were invalid: ProvisionedThroughput should not be specified for index: "
                + "one when BillingMode is PAY_PER_REQUEST")
    }

    @Test(arguments: [
        ("'NonKeyAttributes':[],'ProjectionType':'ALL'", "greater than or equal to 1"),
        (
            "'ProjectionType':'INCLUDE','NonKeyAttributes':[\((0..<21).map { "'a\($0)'" }.joined(separator: ","))]",
            "less than or equal to 20"
        ),
    ])
    func includedAttributesAreCounted(projection: String, bound: String) throws {
        let message = try tables.fault(
            "CreateTable",
            """
            {'TableName':'other','BillingMode':'PAY_PER_REQUEST','KeySchema':[{'AttributeName':'pk','KeyType':'HASH'}],
            'AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'}],
            'GlobalSecondaryIndexes':[{'IndexName':'one','Projection':{\(projection)},
            'KeySchema':[{'AttributeName':'pk','KeyType':'HASH'}]}]}
            """)
        #expect(message.contains(bound))
    }

    @Test(arguments: [
        "'KeySchema':[{'AttributeName':'pk','KeyType':'HASH'},{'AttributeName':'pk','KeyType':'RANGE'}]",
        "'KeySchema':[{'AttributeName':'pk','KeyType':'HASH'}]",
    ])
    func attributesAreDefinedOnce(schema: String) throws {
        _ = try tables.fault(
            "CreateTable",
            """
            {'TableName':'other','BillingMode':'PAY_PER_REQUEST',\(schema),
            'AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'},{'AttributeName':'pk','AttributeType':'N'}]}
            """)
    }

    @Test func encryptionIsSwitchedOff() throws {
        try tables.ok("UpdateTable", "{'TableName':'hashed','SSESpecification':{'Enabled':true}}")
        #expect(try tables.ok("DescribeTable", "{'TableName':'hashed'}")["Table"]?["SSEDescription"] != nil)
        try tables.ok("UpdateTable", "{'TableName':'hashed','SSESpecification':{'Enabled':false}}")
        #expect(try tables.ok("DescribeTable", "{'TableName':'hashed'}")["Table"]?["SSEDescription"] == nil)
    }

    private static let arn = "'ResourceArn':'arn:aws:dynamodb:eu-central-1:123456789012:table/hashed'"

    @Test(arguments: [
        ("TagResource", ""), ("UntagResource", ""), ("ListTagsOfResource", ",'NextToken':'x'"),
        ("TagResource", ",'Tags':[{'Key':'a','Value':'1'},{'Key':'a','Value':'2'}]"),
    ])
    func tagOperations(operation: String, members: String) throws {
        _ = try tables.fault(operation, "{\(Self.arn)\(members)}")
    }

    @Test func contributorInsightsAreOfAnIndexThatThereIs() throws {
        _ = try tables.fault(
            "DescribeContributorInsights", "{'TableName':'hashed','IndexName':'none'}",
            type: "ResourceNotFoundException")
    }

    @Test(arguments: ["'PointInTimeRecoveryEnabled':false,'RecoveryPeriodInDays':7", "'RecoveryPeriodInDays':36"])
    func recoveryPeriods(specification: String) throws {
        _ = try refused("UpdateContinuousBackups", "'PointInTimeRecoverySpecification':{\(specification)}")
    }

    @Test func recoveryPeriodsAreOfRecovery() throws {
        #expect(
            try refused(
                "UpdateContinuousBackups",
                "'PointInTimeRecoverySpecification':{'PointInTimeRecoveryEnabled':false,'RecoveryPeriodInDays':7}")
                == "Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.")
    }

    @Test(arguments: ["Delete", "Update"])
    func localIndexesStay(change: String) throws {
        let tables = try ItemStore.sorted()
        #expect(
            try tables.fault(
                "UpdateTable",
                "{'TableName':'sorted','GlobalSecondaryIndexUpdates':[{'\(change)':{'IndexName':'local'}}]}")
                == "Cannot \(change.lowercased()) an index that is not a GlobalSecondaryIndex: local")
    }

    @Test(arguments: ["ListExports", "DescribeImport", "ListContributorInsights"])
    func operationsThatAreNotServedSaySo(operation: String) throws {
        #expect(try tables.fault(operation, "{}").contains("Gatehouse"))
    }
}
