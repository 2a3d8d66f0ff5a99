import JSON

extension ResourceType {
    static let apiGatewayStage = ResourceType(
        name: "AWS::ApiGateway::Stage", attributes: [],
        rules: PropertyRules(
            type: "AWS::ApiGateway::Stage",
            supported: [
                "AccessLogSetting": .members(RestStageSettings.accessLog), "CacheClusterEnabled": .boolean,
                "CacheClusterSize": .text,
                "CanarySetting": .members(
                    PropertyRules(
                        type: "AWS::ApiGateway::Stage.CanarySetting",
                        supported: RestStageSettings.canary.merging(["DeploymentId": .text]) { first, _ in first })),
                "ClientCertificateId": .text, "DeploymentId": .text, "Description": .text,
                "DocumentationVersion": .text, "MethodSettings": .listOfMembers(RestStageSettings.methodSetting),
                "RestApiId": .text, "StageName": .text, "Tags": .list, "TracingEnabled": .boolean, "Variables": .map,
            ], storedOnly: ["TracingEnabled"], required: ["RestApiId"]),
        replacedBy: ["RestApiId", "StageName"], behaviour: ApiGatewayStageType())
}

/// AWS::ApiGateway::Stage: CreateStage, and UpdateStage for what that does not take.
private struct ApiGatewayStageType: ResourceBehaviour {
    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        let name = try request.properties.required("StageName")
        return ResourcePreparation(physicalId: name, present: try await exists(name, request) ? [name] : [])
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        try await request.found { name async throws(ResourceFailure) in try await exists(name, request) }
    }

    private func exists(_ name: String, _ request: ResourceRequest) async throws(ResourceFailure) -> Bool {
        try await request.callIfPresent("GetStage", "GET", try path(request.properties, name)) != nil
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let (properties, name) = (request.properties, request.preparation.physicalId)
        let settings = RestStageSettings(properties)
        var body = try settings.creation()
        body["stageName"] = .string(name)
        body["deploymentId"] = try properties.text("DeploymentId")
        body["tags"] = try properties.tagList("Tags")
        let path = try path(properties, name)
        let stage = try await request.call("CreateStage", "POST", Array(path.dropLast()), body: body)
        do throws(ResourceFailure) {
            try await request.patch(
                "UpdateStage", path, try settings.patches(from: stage, old: RestStageSettings(nil)))
        } catch {
            try await request.callIfPresent("DeleteStage", "DELETE", path)
            throw error
        }
        return request.provisioned(name)
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let (request, properties, name) = (update.request, update.request.properties, update.existing.physicalId)
        let path = try path(properties, name)
        let now = try await request.call("GetStage", "GET", path)
        var patches = try RestStageSettings(properties).patches(from: now, old: RestStageSettings(update.old))
        // Whoever has put another deployment on the stage since is not undone by a change of something else.
        if update.changes("DeploymentId"), let deployment = try properties.text("DeploymentId") {
            patches.set("/deploymentId", from: now["deploymentId"], to: deployment, cleared: "")
        }
        try await request.patch("UpdateStage", path, patches)
        if update.changes("Tags") {
            try await request.retagRest(
                "/" + path.joined(separator: "/"), from: try update.old.tagList("Tags"),
                to: try properties.tagList("Tags"))
        }
        return update.existing
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await deletion.callIfPresent(
            "DeleteStage", "DELETE", try path(deletion.properties, deletion.physicalId))
    }

    private func path(_ properties: PropertyReader, _ name: String) throws(ResourceFailure) -> [String] {
        ["restapis", try properties.required("RestApiId"), "stages", name]
    }
}
