import GatewayModel
import JSON

extension ResourceType {
    static let apiGatewayDeployment = ResourceType(
        name: "AWS::ApiGateway::Deployment", attributes: ["DeploymentId"],
        rules: PropertyRules(
            type: "AWS::ApiGateway::Deployment",
            supported: [
                "DeploymentCanarySettings": .members(
                    PropertyRules(
                        type: "AWS::ApiGateway::Deployment.DeploymentCanarySettings",
                        supported: RestStageSettings.canary)),
                "Description": .text, "RestApiId": .text,
                "StageDescription": .members(
                    PropertyRules(
                        type: "AWS::ApiGateway::Deployment.StageDescription",
                        supported: RestStageSettings.ofMethods.merging(
                            [
                                "AccessLogSetting": .members(RestStageSettings.accessLog),
                                "CacheClusterEnabled": .boolean, "CacheClusterSize": .text,
                                "CanarySetting": .members(
                                    PropertyRules(
                                        type: "AWS::ApiGateway::Deployment.CanarySetting",
                                        supported: RestStageSettings.canary)),
                                "ClientCertificateId": .text, "Description": .text, "DocumentationVersion": .text,
                                "MethodSettings": .listOfMembers(RestStageSettings.methodSetting), "Tags": .list,
                                "TracingEnabled": .boolean, "Variables": .map,
                            ], uniquingKeysWith: { first, _ in first }), storedOnly: ["TracingEnabled"])),
                "StageName": .text,
            ], required: ["RestApiId"]),
        replacedBy: ["DeploymentCanarySettings", "RestApiId"], behaviour: ApiGatewayDeploymentType())
}

/// AWS::ApiGateway::Deployment: CreateDeployment. A deployment is what the API was when it was made; a template makes
/// another one by naming it anew. A stage that StageName makes goes with the deployment, unless it has another by then.
private struct ApiGatewayDeploymentType: ResourceBehaviour {
    /// The deployment that the stage had, kept so that the stage can go back to it.
    private static let previous = "gatehouse:PreviousDeploymentId"

    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        var preparation = ResourcePreparation(physicalId: Identifiers.part(6))
        if let path = try stagePath(request.properties) {
            let stage = try await request.callIfPresent("GetStage", "GET", path)
            preparation.attributes[Self.previous] = stage?["deploymentId"]?.string
        }
        return preparation
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        let path = try path(request.properties)
        return try await request.found(["DeploymentId": request.preparation.physicalId]) {
            id async throws(ResourceFailure) in
            try await request.callIfPresent("GetDeployment", "GET", path + [id]) != nil
        }
    }

    func contradiction(_ properties: TemplateMap) -> (property: String, message: String)? {
        guard properties["StageDescription"] != nil, properties["StageName"] == nil else { return nil }
        return ("StageDescription", "StageDescription has no effect without StageName")
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let properties = request.properties
        let settings = RestStageSettings(try properties.nested("StageDescription"))
        var body = try settings.creation()
        body["description"] = try properties.text("Description")
        body["stageName"] = try properties.text("StageName")
        if let canary = try properties.nested("DeploymentCanarySettings") {
            var members = JSONObject()
            members["percentTraffic"] = try canary.number("PercentTraffic")
            members["stageVariableOverrides"] = try canary.textMap("StageVariableOverrides")
            members["useStageCache"] = try canary.boolean("UseStageCache")
            body["canarySettings"] = .object(members)
        }
        let answer = try await request.call(
            "CreateDeployment", "POST", try path(properties), body: body, newId: request.preparation.physicalId)
        let id = try answer.member("id", of: "CreateDeployment")
        do throws(ResourceFailure) { try await describeStage(request, old: nil) } catch {
            try await withdraw(id, request.preparation.attributes[Self.previous], properties, request)
            try await request.callIfPresent("DeleteDeployment", "DELETE", try path(properties) + [id])
            throw error
        }
        return request.provisioned(id, ["DeploymentId": id])
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let (request, id) = (update.request, update.existing.physicalId)
        var patches = RestPatches()
        patches.set(
            "/description", from: try update.old.text("Description"), to: try request.properties.text("Description"),
            cleared: "")
        try await request.patch("UpdateDeployment", try path(request.properties) + [id], patches)
        if update.changes("StageName") {
            try await deployStage(id, request)
            try await withdraw(id, nil, update.old, request)
        }
        try await describeStage(request, old: update.changes("StageName") ? nil : update.old)
        return update.existing
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        let previous = deletion.isUndone ? deletion.attributes[Self.previous] : nil
        try await withdraw(deletion.physicalId, previous, deletion.properties, deletion)
        try await deletion.callIfPresent(
            "DeleteDeployment", "DELETE", try path(deletion.properties) + [deletion.physicalId])
    }

    /// Puts the deployment on the stage that the template names now.
    private func deployStage(_ id: String, _ request: ResourceRequest) async throws(ResourceFailure) {
        guard let path = try stagePath(request.properties), let name = path.last else { return }
        guard let now = try await request.callIfPresent("GetStage", "GET", path) else {
            try await request.call(
                "CreateStage", "POST", Array(path.dropLast()),
                body: ["stageName": .string(name), "deploymentId": .string(id)])
            return
        }
        var patches = RestPatches()
        patches.set("/deploymentId", from: now["deploymentId"], to: .string(id), cleared: "")
        try await request.patch("UpdateStage", path, patches)
    }

    /// What StageDescription says.
    private func describeStage(_ request: ResourceRequest, old: PropertyReader?) async throws(ResourceFailure) {
        guard let path = try stagePath(request.properties) else { return }
        let (before, after) = (
            try old?.nested("StageDescription"), try request.properties.nested("StageDescription")
        )
        guard before != nil || after != nil else { return }
        let now = try await request.call("GetStage", "GET", path)
        try await request.patch(
            "UpdateStage", path, try RestStageSettings(after).patches(from: now, old: RestStageSettings(before)))
        try await request.retagRest(
            "/" + path.joined(separator: "/"), from: try before?.tagList("Tags"), to: try after?.tagList("Tags"))
    }

    /// Takes the deployment from its stage, which goes back to the one that it had before, or away.
    private func withdraw(
        _ id: String, _ previous: String?, _ properties: PropertyReader, _ calls: some ResourceCalls
    ) async throws(ResourceFailure) {
        guard let path = try stagePath(properties) else { return }
        let now = try await calls.callIfPresent("GetStage", "GET", path)
        if now?["canarySettings"]?["deploymentId"]?.string == id {
            var patches = RestPatches()
            patches.remove("/canarySettings")
            try await calls.patch("UpdateStage", path, patches)
        }
        guard now?["deploymentId"]?.string == id else { return }
        guard let previous else {
            try await calls.callIfPresent("DeleteStage", "DELETE", path)
            return
        }
        var patches = RestPatches()
        patches.replace("/deploymentId", previous)
        try await calls.patch("UpdateStage", path, patches)
    }

    private func path(_ properties: PropertyReader) throws(ResourceFailure) -> [String] {
        ["restapis", try properties.required("RestApiId"), "deployments"]
    }

    private func stagePath(_ properties: PropertyReader) throws(ResourceFailure) -> [String]? {
        guard let name = try properties.text("StageName")?.string, !name.isEmpty else { return nil }
        return ["restapis", try properties.required("RestApiId"), "stages", name]
    }
}
