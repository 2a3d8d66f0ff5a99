import GatewayModel
import JSON

extension ResourceType {
    static let apiGatewayV2Deployment = ResourceType(
        name: "AWS::ApiGatewayV2::Deployment", attributes: ["DeploymentId"],
        rules: PropertyRules(
            type: "AWS::ApiGatewayV2::Deployment",
            supported: ["ApiId": .text, "Description": .text, "StageName": .text], required: ["ApiId"]),
        replacedBy: ["ApiId", "StageName"], behaviour: ApiGatewayV2DeploymentType())
}

/// AWS::ApiGatewayV2::Deployment: CreateDeployment. A deployment is what the API was when it was made; a template makes
/// another one by naming it anew.
private struct ApiGatewayV2DeploymentType: ResourceBehaviour {
    /// The deployment that the stage had, kept so that the stage can go back to it.
    private static let previous = "gatehouse:PreviousDeploymentId"

    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        var preparation = ResourcePreparation(physicalId: Identifiers.part(6))
        if let name = try request.properties.text("StageName")?.string {
            let stage = try await request.callIfPresent(
                "GetStage", "GET", try path(request.properties, "stages") + [name])
            preparation.attributes[Self.previous] = stage?["deploymentId"]?.string
        }
        return preparation
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        let path = try path(request.properties, "deployments")
        return try await request.found { id async throws(ResourceFailure) in
            try await request.callIfPresent("GetDeployment", "GET", path + [id]) != nil
        }
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        var body = JSONObject()
        body["description"] = try request.properties.text("Description")
        body["stageName"] = try request.properties.text("StageName")
        let answer = try await request.call(
            "CreateDeployment", "POST", try path(request.properties, "deployments"), body: body,
            newId: request.preparation.physicalId)
        let id = try answer.member("deploymentId", of: "CreateDeployment")
        return request.provisioned(id, ["DeploymentId": id])
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let properties = update.request.properties
        try await update.request.call(
            "UpdateDeployment", "PATCH", try path(properties, "deployments") + [update.existing.physicalId],
            body: ["description": try properties.text("Description") ?? ""])
        return update.existing
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        let properties = deletion.properties
        if deletion.isUndone, let previous = deletion.attributes[Self.previous],
            let name = try properties.text("StageName")?.string
        {
            let stage = try path(properties, "stages") + [name]
            let now = try await deletion.callIfPresent("GetStage", "GET", stage)
            if now?["deploymentId"]?.string == deletion.physicalId {
                try await deletion.call("UpdateStage", "PATCH", stage, body: ["deploymentId": .string(previous)])
            }
        }
        try await deletion.callIfPresent(
            "DeleteDeployment", "DELETE", try path(properties, "deployments") + [deletion.physicalId])
    }

    private func path(_ properties: PropertyReader, _ collection: String) throws(ResourceFailure) -> [String] {
        ["v2", "apis", try properties.required("ApiId"), collection]
    }
}
