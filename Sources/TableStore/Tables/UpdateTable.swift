import JSON

/// UpdateTable: throughput, billing mode, class, deletion protection, and one global index made or removed.
struct UpdateTable: TableWrite {
    private let request: RequestMembers
    private let name: String

    init(_ request: RequestMembers) throws(TableError) {
        self.request = request
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
    }

    func run(in transaction: WriteTransaction) throws(TableError) -> [UInt8] {
        let table = try transaction.describedTable(name)
        var record = table.description
        try changeThroughput(&record, at: transaction.now)
        if let isProtected = try request.boolean("DeletionProtectionEnabled") {
            record.isDeletionProtected = isProtected
        }
        if let tableClass = try request.tableClass() { record.tableClass = tableClass }
        record.kept.merge(request.keptMembers) { $1 }
        if let definitions = try request.attributeDefinitions() {
            let known = Set(record.attributes.map(\.AttributeName))
            record.attributes += definitions.filter { !known.contains($0.AttributeName) }
        }
        try changeIndexes(&record)
        let used = record.usedAttributes
        record.attributes.removeAll { !used.contains($0.AttributeName) }
        let changed = try transaction.replace(table, with: record)
        var description = TableDescription(changed.description, transaction.account)
        description.status = "UPDATING"
        return JSONValue.object(["TableDescription": .object(description.json)]).bytes
    }

    private func changeThroughput(_ record: inout TableRecord, at now: Int) throws(TableError) {
        let throughput = try request.throughput("ProvisionedThroughput")
        let mode = try request.billingMode() ?? record.billingMode
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
            if record.billingMode == .payPerRequest, throughput == nil {
                throw .invalidValues(
                    "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED")
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

    private func changeIndexes(_ record: inout TableRecord) throws(TableError) {
        guard let updates = try request.elements("GlobalSecondaryIndexUpdates") else { return }
        var changes = 0
        for update in updates {
            let members = try RequestMembers(request.body, in: update)
            if let create = try members.members("Create") {
                changes += 1
                var index = try create.index(isGlobal: true)
                index.number = record.nextIndexNumber
                record.nextIndexNumber += 1
                record.indexes.append(index)
                try TableRules.check(index, of: record)
                try TableRules.checkCounts(record)
            } else if let delete = try members.members("Delete") {
                changes += 1
                let name = try delete.string("IndexName") ?? ""
                guard let position = record.globalIndex(named: name) else {
                    throw .modelled("ResourceNotFoundException", "Requested resource not found")
                }
                record.indexes.remove(at: position)
            } else if let update = try members.members("Update") {
                let name = try update.string("IndexName") ?? ""
                guard let position = record.globalIndex(named: name) else {
                    throw .modelled("ResourceNotFoundException", "Requested resource not found")
                }
                record.indexes[position].throughput =
                    try update.throughput("ProvisionedThroughput") ?? record.indexes[position].throughput
                record.indexes[position].kept.merge(update.keptMembers) { $1 }
            }
        }
        guard changes <= 1 else {
            throw .modelled(
                "LimitExceededException",
                "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table")
        }
    }
}

extension TableRecord {
    fileprivate func globalIndex(named name: String) -> Int? {
        indexes.firstIndex { $0.isGlobal && $0.name == name }
    }
}
