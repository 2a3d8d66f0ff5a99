import EntityStore
import GatewayModel
import JSON

extension RESTAPI: Root {
    static let type = "restapi"
    static var place: any WritableKeyPath<World, Roots<RESTAPI>> & Sendable { \.restApis }

    private static let kind = "rest.api"
    private static let contentKind = "rest.deploymentContent"
    private static let documentationKind = "rest.documentationContent"

    /// Document `rest.api`.
    private struct Head: Codable, Equatable {
        var api: REST.RestApi
        var order: Int64
    }

    init(_ stored: StoredRoot) throws {
        let head: Head = try stored.head(Self.kind).decode()
        self.init(head.api, order: head.order)
        for entity in stored.entities where entity.id.kind != Self.kind { try restore(entity) }
    }

    private mutating func restore(_ entity: Entity) throws {
        switch entity.id.kind {
        case REST.Resource.kind: resources.put(try entity.decode())
        case REST.Model.kind: models.put(try entity.decode())
        case REST.RequestValidator.kind: requestValidators.put(try entity.decode())
        case REST.Authorizer.kind: authorizers.put(try entity.decode())
        case REST.GatewayResponse.kind: gatewayResponses.put(try entity.decode())
        case REST.DocumentationPart.kind: documentationParts.put(try entity.decode())
        case REST.DocumentationVersion.kind: documentationVersions.put(try entity.decode())
        case REST.Deployment.kind: deployments.put(try entity.decode())
        case REST.Stage.kind: stages.put(try entity.decode())
        case Self.contentKind: contents[entity.id.key] = try entity.decode()
        case Self.documentationKind: documentation[entity.id.key] = try entity.decode()
        default: throw UnreadableEntity(id: entity.id, reason: "the kind is unknown")
        }
    }

    /// Only what has changed is written, so that one more resource costs the same in a large API as in a small one.
    func changes(from old: RESTAPI?) throws(ServiceError) -> [EntityChange] {
        var changes = DocumentChanges(Self.rootID(id))
        if api != old?.api { try changes.save(Self.kind, id, Head(api: api, order: order)) }
        try changes.add(resources, since: old?.resources)
        try changes.add(models, since: old?.models)
        try changes.add(requestValidators, since: old?.requestValidators)
        try changes.add(authorizers, since: old?.authorizers)
        try changes.add(gatewayResponses, since: old?.gatewayResponses)
        try changes.add(documentationParts, since: old?.documentationParts)
        try changes.add(documentationVersions, since: old?.documentationVersions)
        try changes.add(deployments, since: old?.deployments)
        try changes.add(stages, since: old?.stages)
        try changes.addFrozen(Self.contentKind, contents, since: old?.contents)
        try changes.addFrozen(Self.documentationKind, documentation, since: old?.documentation)
        return changes.list
    }

    /// The functions that each stage calls.
    static func index(_ id: String, from old: RESTAPI?, to new: RESTAPI?, in world: inout World) {
        for name in Set((old?.stageNames ?? []) + (new?.stageNames ?? [])) {
            let (before, after) = (old?.stages[name], new?.stages[name])
            if let before, let after, before.calls(sameAs: after) { continue }
            world.callers.set(
                after.map { new?.functions(calledBy: $0) ?? [] } ?? [], of: StageKey(apiId: id, stageName: name))
        }
    }

    private func functions(calledBy stage: REST.Stage) -> Set<String> {
        var names: Set<String> = []
        guard let content = content(of: stage) else { return names }
        var variables = stage.variables ?? [:]
        names.formUnion(content.deployment.functions(variables))
        if let canary = content.canary {
            for (name, value) in canary.settings.stageVariableOverrides ?? [:] { variables[name] = value }
            names.formUnion(canary.deployment.functions(variables))
        }
        return names
    }
}

extension REST.Stage {
    /// What is frozen does not change, so the deployment's id and what fills its variables say which functions it calls.
    fileprivate func calls(sameAs other: REST.Stage) -> Bool {
        deploymentId == other.deploymentId && variables == other.variables
            && canarySettings?.deploymentId == other.canarySettings?.deploymentId
            && canarySettings?.stageVariableOverrides == other.canarySettings?.stageVariableOverrides
    }
}

extension REST.DeploymentContent {
    /// The functions of integrations and authorizers.
    fileprivate func functions(_ variables: OrderedMap<String>) -> Set<String> {
        var uris = authorizers.compactMap(\.authorizerUri)
        for resource in resources {
            for (_, method) in resource.resourceMethods ?? [:] {
                if let integration = method.methodIntegration, integration.type.hasPrefix("AWS"),
                    let uri = integration.uri
                {
                    uris.append(uri)
                }
            }
        }
        return Set(uris.compactMap { FunctionURI(StageVariables.fill($0, variables))?.name })
    }
}

extension DocumentChanges {
    fileprivate mutating func add<Part: RESTPart>(
        _ list: PartList<Part>, since old: PartList<Part>?
    ) throws(ServiceError) {
        try add(Part.kind, list, since: old)
    }
}
