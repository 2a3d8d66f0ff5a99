import JSON

/// The properties of a table in the form of CreateTable, and what UpdateTable is to be told so that a table has them.
struct TableProperties {
    /// Members of CreateTable.
    private(set) var members = JSONObject()
    /// The attribute by which items expire.
    let timeToLive: String?

    init(_ properties: PropertyReader) throws(ResourceFailure) {
        if let ttl = try properties.nested("TimeToLiveSpecification"), try ttl.boolean("Enabled") == true {
            timeToLive = try ttl.required("AttributeName")
        } else {
            timeToLive = nil
        }
        for name in ["BillingMode", "TableClass"] { members[name] = try properties.text(name) }
        members["DeletionProtectionEnabled"] = try properties.boolean("DeletionProtectionEnabled")
        members["ProvisionedThroughput"] = try Self.throughput(properties)
        for name in ["AttributeDefinitions", "KeySchema"] {
            members[name] = properties.properties[name].map { Self.texts($0.json) }
        }
        for name in ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
            // DynamoDB refuses empty lists; CloudFormation takes them for none.
            guard let list = properties.properties[name]?.list, !list.isEmpty else { continue }
            var indexes: [JSONValue] = []
            for index in list {
                let reader = PropertyReader(properties: index.map ?? TemplateMap())
                var members = JSONObject()
                members["IndexName"] = try reader.text("IndexName")
                members["KeySchema"] = reader.properties["KeySchema"].map { Self.texts($0.json) }
                members["Projection"] = reader.properties["Projection"].map { Self.texts($0.json) }
                members["ProvisionedThroughput"] = try Self.throughput(reader)
                indexes.append(.object(members))
            }
            members[name] = .array(indexes)
        }
        if let encryption = try properties.nested("SSESpecification") {
            var specification = JSONObject()
            specification["Enabled"] = try encryption.boolean("SSEEnabled")
            specification["KMSMasterKeyId"] = try encryption.text("KMSMasterKeyId")
            specification["SSEType"] = try encryption.text("SSEType")
            members["SSESpecification"] = .object(specification)
        }
        if let onDemand = try properties.nested("OnDemandThroughput") {
            var specification = JSONObject()
            for name in ["MaxReadRequestUnits", "MaxWriteRequestUnits"] {
                specification[name] = try onDemand.integer(name)
            }
            members["OnDemandThroughput"] = .object(specification)
        }
        members["Tags"] = try properties.tagList("Tags").map { tags in
            .array((tags.object ?? [:]).map { ["Key": .string($0.key), "Value": $0.value] })
        }
    }

    private static func throughput(_ properties: PropertyReader) throws(ResourceFailure) -> JSONValue? {
        guard let throughput = try properties.nested("ProvisionedThroughput") else { return nil }
        var members = JSONObject()
        for name in ["ReadCapacityUnits", "WriteCapacityUnits"] { members[name] = try throughput.integer(name) }
        return .object(members)
    }

    /// CloudFormation takes numbers and booleans where DynamoDB wants strings. The depth is that of templates.
    private static func texts(_ value: JSONValue) -> JSONValue {
        switch value {
        case .number(let text): .string(text)
        case .bool(let bool): .string(bool ? "true" : "false")
        case .array(let values): .array(values.map(texts))
        case .object(let object): .object(JSONObject(object.map { ($0.key, texts($0.value)) }))
        case .null, .string: value
        }
    }

    /// Calls of UpdateTable, in order: DynamoDB makes or removes one global index per call.
    ///
    /// - Parameter table: as DescribeTable has it.
    func updates(of table: JSONValue) -> [JSONObject] {
        let wanted = indexes(members["GlobalSecondaryIndexes"])
        let current = indexes(table["GlobalSecondaryIndexes"])
        let removed = current.filter { name, index in wanted[name].map { !Self.isSame($0, index) } ?? true }
        let added = wanted.filter { name, index in current[name].map { !Self.isSame($0, index) } ?? true }
        var updates: [JSONObject] = []
        for name in removed.keys.sorted() {
            updates.append(["GlobalSecondaryIndexUpdates": [["Delete": ["IndexName": .string(name)]]]])
        }
        let capacity = capacity(differingFrom: table, kept: current.filter { removed[$0.key] == nil })
        if !capacity.isEmpty { updates.append(capacity) }
        for (member, value) in settings(differingFrom: table) { updates.append([member: value]) }
        for name in added.keys.sorted() {
            var update: JSONObject = ["GlobalSecondaryIndexUpdates": [["Create": added[name] ?? .null]]]
            update["AttributeDefinitions"] = members["AttributeDefinitions"]
            updates.append(update)
        }
        return updates
    }

    /// Billing and throughput where they differ.
    private func capacity(differingFrom table: JSONValue, kept: [String: JSONValue]) -> JSONObject {
        var settings = JSONObject()
        let mode = members["BillingMode"]?.string ?? "PROVISIONED"
        if mode != table["BillingModeSummary"]?["BillingMode"]?.string ?? "PROVISIONED" {
            settings["BillingMode"] = .string(mode)
        }
        if mode == "PROVISIONED" {
            if let throughput = members["ProvisionedThroughput"],
                !Self.isSameThroughput(throughput, table["ProvisionedThroughput"])
            {
                settings["ProvisionedThroughput"] = throughput
            }
            let wanted = indexes(members["GlobalSecondaryIndexes"])
            let updates = kept.keys.sorted().compactMap { name -> JSONValue? in
                guard let throughput = wanted[name]?["ProvisionedThroughput"],
                    !Self.isSameThroughput(throughput, kept[name]?["ProvisionedThroughput"])
                else { return nil }
                return ["Update": ["IndexName": .string(name), "ProvisionedThroughput": throughput]]
            }
            if !updates.isEmpty { settings["GlobalSecondaryIndexUpdates"] = .array(updates) }
        }
        return settings
    }

    /// Class, protection, encryption and bounds on demand where they differ: each takes a call of its own.
    private func settings(differingFrom table: JSONValue) -> JSONObject {
        var settings = JSONObject()
        let tableClass = members["TableClass"]?.string ?? "STANDARD"
        if tableClass != table["TableClassSummary"]?["TableClass"]?.string ?? "STANDARD" {
            settings["TableClass"] = .string(tableClass)
        }
        let isProtected = members["DeletionProtectionEnabled"]?.bool ?? false
        if isProtected != table["DeletionProtectionEnabled"]?.bool ?? false {
            settings["DeletionProtectionEnabled"] = .bool(isProtected)
        }
        let isEncrypted = members["SSESpecification"]?["Enabled"]?.bool ?? false
        if isEncrypted != (table["SSEDescription"]?["Status"]?.string == "ENABLED") {
            settings["SSESpecification"] = members["SSESpecification"] ?? ["Enabled": false]
        }
        if let onDemand = members["OnDemandThroughput"],
            !PropertyDifference.isSame(onDemand, table["OnDemandThroughput"] ?? .null)
        {
            settings["OnDemandThroughput"] = onDemand
        }
        return settings
    }

    private func indexes(_ list: JSONValue?) -> [String: JSONValue] {
        Dictionary(
            (list?.array ?? []).map { ($0["IndexName"]?.string ?? "", $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static func isSame(_ wanted: JSONValue, _ current: JSONValue) -> Bool {
        let names = { (index: JSONValue) in
            Set((index["Projection"]?["NonKeyAttributes"]?.array ?? []).compactMap(\.string))
        }
        return PropertyDifference.isSame(wanted["KeySchema"] ?? .null, current["KeySchema"] ?? .null)
            && wanted["Projection"]?["ProjectionType"] == current["Projection"]?["ProjectionType"]
            && names(wanted) == names(current)
    }

    private static func isSameThroughput(_ wanted: JSONValue, _ current: JSONValue?) -> Bool {
        ["ReadCapacityUnits", "WriteCapacityUnits"].allSatisfy { wanted[$0]?.integer == current?[$0]?.integer }
    }
}
