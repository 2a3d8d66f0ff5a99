import GatewayModel
import JSON

extension ResourceType {
    static let apiGatewayUsagePlan = ResourceType(
        name: "AWS::ApiGateway::UsagePlan", attributes: ["Id"],
        rules: PropertyRules(
            type: "AWS::ApiGateway::UsagePlan",
            supported: [
                "ApiStages": .listOfMembers(
                    PropertyRules(
                        type: "AWS::ApiGateway::UsagePlan.ApiStage",
                        supported: ["ApiId": .text, "Stage": .text, "Throttle": .mapOfMembers(throttle)])),
                "Description": .text,
                "Quota": .members(
                    PropertyRules(
                        type: "AWS::ApiGateway::UsagePlan.QuotaSettings",
                        supported: ["Limit": .integer, "Offset": .integer, "Period": .text])),
                "Tags": .list, "Throttle": .members(throttle), "UsagePlanName": .text,
            ]),
        replacedBy: [], behaviour: ApiGatewayUsagePlanType())

    private static let throttle = PropertyRules(
        type: "AWS::ApiGateway::UsagePlan.ThrottleSettings",
        supported: ["BurstLimit": .integer, "RateLimit": .text])
}

/// AWS::ApiGateway::UsagePlan: CreateUsagePlan and UpdateUsagePlan.
private struct ApiGatewayUsagePlanType: ResourceBehaviour {
    func prepare(_ request: ResourceRequest) -> ResourcePreparation {
        ResourcePreparation(physicalId: Identifiers.part(6))
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        try await request.found(["Id": request.preparation.physicalId]) { id async throws(ResourceFailure) in
            try await request.callIfPresent("GetUsagePlan", "GET", ["usageplans", id]) != nil
        }
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let properties = request.properties
        var body: JSONObject = ["name": try properties.text("UsagePlanName") ?? .string(request.madeUpName)]
        body["description"] = try properties.text("Description")
        body["quota"] = try quota(properties).map(JSONValue.object)
        body["throttle"] = try properties.nested("Throttle").map(throttle).map(JSONValue.object)
        body["apiStages"] = .array(try stages(properties).map(\.member))
        body["tags"] = try properties.tagList("Tags")
        let answer = try await request.call(
            "CreateUsagePlan", "POST", ["usageplans"], body: body, newId: request.preparation.physicalId)
        let id = try answer.member("id", of: "CreateUsagePlan")
        return request.provisioned(id, ["Id": id])
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let (request, properties, id) = (update.request, update.request.properties, update.existing.physicalId)
        let now = try await request.call("GetUsagePlan", "GET", ["usageplans", id])
        var patches = RestPatches()
        patches.set(
            "/name", from: now["name"], to: try properties.text("UsagePlanName") ?? .string(request.madeUpName),
            cleared: "")
        if update.changes("Description") {
            patches.set("/description", from: now["description"], to: try properties.text("Description"), cleared: "")
        }
        Self.change("/quota", from: now["quota"], to: try quota(properties), &patches)
        Self.change("/throttle", from: now["throttle"], to: try properties.nested("Throttle").map(throttle), &patches)
        try patchStages(&patches, from: now["apiStages"], to: properties, old: update.old)
        try await request.patch("UpdateUsagePlan", ["usageplans", id], patches)
        if update.changes("Tags") {
            try await request.retagRest(
                "/usageplans/\(id)", from: try update.old.tagList("Tags"), to: try properties.tagList("Tags"))
        }
        return update.existing
    }

    /// A plan that has stages cannot be deleted.
    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        let path = ["usageplans", deletion.physicalId]
        guard let plan = try await deletion.callIfPresent("GetUsagePlan", "GET", path) else { return }
        var patches = RestPatches()
        for stage in plan["apiStages"]?.array ?? [] {
            patches.remove("/apiStages", "\(stage["apiId"]?.string ?? ""):\(stage["stage"]?.string ?? "")")
        }
        try await deletion.patch("UpdateUsagePlan", path, patches)
        try await deletion.callIfPresent("DeleteUsagePlan", "DELETE", path)
    }

    private static func change(
        _ path: String, from now: JSONValue?, to new: JSONObject?, _ patches: inout RestPatches
    ) {
        guard let new else {
            if now != nil { patches.remove(path) }
            return
        }
        for (name, value) in new.members {
            patches.set("\(path)/\(name)", from: now?[name], to: value, cleared: "0")
        }
    }

    /// Stages that the template did not name stay: somebody else has put them into the plan.
    private func patchStages(
        _ patches: inout RestPatches, from now: JSONValue?, to properties: PropertyReader, old: PropertyReader
    ) throws(ResourceFailure) {
        let (new, before) = (try stages(properties), try stages(old))
        let present = (now?.array ?? []).map { stage in
            (key: "\(stage["apiId"]?.string ?? ""):\(stage["stage"]?.string ?? "")", throttle: stage["throttle"])
        }
        for stage in before where !new.contains(where: { $0.key == stage.key }) {
            if present.contains(where: { $0.key == stage.key }) { patches.remove("/apiStages", stage.key) }
        }
        for stage in new {
            let found = present.first { $0.key == stage.key }
            if found == nil { patches.add("/apiStages", stage.key) }
            let wanted = JSONValue.object(stage.throttle)
            let has = found?.throttle ?? [:]
            guard !PropertyDifference.isSame(has, wanted) else { continue }
            if stage.throttle.isEmpty {
                patches.remove("/apiStages/\(stage.key)/throttle")
            } else {
                patches.replace("/apiStages/\(stage.key)/throttle", wanted.text)
            }
        }
    }

    private struct Stage {
        let key: String
        let member: JSONValue
        /// By `/path/VERB`.
        let throttle: JSONObject
    }

    private func stages(_ properties: PropertyReader) throws(ResourceFailure) -> [Stage] {
        try properties.list("ApiStages").map { stage throws(ResourceFailure) in
            let (id, name) = (try stage.text("ApiId") ?? "", try stage.text("Stage") ?? "")
            var limits = JSONObject()
            for entry in try stage.map("Throttle") ?? TemplateMap() {
                guard let map = entry.value.map else {
                    throw ResourceFailure(
                        message: "Throttle.\(entry.key) must be a map; it is a \(entry.value.kind)", line: entry.line)
                }
                limits[entry.key] = .object(try throttle(PropertyReader(properties: map)))
            }
            var member: JSONObject = ["apiId": id, "stage": name]
            if !limits.isEmpty { member["throttle"] = .object(limits) }
            return Stage(key: "\(id.patchText):\(name.patchText)", member: .object(member), throttle: limits)
        }
    }

    private func quota(_ properties: PropertyReader) throws(ResourceFailure) -> JSONObject? {
        guard let quota = try properties.nested("Quota") else { return nil }
        var members = JSONObject()
        members["limit"] = try quota.integer("Limit")
        members["offset"] = try quota.integer("Offset")
        members["period"] = try quota.text("Period")
        return members
    }

    private func throttle(_ settings: PropertyReader) throws(ResourceFailure) -> JSONObject {
        var members = JSONObject()
        members["burstLimit"] = try settings.integer("BurstLimit")
        members["rateLimit"] = try settings.number("RateLimit")
        return members
    }
}
