/// The order in which an update brings resources: a plan's own, but for permissions of APIs that are there and stay.
///
/// A permission names its API, so a plan makes it after the API; but when a route moves to another function, that
/// function must be permitted before the API changes, or calls would be refused in between.
struct UpdateOrder {
    let resources: [PlainResource]
    /// APIs that permissions may name before it is their turn.
    let standing: [ProvisionedResource]

    init(_ comparison: StackComparison) throws(TemplateError) {
        let plan = comparison.plan.resources
        let permission = ResourceType.lambdaPermission.name
        guard let existing = comparison.existing, plan.contains(where: { $0.type == permission }) else {
            (resources, standing) = (plan, [])
            return
        }
        let renewed = Set(try comparison.changes().filter(\.action.makesAnew).map(\.logicalId))
        let apis = [ResourceType.apiGatewayV2Api.name, ResourceType.apiGatewayRestApi.name]
        let standing = plan.filter { apis.contains($0.type) && !renewed.contains($0.logicalId) }
            .compactMap { existing.resource($0.logicalId)?.provisioned }
        let dropped = Set(standing.map(\.logicalId))
        let first = plan.filter { $0.type == permission } + plan.filter { $0.type != permission }
        // Edges only went away, so there is no circle that the plan did not have.
        resources =
            (try? first.inDependencyOrder { $0.type != permission || !dropped.contains($1) }) ?? plan
        self.standing = standing
    }
}

extension ResourceChange.Action {
    fileprivate var makesAnew: Bool {
        switch self {
        case .create, .replace: true
        default: false
        }
    }
}
