import JSON

/// UpdateTable: throughput, billing mode, class, deletion protection, and one global index made or removed.
struct UpdateTable: TableWrite {
    private let name: String
    private let billingMode: TableRecord.BillingMode?
    private let throughput: TableRecord.Throughput?
    private let isDeletionProtected: Bool?
    private let tableClass: String?
    private let attributes: [TableRecord.AttributeDefinition]
    private let indexChanges: [IndexChange]
    private let kept: [String: String?]
    private let disablesStream: Bool

    init(_ request: RequestMembers) throws(TableError) {
        name = try request.tableName()
        try request.checkTableMembers(isNew: false)
        let given = Self.parts.filter { request.range($0) != nil }
        guard !given.isEmpty else {
            throw .validation(
                "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, "
                    + "SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, "
                    + "MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or "
                    + "TableClass is required")
        }
        billingMode = try request.billingMode()
        throughput = try request.throughput("ProvisionedThroughput")
        isDeletionProtected = try request.boolean("DeletionProtectionEnabled")
        tableClass = try request.tableClass()
        attributes = try request.attributeDefinitions() ?? []
        indexChanges = try IndexChange.all(in: request)
        kept = try request.keptMembers(isNew: false)
        disablesStream = request.range("StreamSpecification") != nil
        try Self.checkTogether(given.map(\.description))
        guard throughput == nil || !indexChanges.contains(where: \.isOnline) else {
            throw .invalidValues("You cannot create or delete index while updating table IOPS")
        }
    }

    private static let parts: [StaticString] = [
        "ProvisionedThroughput", "BillingMode", "GlobalSecondaryIndexUpdates", "DeletionProtectionEnabled",
        "TableClass", "SSESpecification", "OnDemandThroughput", "StreamSpecification", "WarmThroughput",
    ]

    /// Some changes stand alone in their request.
    private static func checkTogether(_ parts: [String]) throws(TableError) {
        guard parts.count > 1 else { return }
        let alone = [
            ("SSESpecification", "Server-Side Encryption modification"), ("TableClass", "TableClass modification"),
            ("DeletionProtectionEnabled", "DeletionProtection modification"), ("WarmThroughput", "WarmThroughput"),
        ]
        for (part, change) in alone where parts.contains(part) {
            throw .invalidValues("\(change) must be the only operation in the request")
        }
        guard !parts.contains("OnDemandThroughput") || Set(parts) == ["OnDemandThroughput", "BillingMode"] else {
            throw .invalidValues("OnDemandThroughput can only be combined with BillingMode in an UpdateTable request")
        }
    }

    func run(in transaction: WriteTransaction) throws(TableError) -> [UInt8] {
        let table = try transaction.describedTable(name)
        var record = table.description
        for case .create(let index) in indexChanges {
            guard !record.indexes.contains(where: { $0.name == index.name }) else {
                throw .validation("Attempting to create an index which already exists")
            }
            guard !attributes.isEmpty else {
                throw .invalidValues("AttributeDefinitions is not specified for index: \(index.name)")
            }
        }
        guard !disablesStream else { throw .validation("Table has no stream to disable: TableName: \(record.name)") }
        try changeThroughput(&record, at: transaction.now)
        if let isDeletionProtected { record.isDeletionProtected = isDeletionProtected }
        if let tableClass { record.tableClass = tableClass }
        record.kept.keep(kept)
        try define(&record)
        for change in indexChanges { try change.apply(to: &record) }
        try TableRules.checkBilling(record)
        try TableRules.checkWarmThroughput(record, since: table.description)
        let used = record.usedAttributes
        try checkDefinitionsAreUsed(used)
        record.attributes.removeAll { !used.contains($0.AttributeName) }
        let changed = try transaction.replace(table, with: record)
        var description = TableDescription(changed.description, transaction.account)
        description.status = "UPDATING"
        return JSONValue.object(["TableDescription": .object(description.json)]).bytes
    }

    private func changeThroughput(_ record: inout TableRecord, at now: Int) throws(TableError) {
        let mode = billingMode ?? record.billingMode
        switch mode {
        case .payPerRequest:
            guard throughput == nil else {
                throw .invalidValues(
                    "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
                        + "PAY_PER_REQUEST")
            }
            if record.billingMode != .payPerRequest { record.payPerRequestSince = now }
            record.throughput = .none
            for position in record.indexes.indices { record.indexes[position].throughput = .none }
        case .provisioned:
            if record.billingMode == .payPerRequest {
                guard throughput != nil else {
                    throw .invalidValues("ProvisionedThroughput must be specified when BillingMode is PROVISIONED")
                }
                record.kept["OnDemandThroughput"] = nil
                for position in record.indexes.indices { record.indexes[position].kept["OnDemandThroughput"] = nil }
            }
            guard let throughput else { break }
            guard throughput != record.throughput else {
                throw .validation(
                    "The provisioned throughput for the table will not change. The requested value equals the current "
                        + "value. Current ReadCapacityUnits provisioned for the table: "
                        + "\(throughput.ReadCapacityUnits). Requested ReadCapacityUnits: "
                        + "\(throughput.ReadCapacityUnits). Current WriteCapacityUnits provisioned for the table: "
                        + "\(throughput.WriteCapacityUnits). Requested WriteCapacityUnits: "
                        + "\(throughput.WriteCapacityUnits). Refer to the Amazon DynamoDB Developer Guide for current "
                        + "limits and how to request higher limits.")
            }
            record.throughput = throughput
        }
        record.billingMode = mode
    }

    /// An attribute that keys use already keeps its type.
    private func define(_ record: inout TableRecord) throws(TableError) {
        for definition in attributes {
            guard let known = record.attributes.first(where: { $0.AttributeName == definition.AttributeName }) else {
                record.attributes.append(definition)
                continue
            }
            guard known == definition else {
                let schema = record.schema(using: definition.AttributeName)
                throw .invalidValues(
                    "Attributes cannot be redefined. Please check that your attribute has the same type as previously "
                        + "defined. Existing schema: \(record.shown(schema, record.attributes)) "
                        + "New schema: \(record.shown(schema, attributes + record.attributes))")
            }
        }
    }

    private func checkDefinitionsAreUsed(_ used: Set<String>) throws(TableError) {
        // What a removed index used may still be defined in the request.
        guard !indexChanges.contains(where: \.isRemoval) else { return }
        guard attributes.allSatisfy({ used.contains($0.AttributeName) }) else {
            throw TableRules.unusedDefinitions(attributes, used)
        }
    }
}

/// An entry of GlobalSecondaryIndexUpdates.
private enum IndexChange: Sendable {
    case create(TableRecord.Index)
    case update(name: String, TableRecord.Throughput?, kept: [String: String?])
    case delete(name: String)

    static func all(in request: RequestMembers) throws(TableError) -> [IndexChange] {
        guard let elements = try request.elements("GlobalSecondaryIndexUpdates") else { return [] }
        var changes: [IndexChange] = []
        var names: Set<String> = []
        for (position, element) in elements.enumerated() {
            let change = try IndexChange(
                try RequestMembers(request.body, in: element),
                at: "globalSecondaryIndexUpdates.\(position + 1).member.")
            guard names.insert(change.name).inserted else {
                throw .invalidValues(
                    "Only one global secondary index update per index is allowed simultaneously. Index: \(change.name)")
            }
            changes.append(change)
        }
        guard !changes.isEmpty else { throw .invalidValues("List of GlobalSecondaryIndexUpdates is empty") }
        guard changes.count(where: \.isOnline) <= 1 else {
            throw .modelled(
                "LimitExceededException",
                "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table")
        }
        return changes
    }

    private init(_ members: RequestMembers, at path: String) throws(TableError) {
        let create = try members.members("Create")
        let update = try members.members("Update")
        let delete = try members.members("Delete")
        switch (create, update, delete) {
        case (let create?, nil, nil): self = .create(try create.index(isGlobal: true, at: path + "create."))
        case (nil, let update?, nil):
            let name = try Self.name(update, path + "update.")
            self = .update(
                name: name, try update.throughput("ProvisionedThroughput"),
                kept: try update.keptMembers(ofIndex: name, isNew: false))
        case (nil, nil, let delete?): self = .delete(name: try Self.name(delete, path + "delete."))
        case (nil, nil, nil):
            throw .invalidValues(
                "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
                    + "GlobalSecondaryIndexUpdate.Delete must not be null")
        default:
            throw .invalidValues(
                "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object")
        }
    }

    private static func name(_ request: RequestMembers, _ path: String) throws(TableError) -> String {
        let name = try request.string("IndexName") ?? ""
        try RequestMembers.checkName(name, path + "indexName")
        return name
    }

    private var name: String {
        switch self {
        case .create(let index): index.name
        case .update(let name, _, _), .delete(let name): name
        }
    }

    var isOnline: Bool {
        if case .update = self { false } else { true }
    }

    var isRemoval: Bool {
        if case .delete = self { true } else { false }
    }

    func apply(to record: inout TableRecord) throws(TableError) {
        switch self {
        case .create(var index):
            index.number = record.nextIndexNumber
            record.nextIndexNumber += 1
            record.indexes.append(index)
            try TableRules.check(index, of: record)
            try TableRules.checkCounts(record)
        case .update(let name, let throughput, let kept):
            let position = try record.globalIndex(named: name, to: "update")
            if let throughput { record.indexes[position].throughput = throughput }
            record.indexes[position].kept.keep(kept)
        case .delete(let name): record.indexes.remove(at: try record.globalIndex(named: name, to: "delete"))
        }
    }
}

extension TableRecord {
    /// The first schema that has the attribute.
    fileprivate func schema(using attribute: String) -> [KeyElement] {
        ([keySchema] + indexes.map(\.keySchema)).first { $0.contains { $0.AttributeName == attribute } } ?? []
    }

    /// As messages show a schema: `Schema:[SchemaElement: key{x:S:HASH}]`.
    fileprivate func shown(_ schema: [KeyElement], _ definitions: [AttributeDefinition]) -> String {
        let elements = schema.map { element in
            let type = definitions.first { $0.AttributeName == element.AttributeName }?.AttributeType ?? ""
            return "SchemaElement: key{\(element.AttributeName):\(type):\(element.KeyType)}"
        }
        return "Schema:[\(elements.joined(separator: ", "))]"
    }

    fileprivate func globalIndex(named name: String, to change: String) throws(TableError) -> Int {
        guard let position = indexes.firstIndex(where: { $0.isGlobal && $0.name == name }) else {
            guard !indexes.contains(where: { $0.name == name }) else {
                throw .validation("Cannot \(change) an index that is not a GlobalSecondaryIndex: \(name)")
            }
            throw .resourceNotFound
        }
        return position
    }
}
