import GatewayModel
import JSON

/// DescribeContinuousBackups, of a table without point-in-time recovery.
struct DescribeContinuousBackups: TableRead {
    private let name: String

    init(_ request: RequestMembers) throws(TableError) { name = try request.tableName() }

    func run(on reader: TableReader) throws(TableError) -> [UInt8] {
        guard reader.catalogue.table(named: name) != nil else {
            throw .noTableToBackUp(reader.catalogue.name(name) ?? name)
        }
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
        let days = try specification?.integer("RecoveryPeriodInDays")
        if let days, !(1...35).contains(days) {
            constraints.violate(
                "pointInTimeRecoverySpecification.recoveryPeriodInDays", value: String(days),
                days < 1 ? "have value greater than or equal to 1" : "have value less than or equal to 35")
        }
        try constraints.check()
        if days != nil, isEnabled == false {
            throw .validation(
                "Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.")
        }
        if isEnabled == true { throw .notOffered("Point-in-time recovery") }
    }

    func run(on reader: TableReader) throws(TableError) -> [UInt8] { try describe.run(on: reader) }
}

/// DescribeContributorInsights, which are off.
struct DescribeContributorInsights: TableRead {
    private let name: String
    private let index: String?

    init(_ request: RequestMembers) throws(TableError) {
        name = try request.tableName()
        index = try request.string("IndexName")
    }

    func run(on reader: TableReader) throws(TableError) -> [UInt8] {
        let table = try reader.describedTable(name)
        var description: JSONObject = ["TableName": .string(table.name)]
        if let index {
            guard table.indexes.contains(where: { $0.name == index }) else { throw .resourceNotFound }
            description["IndexName"] = .string(index)
        }
        description["ContributorInsightsStatus"] = "DISABLED"
        return JSONValue.object(description).bytes
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
