/// The usage plans that SAM makes for REST APIs, with a key each: one per API, or one that APIs share.
struct ServerlessUsagePlans {
    private static let rules = PropertyRules(
        type: "\(ServerlessApi.type).Auth.UsagePlan",
        supported: [
            "CreateUsagePlan": .word(["SHARED", "PER_API", "NONE"], known: []), "Description": .text, "Quota": .map,
            "Tags": .list, "Throttle": .map, "UsagePlanName": .text,
        ],
        required: ["CreateUsagePlan"])
    private static let shared = "Serverless"

    private(set) var resources: [PlainResource] = []
    private var sharedApis: [String] = []
    private var sharedStages: [String] = []
    private var sharedAttributes = ResourceAttributes()

    /// - Returns: The logical ids by what templates call them.
    mutating func add(
        _ value: TemplateValue, of api: ServerlessApi, stage: String, problems: inout Problems
    ) -> [String: String] {
        let path = "\(api.path).Properties.Auth.UsagePlan"
        guard let properties = value.map else {
            problems.add("'UsagePlan' must be a dictionary", line: value.line, path: path)
            return [:]
        }
        Self.rules.check(properties, path: path, line: value.line, problems: &problems)
        let ids = { (prefix: String) in
            ["UsagePlan": "\(prefix)UsagePlan", "ApiKey": "\(prefix)ApiKey", "UsagePlanKey": "\(prefix)UsagePlanKey"]
        }
        switch properties["CreateUsagePlan"]?.text {
        case "PER_API":
            make(properties, ids(api.logicalId), [(api.logicalId, stage)], api, api.attributes)
            return ids(api.logicalId)
        case "SHARED":
            sharedApis.append(api.logicalId)
            sharedStages.append(stage)
            keep(api.attributes)
            // The last API has the word on the plan's members.
            let made = Set(ids(Self.shared).values)
            resources.removeAll { made.contains($0.logicalId) }
            make(properties, ids(Self.shared), Array(zip(sharedApis, sharedStages)), api, sharedAttributes)
            return ids(Self.shared)
        default: return [:]
        }
    }

    /// Kept where one of the APIs is.
    private mutating func keep(_ attributes: ResourceAttributes) {
        let merged = { (old: DeletionPolicy?, new: DeletionPolicy?) in old == nil || new == .retain ? new ?? old : old }
        sharedAttributes.deletionPolicy = merged(sharedAttributes.deletionPolicy, attributes.deletionPolicy)
        sharedAttributes.updateReplacePolicy = merged(
            sharedAttributes.updateReplacePolicy, attributes.updateReplacePolicy)
    }

    private mutating func make(
        _ properties: TemplateMap, _ ids: [String: String], _ stages: [(api: String, stage: String)],
        _ api: ServerlessApi, _ attributes: ResourceAttributes
    ) {
        guard let planId = ids["UsagePlan"], let keyId = ids["ApiKey"], let planKeyId = ids["UsagePlanKey"] else {
            return
        }
        let line = api.line
        let text = { (text: String) in TemplateValue.string(text, line: line) }
        let list = { (apiMember: String, stageMember: String) in
            TemplateValue.list(
                stages.map { entry in
                    .map(
                        [
                            apiMember: .ref(entry.api, line: line), stageMember: .ref(entry.stage, line: line),
                        ], line: line)
                }, line: line)
        }
        let resource = { (id: String, type: String, dependsOn: [String], properties: TemplateMap) in
            PlainResource(
                id, "AWS::ApiGateway::\(type)", line: line, path: api.path, attributes: attributes,
                dependsOn: dependsOn.map(text), properties: properties)
        }
        var plan = TemplateMap()
        plan["ApiStages"] = list("ApiId", "Stage")
        for name in ["UsagePlanName", "Description", "Quota", "Tags", "Throttle"] {
            if let value = properties[name], value.isTruthy { plan[name] = value }
        }
        var key = TemplateMap()
        key["Enabled"] = .bool(true, line: line)
        key["StageKeys"] = list("RestApiId", "StageName")
        if api.tagsArePropagated, let tags = api.tags {
            plan["Tags"] = tags
            key["Tags"] = tags
        }
        var planKey = TemplateMap()
        planKey["KeyId"] = .ref(keyId, line: line)
        planKey["KeyType"] = text("API_KEY")
        planKey["UsagePlanId"] = .ref(planId, line: line)
        resources.append(resource(planId, "UsagePlan", stages.map(\.api), plan))
        resources.append(resource(keyId, "ApiKey", [planId], key))
        resources.append(resource(planKeyId, "UsagePlanKey", [keyId], planKey))
    }
}
