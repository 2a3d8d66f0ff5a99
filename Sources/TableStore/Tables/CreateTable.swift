import GatewayModel
import JSON

/// CreateTable. The table can be used at once, though the answer says CREATING as AWS's does.
struct CreateTable: TableWrite {
    private let record: TableRecord

    /// Source: "Quotas in Amazon DynamoDB": tables per account and region.
    private static let tables = 2_500

    init(_ request: RequestMembers) throws(TableError) {
        let name = try request.newTableName()
        var record = TableRecord(
            name: name, tableId: Identifiers.uuid(), createdAt: 0, keySchema: [], attributes: [],
            billingMode: try request.billingMode() ?? .provisioned)
        try request.checkTableMembers(isNew: true)
        record.keySchema = try request.keySchema(at: "") ?? []
        record.attributes = try request.attributeDefinitions() ?? []
        record.throughput = try request.throughput("ProvisionedThroughput") ?? .none
        record.isDeletionProtected = try request.boolean("DeletionProtectionEnabled") ?? false
        record.tags = try request.tags() ?? []
        record.tableClass = try request.tableClass()
        record.indexes = try request.indexes("LocalSecondaryIndexes", isGlobal: false)
        record.indexes += try request.indexes("GlobalSecondaryIndexes", isGlobal: true)
        for position in record.indexes.indices { record.indexes[position].number = position }
        record.nextIndexNumber = record.indexes.count
        record.kept.keep(try request.keptMembers(isNew: true))
        try TableRules.check(record, throughputGiven: request.range("ProvisionedThroughput") != nil)
        self.record = record
    }

    func run(in transaction: WriteTransaction) throws(TableError) -> [UInt8] {
        guard transaction.definition(record.name) == nil else {
            throw .modelled("ResourceInUseException", "Table already exists: \(record.name)")
        }
        guard transaction.tableCount < Self.tables else {
            throw .modelled(
                "LimitExceededException",
                "Subscriber limit exceeded: The number of tables exceeds the limit of \(Self.tables)")
        }
        var record = record
        record.createdAt = transaction.now
        if record.billingMode == .payPerRequest { record.payPerRequestSince = transaction.now }
        let table = try transaction.create(record)
        var description = TableDescription(table.description, transaction.account)
        description.status = "CREATING"
        return JSONValue.object(["TableDescription": .object(description.json)]).bytes
    }
}

/// What CreateTable and UpdateTable read of their requests.
extension RequestMembers {
    fileprivate func newTableName() throws(TableError) -> String {
        guard let name = try string("TableName") else {
            throw .validation("The parameter 'TableName' is required but was not present in the request")
        }
        try Self.checkName(name, "tableName")
        return name
    }

    static func checkName(_ name: String, _ member: String) throws(TableError) {
        var constraints = Constraints()
        constraints.name(name, member)
        try constraints.check()
    }

    func tableClass() throws(TableError) -> String? {
        guard let word = try string("TableClass") else { return nil }
        guard ["STANDARD", "STANDARD_INFREQUENT_ACCESS"].contains(word) else {
            throw .validation(
                "Invalid table-class parameter provided. Please try again with a valid table-class value: "
                    + "[STANDARD, STANDARD_INFREQUENT_ACCESS].")
        }
        return word
    }

    func billingMode() throws(TableError) -> TableRecord.BillingMode? {
        guard let word = try string("BillingMode") else { return nil }
        if let mode = TableRecord.BillingMode(rawValue: word) { return mode }
        var constraints = Constraints()
        constraints.violate(
            "billingMode", value: word, "satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]")
        try constraints.check()
        return nil
    }

    /// Refuses what is not served, whatever its value would be.
    func checkTableMembers(isNew: Bool) throws(TableError) {
        if let stream = try members("StreamSpecification") {
            guard let isEnabled = try stream.boolean("StreamEnabled") else {
                throw .enveloped(
                    "Value null at 'streamSpecification.streamEnabled' failed to satisfy constraint: "
                        + "Member must not be null")
            }
            if isEnabled { throw .notOffered("A stream (StreamSpecification)") }
            if stream.range("StreamViewType") != nil {
                throw .invalidValues(
                    isNew
                        ? "Table is being created with a stream disabled, UpdateViewType should not be specified"
                        : "If stream is being disabled, then UpdateViewType must not be specified")
            }
        }
        if let updates = try elements("ReplicaUpdates"), !updates.isEmpty {
            throw .notOffered("A replica (ReplicaUpdates)")
        }
        if range("ResourcePolicy") != nil { throw .notOffered("A resource policy (ResourcePolicy)") }
        let ofGlobalTables: [StaticString] = [
            "GlobalTableSourceArn", "GlobalTableSettingsReplicationMode", "GlobalTableWitnessUpdates",
            "MultiRegionConsistency", "DisassociationProtectionEnabled",
        ]
        for member in ofGlobalTables where range(member) != nil { throw .notOffered("A global table (\(member))") }
        let ofVectors: [StaticString] = ["VectorIndexes", "VectorIndexUpdates"]
        for member in ofVectors where range(member) != nil { throw .notOffered("A vector index (\(member))") }
    }

    /// - Parameter parent: of the schema, as messages have its path: `globalSecondaryIndexes.1.member.`
    func keySchema(at parent: String) throws(TableError) -> [TableRecord.KeyElement]? {
        guard let elements = try elements("KeySchema") else { return nil }
        var schema: [TableRecord.KeyElement] = []
        var constraints = Constraints()
        for (position, element) in elements.enumerated() {
            let members = try RequestMembers(body, in: element)
            let path = "\(parent)keySchema.\(position + 1).member."
            let attribute = try members.string("AttributeName")
            let type = try members.string("KeyType")
            constraints.text(attribute, path + "attributeName", TableRules.keyNameLengths)
            if let type, type != "HASH", type != "RANGE" {
                constraints.violate(path + "keyType", value: type, "satisfy enum value set: [HASH, RANGE]")
            } else if type == nil {
                constraints.violate(path + "keyType", value: nil, "not be null")
            }
            schema.append(TableRecord.KeyElement(AttributeName: attribute ?? "", KeyType: type ?? ""))
        }
        try constraints.check()
        return schema
    }

    func attributeDefinitions() throws(TableError) -> [TableRecord.AttributeDefinition]? {
        guard let elements = try elements("AttributeDefinitions") else { return nil }
        var definitions: [TableRecord.AttributeDefinition] = []
        var constraints = Constraints()
        for (position, element) in elements.enumerated() {
            let members = try RequestMembers(body, in: element)
            let path = "attributeDefinitions.\(position + 1).member."
            let type = try members.string("AttributeType")
            let name = try members.string("AttributeName")
            constraints.text(name, path + "attributeName", TableRules.keyNameLengths)
            if type.flatMap(KeyType.init) == nil {
                constraints.violate(
                    path + "attributeType", value: type,
                    type == nil ? "not be null" : "satisfy enum value set: [B, N, S]")
            }
            definitions.append(
                TableRecord.AttributeDefinition(AttributeName: name ?? "", AttributeType: type ?? ""))
        }
        try constraints.check()
        if let name = definitions.map(\.AttributeName).firstDuplicate {
            throw .validation("Attribute Name is duplicated: \(name)")
        }
        return definitions
    }

    func throughput(_ name: StaticString) throws(TableError) -> TableRecord.Throughput? {
        guard let members = try members(name) else { return nil }
        let read = try members.integer("ReadCapacityUnits")
        let write = try members.integer("WriteCapacityUnits")
        var constraints = Constraints(at: "provisionedThroughput.")
        for (member, value) in [("readCapacityUnits", read), ("writeCapacityUnits", write)] {
            if value == nil { constraints.violate(member, value: nil, "not be null") }
            if let value, value < 1 {
                constraints.violate(member, value: String(value), "have value greater than or equal to 1")
            }
        }
        try constraints.check()
        return TableRecord.Throughput(ReadCapacityUnits: read ?? 0, WriteCapacityUnits: write ?? 0)
    }

    func indexes(_ name: StaticString, isGlobal: Bool) throws(TableError) -> [TableRecord.Index] {
        guard let elements = try elements(name) else { return [] }
        guard !elements.isEmpty else { throw .invalidValues("List of \(name) is empty") }
        try TableRules.checkCount(elements.count, isGlobal: isGlobal)
        var indexes: [TableRecord.Index] = []
        for (position, element) in elements.enumerated() {
            let path = "\(isGlobal ? "globalSecondaryIndexes" : "localSecondaryIndexes").\(position + 1).member."
            indexes.append(try RequestMembers(body, in: element).index(isGlobal: isGlobal, at: path))
        }
        return indexes
    }

    /// - Parameter path: of the index, as messages have it.
    func index(isGlobal: Bool, at path: String) throws(TableError) -> TableRecord.Index {
        let name = try string("IndexName") ?? ""
        try Self.checkName(name, path + "indexName")
        let projection = try members("Projection")
        var index = TableRecord.Index(
            number: 0, isGlobal: isGlobal, name: name, keySchema: try keySchema(at: path) ?? [],
            projection: TableRecord.Projection(
                ProjectionType: try projection?.string("ProjectionType") ?? "null",
                NonKeyAttributes: try projection?.strings("NonKeyAttributes")),
            throughput: try isGlobal ? throughput("ProvisionedThroughput") ?? .none : .none)
        if isGlobal { index.kept.keep(try keptMembers(ofIndex: name, isNew: true)) }
        return index
    }
}

extension Constraints {
    private static let nameLengths = 3...255

    /// The name of a table or index.
    mutating func name(_ name: String, _ member: String) {
        if name.isEmpty || !name.utf8.allSatisfy(RequestMembers.isNameByte) {
            violate(member, value: name, "satisfy regular expression pattern: [a-zA-Z0-9_.-]+")
        }
        text(name, member, Self.nameLengths)
    }

    /// A string that must be there, with a length within bounds.
    mutating func text(_ text: String?, _ member: String, _ lengths: ClosedRange<Int>) {
        guard let text else { return violate(member, value: nil, "not be null") }
        let length = text.unicodeScalars.count
        if length < lengths.lowerBound {
            violate(member, value: text, "have length greater than or equal to \(lengths.lowerBound)")
        } else if length > lengths.upperBound {
            violate(member, value: text, "have length less than or equal to \(lengths.upperBound)")
        }
    }
}
