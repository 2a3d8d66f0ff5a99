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

    init(_ request: RequestMembers) throws(TableError) {
        name = try request.tableName()
        try request.checkTableMembers()
        let parts: [StaticString] = [
            "ProvisionedThroughput", "BillingMode", "GlobalSecondaryIndexUpdates", "DeletionProtectionEnabled",
            "TableClass", "SSESpecification", "OnDemandThroughput", "StreamSpecification", "WarmThroughput",
        ]
        guard parts.contains(where: { request.range($0) != nil }) else {
            throw .validation(
                "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or "
                    + "SSESpecification or ReplicaUpdates is required")
        }
        billingMode = try request.billingMode()
        throughput = try request.throughput("ProvisionedThroughput")
        isDeletionProtected = try request.boolean("DeletionProtectionEnabled")
        tableClass = try request.tableClass()
        attributes = try request.attributeDefinitions() ?? []
        indexChanges = try IndexChange.all(in: request)
        kept = try request.keptMembers()
    }

    func run(in transaction: WriteTransaction) throws(TableError) -> [UInt8] {
        let table = try transaction.describedTable(name)
        var record = table.description
        try changeThroughput(&record, at: transaction.now)
        if let isDeletionProtected { record.isDeletionProtected = isDeletionProtected }
        if let tableClass { record.tableClass = tableClass }
        record.kept.keep(kept)
        try define(&record)
        for change in indexChanges { try change.apply(to: &record) }
        try TableRules.checkBilling(record)
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
                    throw .invalidValues(
                        "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
                            + "PROVISIONED")
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

    /// An attribute that keys use already keeps its type. The words are unconfirmed.
    private func define(_ record: inout TableRecord) throws(TableError) {
        for definition in attributes {
            guard let known = record.attributes.first(where: { $0.AttributeName == definition.AttributeName }) else {
                record.attributes.append(definition)
                continue
            }
            guard known == definition else {
                throw .invalidValues(
                    "Attribute \(known.AttributeName) is of type \(known.AttributeType) in the table and of type "
                        + "\(definition.AttributeType) in AttributeDefinitions")
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
        for element in elements {
            let change = try IndexChange(try RequestMembers(request.body, in: element))
            guard names.insert(change.name).inserted else {
                throw .invalidValues(
                    "Only one global secondary index update per index is allowed simultaneously. Index: \(change.name)")
            }
            changes.append(change)
        }
        guard !changes.isEmpty else { throw noChange }
        guard changes.count(where: \.isOnline) <= 1 else {
            throw .modelled(
                "LimitExceededException",
                "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table")
        }
        return changes
    }

    private init(_ members: RequestMembers) throws(TableError) {
        let create = try members.members("Create")
        let update = try members.members("Update")
        let delete = try members.members("Delete")
        switch (create, update, delete) {
        case (let create?, nil, nil): self = .create(try create.index(isGlobal: true))
        case (nil, let update?, nil):
            self = .update(
                name: try Self.name(update), try update.throughput("ProvisionedThroughput"),
                kept: try update.keptMembers())
        case (nil, nil, let delete?): self = .delete(name: try Self.name(delete))
        default: throw Self.noChange
        }
    }

    /// The words are unconfirmed.
    private static let noChange = TableError.invalidValues(
        "Each entry of GlobalSecondaryIndexUpdates must have exactly one of Create, Update and Delete")

    private static func name(_ request: RequestMembers) throws(TableError) -> String {
        let name = try request.string("IndexName") ?? ""
        try RequestMembers.checkName(name, "indexName")
        return name
    }

    private var name: String {
        switch self {
        case .create(let index): index.name
        case .update(let name, _, _), .delete(let name): name
        }
    }

    private var isOnline: Bool {
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
            let position = try record.globalIndex(named: name)
            if let throughput { record.indexes[position].throughput = throughput }
            record.indexes[position].kept.keep(kept)
        case .delete(let name): record.indexes.remove(at: try record.globalIndex(named: name))
        }
    }
}

extension TableRecord {
    fileprivate func globalIndex(named name: String) throws(TableError) -> Int {
        guard let position = indexes.firstIndex(where: { $0.isGlobal && $0.name == name }) else {
            throw .resourceNotFound
        }
        return position
    }
}
