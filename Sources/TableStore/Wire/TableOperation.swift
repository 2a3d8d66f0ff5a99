/// An operation that has been read and checked as far as it can be without the store.
enum TableOperation {
    /// Answers with a body.
    case read((TableReader) throws(TableError) -> [UInt8])
    case write(TableWriter.Work)

    /// - Parameter name: what follows `DynamoDB_20120810.` in X-Amz-Target.
    init(_ name: String, _ request: RequestMembers) throws(TableError) {
        guard let make = Self.all[name] else {
            if let what = Self.refused[name] { throw .notOffered(what) }
            throw .unknownOperation
        }
        self = try make(request)
    }

    private typealias Make = @Sendable (RequestMembers) throws(TableError) -> TableOperation

    private static let all: [String: Make] = [
        // Items
        "BatchGetItem": { request throws(TableError) in reading(try BatchGetItem(request)) },
        "BatchWriteItem": { request throws(TableError) in writing(try BatchWriteItem(request)) },
        "DeleteItem": { request throws(TableError) in writing(try DeleteItem(request)) },
        "GetItem": { request throws(TableError) in reading(try GetItem(request)) },
        "PutItem": { request throws(TableError) in writing(try PutItem(request)) },
        "Query": { request throws(TableError) in reading(try Query(request)) },
        "Scan": { request throws(TableError) in reading(try Scan(request)) },
        "TransactGetItems": { request throws(TableError) in reading(try TransactGetItems(request)) },
        "TransactWriteItems": { request throws(TableError) in writing(try TransactWriteItems(request)) },
        "UpdateItem": { request throws(TableError) in writing(try UpdateItem(request)) },
        // Tables
        "CreateTable": { request throws(TableError) in writing(try CreateTable(request)) },
        "DeleteTable": { request throws(TableError) in writing(try DeleteTable(request)) },
        "DescribeTable": { request throws(TableError) in reading(try DescribeTable(request)) },
        "ListTables": { request throws(TableError) in reading(try ListTables(request)) },
        "UpdateTable": { request throws(TableError) in writing(try UpdateTable(request)) },
        "UpdateTimeToLive": { request throws(TableError) in writing(try UpdateTimeToLive(request)) },
        "DescribeTimeToLive": { request throws(TableError) in reading(try DescribeTimeToLive(request)) },
        "TagResource": { request throws(TableError) in writing(try TagResource(request)) },
        "UntagResource": { request throws(TableError) in writing(try UntagResource(request)) },
        "ListTagsOfResource": { request throws(TableError) in reading(try ListTagsOfResource(request)) },
        // What tools ask about tables, with the answers of a table that has none of it
        "DescribeContinuousBackups": { request throws(TableError) in reading(try DescribeContinuousBackups(request)) },
        "DescribeContributorInsights": { request throws(TableError) in
            reading(try DescribeContributorInsights(request))
        },
        "DescribeEndpoints": { _ in reading(DescribeEndpoints()) },
        "DescribeKinesisStreamingDestination": { request throws(TableError) in
            reading(try DescribeKinesisStreamingDestination(request))
        },
        "DescribeLimits": { _ in reading(DescribeLimits()) },
        "UpdateContinuousBackups": { request throws(TableError) in reading(try UpdateContinuousBackups(request)) },
    ]

    /// Operations that DynamoDB has and that are not served.
    private static let refused: [String: String] = [
        "BatchExecuteStatement": "PartiQL", "ExecuteStatement": "PartiQL", "ExecuteTransaction": "PartiQL",
        "CreateBackup": "A backup", "DeleteBackup": "A backup", "DescribeBackup": "A backup",
        "ListBackups": "A backup", "RestoreTableFromBackup": "A backup", "RestoreTableToPointInTime": "A backup",
        "CreateGlobalTable": "A global table", "DescribeGlobalTable": "A global table",
        "ListGlobalTables": "A global table", "UpdateGlobalTable": "A global table",
        "EnableKinesisStreamingDestination": "A Kinesis streaming destination",
        "DisableKinesisStreamingDestination": "A Kinesis streaming destination",
        "ExportTableToPointInTime": "An export", "ImportTable": "An import",
        "PutResourcePolicy": "A resource policy", "GetResourcePolicy": "A resource policy",
        "DeleteResourcePolicy": "A resource policy", "UpdateContributorInsights": "Contributor Insights",
        "ListContributorInsights": "Contributor Insights",
        "DescribeExport": "An export", "ListExports": "An export",
        "DescribeImport": "An import", "ListImports": "An import",
        "DescribeGlobalTableSettings": "A global table", "UpdateGlobalTableSettings": "A global table",
        "DescribeTableReplicaAutoScaling": "A replica", "UpdateTableReplicaAutoScaling": "A replica",
        "UpdateKinesisStreamingDestination": "A Kinesis streaming destination",
        "SearchVectors": "A vector index", "StartBulkPutItems": "A bulk operation",
        "DescribeBulkOperation": "A bulk operation", "ListBulkOperations": "A bulk operation",
        "CancelBulkOperation": "A bulk operation",
    ]

    private static func reading(_ operation: some TableRead) -> TableOperation {
        .read { reader throws(TableError) in try operation.run(on: reader) }
    }

    private static func writing(_ operation: some TableWrite) -> TableOperation {
        .write { transaction throws(TableError) in try operation.run(in: transaction) }
    }
}

/// An operation that changes nothing.
protocol TableRead: Sendable {
    /// The body of the answer.
    func run(on reader: TableReader) throws(TableError) -> [UInt8]
}

protocol TableWrite: Sendable {
    /// The body of the answer.
    func run(in transaction: WriteTransaction) throws(TableError) -> [UInt8]
}
