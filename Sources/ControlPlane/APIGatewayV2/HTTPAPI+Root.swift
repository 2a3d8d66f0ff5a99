import EntityStore
import GatewayModel
import JSON

extension HTTPAPI: Root {
    static let type = "api"
    static var place: any WritableKeyPath<World, Roots<HTTPAPI>> & Sendable { \.apis }

    private static let kind = "v2.api"
    private static let contentKind = "v2.deploymentContent"

    init(_ stored: StoredRoot) throws {
        self.init(try stored.head(Self.kind).decode(V2.Api.self))
        for entity in stored.entities where entity.id.kind != Self.kind { try restore(entity) }
    }

    private mutating func restore(_ entity: Entity) throws {
        switch entity.id.kind {
        case V2.Route.kind:
            let route: V2.Route = try entity.decode()
            let key = RouteKey(route.routeKey)
            guard isWebSocket || key != nil else {
                throw UnreadableEntity(id: entity.id, reason: "the route key '\(route.routeKey)' is malformed")
            }
            try routeKeys.insert(route.routeKey, isWebSocket ? nil : key)
            routes.put(route)
        case V2.Integration.kind: integrations.put(try entity.decode())
        case V2.Authorizer.kind: authorizers.put(try entity.decode())
        case V2.Model.kind: models.put(try entity.decode())
        case V2.Stage.kind: stages.put(try entity.decode())
        case V2.Deployment.kind: deployments.put(try entity.decode())
        case Self.contentKind: contents[entity.id.key] = try entity.decode()
        default: throw UnreadableEntity(id: entity.id, reason: "the kind is unknown")
        }
    }

    /// Only what has changed is written, so that one more route costs the same in a large API as in a small one.
    func changes(from old: HTTPAPI?) throws(ServiceError) -> [EntityChange] {
        var changes = DocumentChanges(Self.rootID(id))
        if api != old?.api { try changes.save(Self.kind, id, api) }
        try changes.add(routes, since: old?.routes)
        try changes.add(integrations, since: old?.integrations)
        try changes.add(authorizers, since: old?.authorizers)
        try changes.add(models, since: old?.models)
        try changes.add(stages, since: old?.stages)
        try changes.add(deployments, since: old?.deployments)
        try changes.addFrozen(Self.contentKind, contents, since: old?.contents)
        return changes.list
    }

    /// The functions that each stage calls.
    static func index(_ id: String, from old: HTTPAPI?, to new: HTTPAPI?, in world: inout World) {
        for name in Set((old?.stages.map(\.stageName) ?? []) + (new?.stages.map(\.stageName) ?? [])) {
            let (before, after) = (old?.stages[name], new?.stages[name])
            let (contentBefore, content) = (
                before.flatMap { old?.content(of: $0) }, after.flatMap { new?.content(of: $0) }
            )
            let (calledBefore, called) = (contentBefore?.integrations, content?.integrations)
            let hasSameAuthorizers = contentBefore?.authorizers == content?.authorizers
            if calledBefore == called, hasSameAuthorizers, before?.stageVariables == after?.stageVariables { continue }
            let key = StageKey(apiId: id, stageName: name)
            let variables = after?.stageVariables ?? [:]
            if let calledBefore, let called, hasSameAuthorizers, before?.stageVariables == after?.stageVariables {
                // One integration among thousands is looked at alone, unless a function may have lost its last one.
                let changed = called.differences(from: calledBefore)
                let left = functions(calledBy: changed.lazy.compactMap { calledBefore[at: $0] }, variables)
                let come = functions(calledBy: changed.lazy.compactMap { called[at: $0] }, variables)
                if left.isSubset(of: come) {
                    world.callers.add(come, of: key)
                    continue
                }
            }
            world.callers.set(
                functions(calledBy: called ?? [], variables).union(functions(askedBy: content, variables)), of: key)
        }
    }

    /// Those of authorizers.
    private static func functions(
        askedBy content: V2.DeploymentContent?, _ variables: OrderedMap<String>
    ) -> Set<String> {
        Set(
            (content?.authorizers ?? []).compactMap { authorizer in
                authorizer.authorizerUri.flatMap { FunctionURI(StageVariables.fill($0, variables))?.name }
            })
    }

    private static func functions(
        calledBy integrations: some Sequence<V2.Integration>, _ variables: OrderedMap<String>
    ) -> Set<String> {
        var names: Set<String> = []
        for integration in integrations where ["AWS", "AWS_PROXY"].contains(integration.integrationType) {
            guard let text = integration.integrationUri,
                let uri = StageVariables.substitute(text, variables), let function = FunctionURI(uri)
            else { continue }
            names.insert(function.name)
        }
        return names
    }
}

extension DocumentChanges {
    fileprivate mutating func add<Part: APIPart>(
        _ list: PartList<Part>, since old: PartList<Part>?
    ) throws(ServiceError) {
        try add(Part.kind, list, since: old)
    }
}
