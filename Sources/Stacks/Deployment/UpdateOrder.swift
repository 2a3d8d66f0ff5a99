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
        let standing = plan.filter { $0.type == ResourceType.apiGatewayV2Api.name && !renewed.contains($0.logicalId) }
            .compactMap { existing.resource($0.logicalId)?.provisioned }
        let dropped = Set(standing.map(\.logicalId))
        let names = Set(plan.map(\.logicalId))
        let edges = Dictionary(
            uniqueKeysWithValues: plan.map { resource in
                let isPermission = resource.type == permission
                return (
                    resource.logicalId,
                    resource.dependencies.filter {
                        names.contains($0.target) && !(isPermission && dropped.contains($0.target))
                    }
                )
            })
        let first = plan.filter { $0.type == permission } + plan.filter { $0.type != permission }
        let byName = Dictionary(uniqueKeysWithValues: plan.map { ($0.logicalId, $0) })
        // Edges only went away, so there is no circle that the plan did not have.
        let order = (try? DependencyOrder.sort(first.map(\.logicalId), edges: edges)) ?? plan.map(\.logicalId)
        resources = order.compactMap { byName[$0] }
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
