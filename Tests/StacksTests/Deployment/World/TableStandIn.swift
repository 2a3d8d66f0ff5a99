import ControlPlane
import JSON

/// Stands in for DynamoDB: tables without items.
actor TableStandIn {
    private(set) var tables: [String: JSONObject] = [:]
    private(set) var timeToLive: [String: String] = [:]
    private(set) var tags: [String: JSONObject] = [:]

    init(copying tables: [String: JSONObject] = [:]) { self.tables = tables }

    func answer(_ operation: String, _ body: JSONValue) -> WireResponse {
        let arn = body["ResourceArn"]?.string
        let name = body["TableName"]?.string ?? String(arn?.split(separator: "/").last ?? "")
        guard operation != "CreateTable" else { return create(name, body) }
        guard var table = tables[name] else { return Self.refusal("ResourceNotFoundException", name) }
        switch operation {
        case "DescribeTable": return Self.success(["Table": .object(table)])
        case "DeleteTable":
            guard table["DeletionProtectionEnabled"]?.bool != true else {
                return Self.refusal("ValidationException", "Resource cannot be deleted: it is protected")
            }
            (tables[name], timeToLive[name], tags[name]) = (nil, nil, nil)
        case "UpdateTable":
            if let refusal = Self.update(&table, body) { return refusal }
            tables[name] = table
        case "DescribeTimeToLive":
            var description: JSONObject = ["TimeToLiveStatus": timeToLive[name] == nil ? "DISABLED" : "ENABLED"]
            description["AttributeName"] = timeToLive[name].map { .string($0) }
            return Self.success(["TimeToLiveDescription": .object(description)])
        case "UpdateTimeToLive":
            let specification = body["TimeToLiveSpecification"]
            let attribute = specification?["AttributeName"]?.string
            let isEnabled = specification?["Enabled"]?.bool == true
            guard isEnabled ? timeToLive[name] == nil : timeToLive[name] == attribute else {
                return Self.refusal("ValidationException", "TimeToLive is already what it is")
            }
            timeToLive[name] = isEnabled ? attribute : nil
        case "TagResource":
            for tag in body["Tags"]?.array ?? [] { tags[name, default: [:]][tag["Key"]?.string ?? ""] = tag["Value"] }
        case "UntagResource":
            for key in body["TagKeys"]?.array ?? [] { tags[name]?[key.string ?? ""] = nil }
        default: return Self.refusal("UnknownOperationException", operation)
        }
        return Self.success([:])
    }

    private func create(_ name: String, _ body: JSONValue) -> WireResponse {
        guard tables[name] == nil else {
            return Self.refusal("ResourceInUseException", "Table already exists: \(name)")
        }
        var table = body.object ?? [:]
        for tag in table["Tags"]?.array ?? [] { tags[name, default: [:]][tag["Key"]?.string ?? ""] = tag["Value"] }
        table["Tags"] = nil
        if let mode = table["BillingMode"] { table["BillingModeSummary"] = ["BillingMode": mode] }
        table["BillingMode"] = nil
        table["TableArn"] = .string("arn:aws:dynamodb:us-east-1:000000000000:table/\(name)")
        tables[name] = table
        return Self.success(["TableDescription": .object(table)])
    }

    private static func update(_ table: inout JSONObject, _ body: JSONValue) -> WireResponse? {
        if let mode = body["BillingMode"] { table["BillingModeSummary"] = ["BillingMode": mode] }
        for name in ["DeletionProtectionEnabled", "ProvisionedThroughput"] {
            table[name] = body[name] ?? table[name]
        }
        let updates = body["GlobalSecondaryIndexUpdates"]?.array ?? []
        guard updates.count <= 1 else { return refusal("LimitExceededException", "Only 1 online index") }
        var indexes = table["GlobalSecondaryIndexes"]?.array ?? []
        for update in updates {
            if let index = update["Create"] {
                guard !indexes.contains(where: { $0["IndexName"] == index["IndexName"] }) else {
                    return refusal("ValidationException", "Attempting to create an index which already exists")
                }
                indexes.append(index)
            }
            if let name = update["Delete"]?["IndexName"] { indexes.removeAll { $0["IndexName"] == name } }
        }
        table["GlobalSecondaryIndexes"] = indexes.isEmpty ? nil : .array(indexes)
        let keys = ([JSONValue.object(table)] + indexes).flatMap { $0["KeySchema"]?.array ?? [] }
        let used = Set(keys.compactMap { $0["AttributeName"]?.string })
        let given = (table["AttributeDefinitions"]?.array ?? []) + (body["AttributeDefinitions"]?.array ?? [])
        var kept: [JSONValue] = []
        for attribute in given where used.contains(attribute["AttributeName"]?.string ?? "") {
            if !kept.contains(attribute) { kept.append(attribute) }
        }
        table["AttributeDefinitions"] = .array(kept)
        return nil
    }

    private static func success(_ body: JSONObject) -> WireResponse {
        WireResponse(status: 200, body: JSONValue.object(body).bytes)
    }

    private static func refusal(_ code: String, _ message: String) -> WireResponse {
        let body: JSONValue = [
            "__type": .string("com.amazonaws.dynamodb.v20120810#\(code)"), "message": .string(message),
        ]
        return WireResponse(status: 400, body: body.bytes)
    }
}
