import GatewayModel
import JSON

/// DescribeContinuousBackups, of a table without point-in-time recovery.
struct DescribeContinuousBackups: TableRead {
    private let name: String

    init(_ request: RequestMembers) throws(TableError) { name = try request.tableName() }

    func run(on reader: TableReader) throws(TableError) -> [UInt8] {
        _ = try reader.describedTable(name)
        let description: JSONValue = [
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": ["PointInTimeRecoveryStatus": "DISABLED"],
        ]
        return JSONValue.object(["ContinuousBackupsDescription": description]).bytes
    }
}

/// UpdateContinuousBackups. What promises that a table can be restored is refused; that it is off may be said again.
struct UpdateContinuousBackups: TableRead {
    private let describe: DescribeContinuousBackups

    init(_ request: RequestMembers) throws(TableError) {
        describe = try DescribeContinuousBackups(request)
        let specification = try request.members("PointInTimeRecoverySpecification")
        let isEnabled = try specification?.boolean("PointInTimeRecoveryEnabled")
        var constraints = Constraints()
        if specification == nil {
            constraints.violate("pointInTimeRecoverySpecification", value: nil, "not be null")
        } else if isEnabled == nil {
            constraints.violate(
                "pointInTimeRecoverySpecification.pointInTimeRecoveryEnabled", value: nil, "not be null")
        }
        try constraints.check()
        if isEnabled == true { throw .notOffered("Point-in-time recovery") }
    }

    func run(on reader: TableReader) throws(TableError) -> [UInt8] { try describe.run(on: reader) }
}

/// DescribeContributorInsights, which are off.
struct DescribeContributorInsights: TableRead {
    private let name: String

    init(_ request: RequestMembers) throws(TableError) { name = try request.tableName() }

    func run(on reader: TableReader) throws(TableError) -> [UInt8] {
        let table = try reader.describedTable(name)
        return JSONValue.object([
            "TableName": .string(table.name), "ContributorInsightsStatus": "DISABLED",
        ]).bytes
    }
}

/// DescribeKinesisStreamingDestination, of which there are none.
struct DescribeKinesisStreamingDestination: TableRead {
    private let name: String

    init(_ request: RequestMembers) throws(TableError) { name = try request.tableName() }

    func run(on reader: TableReader) throws(TableError) -> [UInt8] {
        let table = try reader.describedTable(name)
        return JSONValue.object([
            "TableName": .string(table.name), "KinesisDataStreamDestinations": .array([]),
        ]).bytes
    }
}

/// DescribeEndpoints: the address that clients with endpoint discovery would use.
struct DescribeEndpoints: TableRead {
    func run(on reader: TableReader) throws(TableError) -> [UInt8] {
        let address = "dynamodb.\(reader.catalogue.account.region).amazonaws.com"
        let endpoint: JSONValue = ["Address": .string(address), "CachePeriodInMinutes": 1440]
        return JSONValue.object(["Endpoints": .array([endpoint])]).bytes
    }
}

/// DescribeLimits: AWS's defaults in us-east-1.
struct DescribeLimits: TableRead {
    func run(on reader: TableReader) throws(TableError) -> [UInt8] {
        JSONValue.object([
            "AccountMaxReadCapacityUnits": 80_000, "AccountMaxWriteCapacityUnits": 80_000,
            "TableMaxReadCapacityUnits": 40_000, "TableMaxWriteCapacityUnits": 40_000,
        ]).bytes
    }
}
