import JSON

/// What an update changes of APIs without deploying it: a deployment is what the API was when it was made, and one that
/// has not changed is not made again, as in CloudFormation.
struct UndeployedChanges {
    /// The types of an API with what it has, and the property that names it.
    private struct Kind {
        let api: String
        /// Parts that calls meet only once they are deployed.
        let parts: Set<String>
        let deployment: String
        let stage: String
        let owner: String
    }

    private static let kinds = [
        Kind(
            api: ResourceType.apiGatewayRestApi.name,
            parts: [
                ResourceType.apiGatewayRestApi.name, ResourceType.apiGatewayResource.name,
                ResourceType.apiGatewayMethod.name, ResourceType.apiGatewayModel.name,
                ResourceType.apiGatewayRequestValidator.name, ResourceType.apiGatewayAuthorizer.name,
                ResourceType.apiGatewayGatewayResponse.name,
            ], deployment: ResourceType.apiGatewayDeployment.name, stage: ResourceType.apiGatewayStage.name,
            owner: "RestApiId"),
        Kind(
            api: ResourceType.apiGatewayV2Api.name,
            parts: [
                ResourceType.apiGatewayV2Api.name, ResourceType.apiGatewayV2Route.name,
                ResourceType.apiGatewayV2RouteResponse.name, ResourceType.apiGatewayV2Integration.name,
                ResourceType.apiGatewayV2IntegrationResponse.name, ResourceType.apiGatewayV2Model.name,
                ResourceType.apiGatewayV2Authorizer.name,
            ], deployment: ResourceType.apiGatewayV2Deployment.name, stage: ResourceType.apiGatewayV2Stage.name,
            owner: "ApiId"),
    ]

    private let before: [StackResource]
    private let after: [StackResource]
    private let changes: [ResourceChange]

    init(from before: [StackResource], to after: [StackResource], _ changes: [ResourceChange]) {
        self.before = before
        self.after = after
        self.changes = changes
    }

    /// A sentence for each API that is served as it was.
    var warnings: [String] { Self.kinds.flatMap(warnings) }

    private func warnings(_ kind: Kind) -> [String] {
        // Tags are in force at once.
        let changed = Set(changes.filter { $0.action != .update(["Tags"]) }.map(\.logicalId))
        let present = after.filter { $0.type == kind.api }
        return present.compactMap { api in
            let belongs = { (resource: StackResource) in
                resource.logicalId == api.logicalId || resource.properties[kind.owner]?.string == api.physicalId
            }
            let deployments = after.filter { $0.type == kind.deployment && belongs($0) }
            let deploysItself = after.contains { stage in
                let isAutomatic = stage.properties["AutoDeploy"]
                return stage.type == kind.stage && belongs(stage) && (isAutomatic == true || isAutomatic == "true")
            }
            let isNew = changes.contains { change in
                guard deployments.contains(where: { $0.logicalId == change.logicalId }) else { return false }
                return switch change.action {
                case .create, .replace: true
                case .update, .delete: false
                }
            }
            guard let deployment = deployments.last, !isNew, !deploysItself else { return nil }
            let names = (after + before).filter {
                kind.parts.contains($0.type) && belongs($0) && changed.contains($0.logicalId)
            }.map(\.logicalId)
            guard let name = names.first else { return nil }
            let others = Set(names).count - 1
            return "\(name)" + (others > 0 ? " and \(others) more" : "") + " changed, but the deployment "
                + "\(deployment.logicalId) did not, so that \(api.logicalId) is served as before, as in CloudFormation; "
                + "give the deployment another logical id to deploy what changed"
        }
    }
}
