import GatewayModel

/// The operations on Deployment.
extension V2Operations {
    static var deployments: [Operation] {
        let kit = PartOperations<V2.Deployment>()
        return [
            kit.create("CreateDeployment", createDeployment), kit.get("GetDeployment"),
            // Newest first, as the service lists them.
            kit.list("GetDeployments", order: { $0.reversed() }),
            kit.update("UpdateDeployment", status: 201) { deployment, _, call throws(ServiceError) in
                if let text = try RequestMembers(call).string("description", upTo: V2Quotas.descriptionLength) {
                    deployment.description = text.isEmpty ? nil : text
                }
            },
            kit.delete("DeleteDeployment"),
        ]
    }

    private static func createDeployment(_ api: inout HTTPAPI, _ call: Call) throws(ServiceError) -> V2.Deployment {
        let members = try RequestMembers(call)
        var stage: V2.Stage?
        if let name = try members.string("stageName"), !name.isEmpty { stage = try deployable(name, in: api) }
        guard !api.routes.isEmpty else { throw V2Error.badRequest(Deployments.noRoutes(in: api)) }
        var deployment = Deployments.make(id: api.freshId(of: V2.Deployment.self, call), now: call.timestamp)
        deployment.description = try members.string("description", upTo: V2Quotas.descriptionLength)
        api.freeze(as: deployment.deploymentId)
        if var stage {
            stage.deploymentId = deployment.deploymentId
            stage.lastDeploymentStatusMessage = nil
            stage.lastUpdatedDate = call.timestamp
            try api.put(stage)
        }
        return deployment
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
}

extension V2.Deployment: APIPart {
    static let kind = "v2.deployment"
    static var list: any WritableKeyPath<HTTPAPI, PartList<V2.Deployment>> & Sendable { \.deployments }
    static let collection = "deployments"
    static let parameter = "deploymentId"

    static func notFound(_ key: String) -> ServiceError {
        V2Error.notFound("Invalid deployment identifier specified \(key)")
    }

    func leave(_ api: inout HTTPAPI) { api.contents[deploymentId] = nil }

    func checkDeletion(from api: HTTPAPI) throws(ServiceError) {
        guard !api.stages.contains(where: { $0.deploymentId == deploymentId }) else {
            throw V2Error.badRequest("Active stages pointing to this deployment must be moved or deleted")
        }
    }
}

enum Deployments {
    static let automaticDescription = "Automatic deployment triggered by changes to the Api configuration"
    static let noRoutes = "Unable to deploy API because no routes exist in this API"
    static let failure = "Deployment attempt failed: \(noRoutes)"

    /// Both as reported.
    static func noRoutes(in api: HTTPAPI) -> String {
        api.isWebSocket ? "At least one route is required before deploying the Api" : noRoutes
    }

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
}
