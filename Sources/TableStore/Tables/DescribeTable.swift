import GatewayModel
import JSON

/// DescribeTable.
struct DescribeTable: TableRead {
    private let name: String

    init(_ request: RequestMembers) throws(TableError) { name = try request.tableName() }

    func run(on reader: TableReader) throws(TableError) -> [UInt8] {
        let table = try reader.describedTable(name)
        var description = TableDescription(table.description, reader.catalogue.account)
        description.isDescribed = true
        description.itemCount = try reader.count(table)
        return JSONValue.object(["Table": .object(description.json)]).bytes
    }
}

extension TableReader {
    /// The table, or the error of operations on tables themselves.
    func describedTable(_ nameOrARN: String) throws(TableError) -> TableDefinition {
        guard let table = catalogue.table(named: nameOrARN) else {
            throw .tableNotFound(catalogue.name(nameOrARN) ?? nameOrARN)
        }
        return table
    }
}

extension WriteTransaction {
    func describedTable(_ nameOrARN: String) throws(TableError) -> TableDefinition {
        guard let table = definition(nameOrARN) else { throw .tableNotFound(nameOrARN) }
        return table
    }
}

/// A TableDescription, as it was recorded from AWS.
struct TableDescription {
    private let record: TableRecord
    private let account: AccountIdentity
    /// Without schema and indexes, as the answer of DeleteTable is.
    var isShort = false
    /// As DescribeTable has it, which tells more than CreateTable.
    var isDescribed = false
    var itemCount = 0
    var status = "ACTIVE"

    init(_ record: TableRecord, _ account: AccountIdentity) {
        self.record = record
        self.account = account
    }

    private var arn: String { account.tableARN(record.name) }

    var json: JSONObject {
        var json = JSONObject()
        if !isShort {
            json["AttributeDefinitions"] = .array(
                record.attributes.map {
                    ["AttributeName": .string($0.AttributeName), "AttributeType": .string($0.AttributeType)]
                })
        }
        json["TableName"] = .string(record.name)
        if !isShort { json["KeySchema"] = Self.schema(record.keySchema) }
        json["TableStatus"] = .string(status)
        if !isShort { json["CreationDateTime"] = Self.seconds(record.createdAt) }
        json["ProvisionedThroughput"] = Self.throughput(record.throughput)
        json["TableSizeBytes"] = 0
        json["ItemCount"] = .number(itemCount)
        json["TableArn"] = .string(arn)
        json["TableId"] = .string(record.tableId)
        if record.billingMode == .payPerRequest {
            var summary: JSONObject = ["BillingMode": "PAY_PER_REQUEST"]
            if isDescribed, let since = record.payPerRequestSince {
                summary["LastUpdateToPayPerRequestDateTime"] = Self.seconds(since)
            }
            json["BillingModeSummary"] = .object(summary)
        }
        let local = record.indexes.filter { !$0.isGlobal }
        let global = record.indexes.filter(\.isGlobal)
        if !isShort, !local.isEmpty { json["LocalSecondaryIndexes"] = .array(local.map { .object(index($0)) }) }
        if !isShort, !global.isEmpty {
            json["GlobalSecondaryIndexes"] = .array(global.map { .object(globalIndex($0)) })
        }
        if let tableClass = record.tableClass { json["TableClassSummary"] = ["TableClass": .string(tableClass)] }
        for (member, text) in record.kept.sorted(by: { $0.key < $1.key }) {
            json[member] = try? JSONValue(parsing: text)
        }
        json["DeletionProtectionEnabled"] = .bool(record.isDeletionProtected)
        if isDescribed || json["WarmThroughput"] != nil { json["WarmThroughput"] = warmThroughput(nil) }
        if let encryption = json["SSEDescription"]?.object { json["SSEDescription"] = .object(described(encryption)) }
        return json
    }

    private func index(_ index: TableRecord.Index) -> JSONObject {
        var projection: JSONObject = ["ProjectionType": .string(index.projection.ProjectionType)]
        if let names = index.projection.NonKeyAttributes {
            projection["NonKeyAttributes"] = .array(names.map { .string($0) })
        }
        return [
            "IndexName": .string(index.name), "KeySchema": Self.schema(index.keySchema),
            "Projection": .object(projection), "IndexSizeBytes": 0, "ItemCount": 0,
            "IndexArn": .string("\(arn)/index/\(index.name)"),
        ]
    }

    private func globalIndex(_ index: TableRecord.Index) -> JSONObject {
        var json = self.index(index)
        json["IndexStatus"] = .string(status == "CREATING" ? "CREATING" : "ACTIVE")
        json["ProvisionedThroughput"] = Self.throughput(index.throughput)
        for (member, text) in index.kept.sorted(by: { $0.key < $1.key }) {
            json[member] = try? JSONValue(parsing: text)
        }
        if isDescribed || json["WarmThroughput"] != nil { json["WarmThroughput"] = warmThroughput(index) }
        return json
    }

    private func warmThroughput(_ index: TableRecord.Index?) -> JSONValue {
        record.warm(index).json(status: isDescribed ? "ACTIVE" : "UPDATING")
    }

    /// A key that was not named is the one that AWS manages for the account, of which there is none here.
    private func described(_ encryption: JSONObject) -> JSONObject {
        var encryption = encryption
        if encryption["KMSMasterKeyArn"] == nil {
            encryption["KMSMasterKeyArn"] = .string(
                "arn:\(account.partition):kms:\(account.region):\(account.accountId):key/\(Self.managedKey)")
        }
        return encryption
    }

    private static let managedKey = "00000000-0000-0000-0000-000000000000"

    private static func schema(_ elements: [TableRecord.KeyElement]) -> JSONValue {
        .array(elements.map { ["AttributeName": .string($0.AttributeName), "KeyType": .string($0.KeyType)] })
    }

    private static func throughput(_ throughput: TableRecord.Throughput) -> JSONValue {
        [
            "NumberOfDecreasesToday": 0, "ReadCapacityUnits": .number(throughput.ReadCapacityUnits),
            "WriteCapacityUnits": .number(throughput.WriteCapacityUnits),
        ]
    }

    /// Seconds with a fraction, as DynamoDB writes times.
    static func seconds(_ milliseconds: Int) -> JSONValue {
        let fraction = String(1_000 + milliseconds % 1_000).dropFirst()
        return .number("\(milliseconds / 1_000).\(fraction)")
    }
}
