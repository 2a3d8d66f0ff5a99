import GatewayModel

/// The operations on Deployment.
extension V2Operations {
    static let deployments = [
        Operation(
            "CreateDeployment", .apigateway, .post, "/v2/apis/{apiId}/deployments", success: 201, createDeployment),
        Operation("GetDeployment", .apigateway, .get, "/v2/apis/{apiId}/deployments/{deploymentId}", getDeployment),
        Operation("GetDeployments", .apigateway, .get, "/v2/apis/{apiId}/deployments", getDeployments),
        Operation(
            "UpdateDeployment", .apigateway, .patch, "/v2/apis/{apiId}/deployments/{deploymentId}", updateDeployment),
        Operation(
            "DeleteDeployment", .apigateway, .delete, "/v2/apis/{apiId}/deployments/{deploymentId}", success: 204,
            deleteDeployment),
    ]

    private static func createDeployment(
        _ control: isolated ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let api = try control.httpAPI(call)
        let members = try RequestMembers(call)
        var stage: V2.Stage?
        if let name = try members.string("stageName"), !name.isEmpty { stage = try deployable(name, in: api) }
        guard !api.routes.isEmpty else { throw V2Error.badRequest(Deployments.noRoutes) }
        var deployment = Deployments.make(id: api.freshDeploymentId(call), now: control.timestamp)
        deployment.description = try members.string("description", upTo: V2Quotas.descriptionLength)
        var change = APIChange(of: api)
        try change.put(deployment)
        try change.freeze(as: deployment.deploymentId)
        if var stage {
            stage.deploymentId = deployment.deploymentId
            stage.lastDeploymentStatusMessage = nil
            stage.lastUpdatedDate = control.timestamp
            try change.put(stage)
        }
        try await control.commit(change).publish()
        return try .json(deployment)
    }

    private static func deployable(_ name: String, in api: HTTPAPI) throws(ServiceError) -> V2.Stage {
        guard let stage = api.stages[name] else {
            throw V2Error.badRequest(
                "Stage \(name) does not exist. StageName specified on a CreateDeployment request must exist so the "
                    + "stage can be updated with the new deployment.")
        }
        guard stage.autoDeploy != true else {
            throw V2Error.badRequest("DeploymentId can't be updated if autoDeploy is enabled")
        }
        return stage
    }

    private static func getDeployment(_ control: isolated ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        try .json(try Deployments.find(call, in: try control.httpAPI(call)))
    }

    /// Newest first, as the service lists them.
    private static func getDeployments(_ control: isolated ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        try Lists.page(try control.httpAPI(call).deployments.values.reversed(), call, key: \.deploymentId)
    }

    private static func updateDeployment(
        _ control: isolated ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let api = try control.httpAPI(call)
        var deployment = try Deployments.find(call, in: api)
        if let text = try RequestMembers(call).string("description", upTo: V2Quotas.descriptionLength) {
            deployment.description = text.isEmpty ? nil : text
        }
        var change = APIChange(of: api)
        try change.put(deployment)
        try await control.commit(change).publish()
        // 201 on the wire, whatever the model says.
        var reply = try Reply.json(deployment)
        reply.status = 201
        return reply
    }

    private static func deleteDeployment(
        _ control: isolated ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let api = try control.httpAPI(call)
        let deployment = try Deployments.find(call, in: api)
        guard !api.stages.values.contains(where: { $0.deploymentId == deployment.deploymentId }) else {
            throw V2Error.badRequest("Active stages pointing to this deployment must be moved or deleted")
        }
        var change = APIChange(of: api)
        change.removeDeployment(deployment.deploymentId)
        try await control.commit(change).publish()
        return .empty
    }
}

enum Deployments {
    static let automaticDescription = "Automatic deployment triggered by changes to the Api configuration"
    static let noRoutes = "Unable to deploy API because no routes exist in this API"
    static let failure = "Deployment attempt failed: \(noRoutes)"

    static func success(_ deploymentId: String) -> String {
        "Successfully deployed stage with deployment ID '\(deploymentId)'"
    }

    static func make(id: String, now: String) -> V2.Deployment {
        var deployment = V2.Deployment(deploymentId: id)
        deployment.autoDeployed = false
        deployment.createdDate = now
        deployment.deploymentStatus = "DEPLOYED"
        return deployment
    }

    static func find(_ call: Call, in api: HTTPAPI) throws(ServiceError) -> V2.Deployment {
        let id = call.path("deploymentId")
        guard let deployment = api.deployments[id] else {
            throw V2Error.notFound("Invalid deployment identifier specified \(id)")
        }
        return deployment
    }
}
