import GatewayModel
import JSON

extension ResourceType {
    static let dynamoDBTable = ResourceType(
        name: "AWS::DynamoDB::Table", attributes: ["Arn"], knownAttributes: ["StreamArn"],
        rules: PropertyRules(
            type: "AWS::DynamoDB::Table",
            supported: [
                "AttributeDefinitions": .listOfMembers(
                    PropertyRules(
                        type: "AWS::DynamoDB::Table.AttributeDefinition",
                        supported: ["AttributeName": .text, "AttributeType": .text],
                        required: ["AttributeName", "AttributeType"])),
                "BillingMode": .text, "ContributorInsightsSpecification": .map,
                "DeletionProtectionEnabled": .boolean, "GlobalSecondaryIndexes": .listOfMembers(index(isGlobal: true)),
                "KeySchema": .listOfMembers(key), "LocalSecondaryIndexes": .listOfMembers(index(isGlobal: false)),
                "OnDemandThroughput": .map, "PointInTimeRecoverySpecification": .map,
                "ProvisionedThroughput": .members(throughput), "SSESpecification": .map, "TableClass": .text,
                "TableName": .text, "Tags": .list,
                "TimeToLiveSpecification": .members(
                    PropertyRules(
                        type: "AWS::DynamoDB::Table.TimeToLiveSpecification",
                        supported: ["AttributeName": .text, "Enabled": .boolean], required: ["Enabled"])),
                "WarmThroughput": .map,
            ],
            known: [
                "ImportSourceSpecification", "KinesisStreamSpecification", "ResourcePolicy", "StreamSpecification",
            ],
            storedOnly: [
                "BillingMode", "ContributorInsightsSpecification", "OnDemandThroughput",
                "PointInTimeRecoverySpecification", "ProvisionedThroughput", "SSESpecification", "TableClass",
                "WarmThroughput",
            ], required: ["KeySchema"]),
        replacedBy: ["KeySchema", "TableName"], behaviour: DynamoDBTableType())

    private static let key = PropertyRules(
        type: "AWS::DynamoDB::Table.KeySchema", supported: ["AttributeName": .text, "KeyType": .text],
        required: ["AttributeName", "KeyType"])

    private static let throughput = PropertyRules(
        type: "AWS::DynamoDB::Table.ProvisionedThroughput",
        supported: ["ReadCapacityUnits": .integer, "WriteCapacityUnits": .integer],
        required: ["ReadCapacityUnits", "WriteCapacityUnits"])

    private static func index(isGlobal: Bool) -> PropertyRules {
        var supported: [String: PropertyRules.Kind] = [
            "IndexName": .text, "KeySchema": .listOfMembers(key),
            "Projection": .members(
                PropertyRules(
                    type: "AWS::DynamoDB::Table.Projection",
                    supported: ["NonKeyAttributes": .list, "ProjectionType": .text])),
        ]
        if isGlobal { supported["ProvisionedThroughput"] = .members(throughput) }
        return PropertyRules(
            type: "AWS::DynamoDB::Table.\(isGlobal ? "Global" : "Local")SecondaryIndex", supported: supported,
            known: isGlobal ? ["ContributorInsightsSpecification", "OnDemandThroughput", "WarmThroughput"] : [],
            required: ["IndexName", "KeySchema", "Projection"])
    }
}

/// AWS::DynamoDB::Table: CreateTable, and after it what has operations of its own.
private struct DynamoDBTableType: ResourceBehaviour {
    private static let nameLimit = 255

    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        try await request.named("TableName", limit: Self.nameLimit) { name async throws(ResourceFailure) in
            try await describe(name, request) != nil
        }
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        try await request.found { name async throws(ResourceFailure) in try await describe(name, request) != nil }
    }

    private func describe(_ name: String, _ request: ResourceRequest) async throws(ResourceFailure) -> JSONValue? {
        try await request.tableIfPresent("DescribeTable", ["TableName": .string(name)])?["Table"]
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let name = request.preparation.physicalId
        let wanted = try TableProperties(request.properties)
        var body = wanted.members
        body["TableName"] = .string(name)
        let answer = try await request.table("CreateTable", body)
        let arn = try (answer["TableDescription"] ?? .null).member("TableArn", of: "CreateTable")
        do throws(ResourceFailure) {
            if let attribute = wanted.timeToLive { try await setTimeToLive(attribute, true, name, request) }
        } catch {
            try await request.tableIfPresent("DeleteTable", ["TableName": .string(name)])
            throw error
        }
        return request.provisioned(name, ["Arn": arn])
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let (request, name) = (update.request, update.existing.physicalId)
        let wanted = try TableProperties(request.properties)
        guard let table = try await describe(name, request) else {
            throw ResourceFailure(message: "the table \(name) does not exist")
        }
        for body in wanted.updates(of: table) {
            var body = body
            body["TableName"] = .string(name)
            try await request.table("UpdateTable", body)
        }
        if update.changes("TimeToLiveSpecification") { try await updateTimeToLive(wanted.timeToLive, name, request) }
        if update.changes("Tags"), let arn = update.existing.attributes["Arn"] {
            let change = TagChange(from: try update.old.tagList("Tags"), to: try request.properties.tagList("Tags"))
            if !change.set.isEmpty {
                let tags = change.set.map { JSONValue.object(["Key": .string($0.key), "Value": $0.value]) }
                try await request.table("TagResource", ["ResourceArn": .string(arn), "Tags": .array(tags)])
            }
            if !change.removed.isEmpty {
                let keys = change.removed.map { JSONValue.string($0) }
                try await request.table("UntagResource", ["ResourceArn": .string(arn), "TagKeys": .array(keys)])
            }
        }
        return update.existing
    }

    /// Time to live must be disabled for its attribute before it can be enabled for another one.
    private func updateTimeToLive(
        _ wanted: String?, _ name: String, _ request: ResourceRequest
    ) async throws(ResourceFailure) {
        let description = try await request.table("DescribeTimeToLive", ["TableName": .string(name)])[
            "TimeToLiveDescription"]
        let isEnabled = description?["TimeToLiveStatus"]?.string == "ENABLED"
        let current = isEnabled ? description?["AttributeName"]?.string : nil
        guard current != wanted else { return }
        if let current { try await setTimeToLive(current, false, name, request) }
        if let wanted { try await setTimeToLive(wanted, true, name, request) }
    }

    private func setTimeToLive(
        _ attribute: String, _ isEnabled: Bool, _ name: String, _ request: ResourceRequest
    ) async throws(ResourceFailure) {
        try await request.table(
            "UpdateTimeToLive",
            [
                "TableName": .string(name),
                "TimeToLiveSpecification": ["AttributeName": .string(attribute), "Enabled": .bool(isEnabled)],
            ])
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        let name = JSONValue.string(deletion.physicalId)
        if deletion.isUndone, try deletion.properties.boolean("DeletionProtectionEnabled") == true {
            try await deletion.tableIfPresent("UpdateTable", ["TableName": name, "DeletionProtectionEnabled": false])
        }
        try await deletion.tableIfPresent("DeleteTable", ["TableName": name])
    }

    /// An attribute that stays cannot change its type; local indexes are made with their table.
    func replacing(_ old: TemplateMap, _ new: TemplateMap) -> Set<String> {
        let (before, after) = (Self.attributeTypes(old), Self.attributeTypes(new))
        let isRetyped = before.contains { after[$0.key] != nil && after[$0.key] != $0.value }
        let isReindexed = !PropertyDifference.isSame(Self.localIndexes(old), Self.localIndexes(new))
        return Set((isRetyped ? ["AttributeDefinitions"] : []) + (isReindexed ? ["LocalSecondaryIndexes"] : []))
    }

    /// By name: in which order they are listed is nothing to lose a table's items for.
    private static func localIndexes(_ properties: TemplateMap) -> JSONValue {
        let indexes = (properties["LocalSecondaryIndexes"]?.list ?? []).map {
            ($0.map?["IndexName"]?.text ?? "", $0.json)
        }
        return .object(JSONObject(indexes))
    }

    private static func attributeTypes(_ properties: TemplateMap) -> [String: String] {
        let definitions = (properties["AttributeDefinitions"]?.list ?? []).compactMap(\.map)
        return Dictionary(
            definitions.map { ($0["AttributeName"]?.text ?? "", $0["AttributeType"]?.text ?? "") },
            uniquingKeysWith: { $1 })
    }
}
