import JSON

/// What an update changes of REST APIs without deploying it: a deployment is what the API was when it was made, and one
/// that has not changed is not made again, as in CloudFormation.
struct UndeployedChanges {
    /// Parts of an API that calls meet only once they are deployed.
    private static let parts: Set<String> = [
        ResourceType.apiGatewayRestApi.name, ResourceType.apiGatewayResource.name, ResourceType.apiGatewayMethod.name,
        ResourceType.apiGatewayModel.name, ResourceType.apiGatewayRequestValidator.name,
        ResourceType.apiGatewayAuthorizer.name, ResourceType.apiGatewayGatewayResponse.name,
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
    var warnings: [String] {
        let changed = Set(changes.map(\.logicalId))
        let present = after.filter { $0.type == ResourceType.apiGatewayRestApi.name }
        return present.compactMap { api in
            let deployments = after.filter {
                $0.type == ResourceType.apiGatewayDeployment.name && belongs($0, to: api)
            }
            let isNew = changes.contains { change in
                guard deployments.contains(where: { $0.logicalId == change.logicalId }) else { return false }
                return switch change.action {
                case .create, .replace: true
                case .update, .delete: false
                }
            }
            guard let deployment = deployments.last, !isNew else { return nil }
            let names = (after + before).filter {
                Self.parts.contains($0.type) && belongs($0, to: api) && changed.contains($0.logicalId)
            }.map(\.logicalId)
            guard let name = names.first else { return nil }
            let others = Set(names).count - 1
            return "\(name)" + (others > 0 ? " and \(others) more" : "") + " changed, but the deployment "
                + "\(deployment.logicalId) did not, so that \(api.logicalId) is served as before, as in CloudFormation; "
                + "give the deployment another logical id to deploy what changed"
        }
    }

    private func belongs(_ resource: StackResource, to api: StackResource) -> Bool {
        resource.logicalId == api.logicalId || resource.properties["RestApiId"]?.string == api.physicalId
    }
}
