/// What a table must fulfil, in the order and the words of DynamoDB.
enum TableRules {
    private static let localIndexes = 5
    private static let globalIndexes = 20
    /// Attributes of a key's part: more than one only in global indexes.
    private static let indexKeyAttributes = 4
    /// Characters of the name of an attribute that is in a key.
    static let keyNameLengths = 1...255
    /// NonKeyAttributes of one index.
    private static let includedInIndex = 20
    /// Of all indexes of a table together.
    private static let includedAttributes = 100

    static func check(_ record: TableRecord, throughputGiven: Bool) throws(TableError) {
        try checkThroughput(record, given: throughputGiven)
        try checkKeySchema(record)
        for index in record.indexes.filter(\.isGlobal) + record.indexes.filter({ !$0.isGlobal }) {
            try check(index, of: record)
        }
        try checkCounts(record)
        try checkDefinitionsAreUsed(record)
        try checkWarmThroughput(record, since: nil)
    }

    private static func checkThroughput(_ record: TableRecord, given: Bool) throws(TableError) {
        switch record.billingMode {
        case .payPerRequest:
            if given {
                throw .invalidValues(
                    "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
                        + "PAY_PER_REQUEST")
            }
        case .provisioned:
            guard given else {
                throw .invalidValues(
                    "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED")
            }
        }
        try checkBilling(record)
    }

    /// Whether all that is said of capacity is of the table's billing mode.
    static func checkBilling(_ record: TableRecord) throws(TableError) {
        for index in record.indexes where index.isGlobal {
            switch record.billingMode {
            case .payPerRequest where index.throughput != .none:
                throw .invalidValues(
                    "ProvisionedThroughput should not be specified for index: \(index.name) when BillingMode is "
                        + "PAY_PER_REQUEST")
            case .provisioned where index.throughput == .none:
                throw .invalidValues("ProvisionedThroughput is not specified for index: \(index.name)")
            default: break
            }
        }
        guard record.billingMode == .provisioned else { return }
        for (kept, place) in [(record.kept, "")] + record.indexes.map({ ($0.kept, " for index : \($0.name)") }) {
            guard let text = kept["OnDemandThroughput"] else { continue }
            let member = text.contains("MaxReadRequestUnits") ? "MaxReadRequestUnits" : "MaxWriteRequestUnits"
            throw .invalidValues(
                "\(member) for OnDemandThroughput\(place) cannot be specified when the table BillingMode is PROVISIONED"
            )
        }
    }

    private static func checkKeySchema(_ record: TableRecord) throws(TableError) {
        let schema = record.keySchema
        guard !schema.isEmpty else {
            throw .enveloped(
                "Value null at 'keySchema' failed to satisfy constraint: Member must not be null")
        }
        try checkLength(schema, "keySchema")
        guard schema.count <= record.attributes.count else {
            throw .validation("Invalid KeySchema: Some index key attribute have no definition")
        }
        try checkDefined(schema, record)
        if schema.count == 2, schema[0].AttributeName == schema[1].AttributeName {
            throw .validation("Both the Hash Key and the Range Key element in the KeySchema have the same name")
        }
        try checkOrder(schema)
    }

    /// Of a table's key, and of a local index's.
    private static func checkLength(_ schema: [TableRecord.KeyElement], _ path: String) throws(TableError) {
        guard schema.count > 2 else { return }
        let shown = schema.map { "KeySchemaElement(attributeName=\($0.AttributeName), keyType=\($0.KeyType))" }
        throw .enveloped(
            "Value '[\(shown.joined(separator: ", "))]' at '\(path)' failed to satisfy constraint: "
                + "Member must have length less than or equal to 2")
    }

    private static func checkOrder(_ schema: [TableRecord.KeyElement]) throws(TableError) {
        guard schema.first?.KeyType == "HASH" else {
            throw .validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
        }
        if schema.count == 2, schema[1].KeyType != "RANGE" {
            throw .validation("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")
        }
    }

    private static func checkDefined(_ schema: [TableRecord.KeyElement], _ record: TableRecord) throws(TableError) {
        let defined = record.attributes.map(\.AttributeName)
        let missing = schema.map(\.AttributeName).filter { !defined.contains($0) }
        guard missing.isEmpty else {
            let keys = missing.joined(separator: ", ")
            throw .invalidValues(
                "Some index key attributes are not defined in AttributeDefinitions. Keys: [\(keys)], "
                    + "AttributeDefinitions: [\(defined.joined(separator: ", "))]")
        }
    }

    static func check(_ index: TableRecord.Index, of record: TableRecord) throws(TableError) {
        let schema = index.keySchema
        let partition = schema.filter { $0.KeyType == "HASH" }
        let sort = schema.filter { $0.KeyType == "RANGE" }
        guard schema.first?.KeyType == "HASH" else {
            throw .validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
        }
        if index.isGlobal {
            guard schema == partition + sort else {
                throw .invalidValues("All HASH key attributes must precede RANGE key attributes in the KeySchema")
            }
            for (type, attributes) in [("HASH", partition), ("RANGE", sort)] where attributes.count > indexKeyAttributes
            {
                throw .invalidValues("The KeySchema exceeds the maximum allowed number of \(type) key attributes")
            }
        } else {
            try checkLength(schema, "localSecondaryIndexes.\(record.position(of: index)).member.keySchema")
            try checkOrder(schema)
        }
        if schema.map(\.AttributeName).firstDuplicate != nil {
            throw .validation(
                partition.count == 1 && sort.count == 1
                    ? "Both the Hash Key and the Range Key element in the KeySchema have the same name"
                    : "The KeySchema contains multiple key attributes with the same name")
        }
        try checkDefined(schema, record)
        if !index.isGlobal { try checkLocal(index, sort, of: record) }
        guard record.indexes.count(where: { $0.name == index.name }) == 1 else {
            throw .invalidValues("Duplicate index name: \(index.name)")
        }
        let included = index.projection.NonKeyAttributes
        try checkIncluded(included)
        switch index.projection.ProjectionType {
        case "ALL", "KEYS_ONLY":
            guard included?.isEmpty ?? true else {
                throw .invalidValues(
                    "ProjectionType is \(index.projection.ProjectionType), but NonKeyAttributes is specified")
            }
        case "INCLUDE":
            guard included?.isEmpty == false else {
                throw .invalidValues("ProjectionType is INCLUDE, but NonKeyAttributes is not specified")
            }
        case let type: throw .invalidValues("Unknown ProjectionType: \(type)")
        }
    }

    /// NonKeyAttributes by the model: 1 to 20 names of 1 to 255 characters.
    private static func checkIncluded(_ names: [String]?) throws(TableError) {
        guard let names else { return }
        var constraints = Constraints()
        let member = "projection.nonKeyAttributes"
        let shown = "[\(names.prefix(includedInIndex).joined(separator: ", "))]"
        if names.isEmpty {
            constraints.violate(member, value: shown, "have length greater than or equal to 1")
        } else if names.count > includedInIndex {
            constraints.violate(member, value: shown, "have length less than or equal to \(includedInIndex)")
        }
        for (position, name) in names.prefix(includedInIndex).enumerated() {
            constraints.text(name, "\(member).\(position + 1).member", keyNameLengths)
        }
        try constraints.check()
        if let name = names.firstDuplicate {
            throw .invalidValues("Duplicate element in NonKeyAttributes: \(name)")
        }
    }

    private static func checkLocal(
        _ index: TableRecord.Index, _ sort: [TableRecord.KeyElement], of record: TableRecord
    ) throws(TableError) {
        guard record.keySchema.count == 2 else {
            throw .invalidValues(
                "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex")
        }
        guard !sort.isEmpty else {
            throw .invalidValues("Index KeySchema does not have a range key for index: \(index.name)")
        }
        let (own, table) = (index.keySchema[0].AttributeName, record.keySchema[0].AttributeName)
        guard own == table else {
            throw .invalidValues(
                "Index KeySchema does not have the same leading hash key as table KeySchema for index: \(index.name). "
                    + "index hash key: \(own), table hash key: \(table)")
        }
    }

    static func checkCounts(_ record: TableRecord) throws(TableError) {
        try checkCount(record.indexes.count { !$0.isGlobal }, isGlobal: false)
        try checkCount(record.indexes.count(where: \.isGlobal), isGlobal: true)
        let included = record.indexes.reduce(0) { $0 + ($1.projection.NonKeyAttributes?.count ?? 0) }
        guard included <= includedAttributes else {
            throw .invalidValues(
                "NonKeyAttributes of all indexes together exceed the per-table limit of \(includedAttributes)")
        }
    }

    static func checkCount(_ indexes: Int, isGlobal: Bool) throws(TableError) {
        switch isGlobal {
        case true where indexes > globalIndexes:
            throw .invalidValues("GlobalSecondaryIndex count exceeds the per-table limit of \(globalIndexes)")
        case false where indexes > localIndexes:
            throw .invalidValues("Number of LocalSecondaryIndexes exceeds per-table limit of \(localIndexes)")
        default: break
        }
    }

    /// Warm throughput is never below what a table or index has by itself, and it never sinks.
    ///
    /// - Parameter old: the table before; nil for a new one.
    static func checkWarmThroughput(_ record: TableRecord, since old: TableRecord?) throws(TableError) {
        var places = [(record.warm(nil), old?.warm(nil), "table")]
        for index in record.indexes where index.isGlobal {
            let before = old?.indexes.first { $0.number == index.number }
            places.append((record.warm(index), before.flatMap { old?.warm($0) }, "index \(index.name)"))
        }
        for (new, before, place) in places {
            for unit in WarmThroughput.Unit.allCases {
                guard let asked = new.asked[unit] else { continue }
                let subject = "Requested \(unit.rawValue) for WarmThroughput for \(place)"
                if let before, asked == before.value(unit) { continue }
                if let before, asked < before.value(unit) {
                    throw .invalidValues(
                        "\(subject) is lower than current WarmThroughput, decreasing WarmThroughput is not supported")
                }
                guard asked < new.initial(unit) else { continue }
                throw .invalidValues(
                    record.billingMode == .payPerRequest
                        ? "\(subject) is lower than initial throughput for OnDemand. See: "
                            + "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
                            + "on-demand-capacity-mode.html#on-demand-capacity-mode-initial"
                        : "\(subject) is lower than \(unit.provisionedName) of ProvisionedThroughput")
            }
        }
    }

    private static func checkDefinitionsAreUsed(_ record: TableRecord) throws(TableError) {
        let used = record.usedAttributes
        guard record.attributes.allSatisfy({ used.contains($0.AttributeName) }) else {
            if record.indexes.isEmpty {
                throw .invalidValues(
                    "Number of attributes in KeySchema does not exactly match number of attributes defined in "
                        + "AttributeDefinitions")
            }
            throw unusedDefinitions(record.attributes, used)
        }
    }

    static func unusedDefinitions(
        _ definitions: [TableRecord.AttributeDefinition], _ used: Set<String>
    ) -> TableError {
        let defined = definitions.map(\.AttributeName).joined(separator: ", ")
        return .invalidValues(
            "Some AttributeDefinitions are not used. AttributeDefinitions: [\(defined)], "
                + "keys used: [\(used.sorted().joined(separator: ", "))]")
    }
}

extension [String] {
    /// The first that has been there before.
    var firstDuplicate: String? {
        var seen: Set<String> = []
        return first { !seen.insert($0).inserted }
    }
}

extension TableRecord {
    /// Among the indexes of its kind, from 1.
    fileprivate func position(of index: Index) -> Int {
        let alike = indexes.filter { $0.isGlobal == index.isGlobal }
        return (alike.firstIndex { $0.number == index.number } ?? 0) + 1
    }

    /// The attributes of all keys.
    var usedAttributes: Set<String> {
        Set(keySchema.map(\.AttributeName) + indexes.flatMap { $0.keySchema.map(\.AttributeName) })
    }
}
