import EntityStore
import GatewayModel
import JSON

/// A change of one API under way: the API as it will be, and what of it has to be stored.
///
/// Only what is put here is written again, so that one more route costs the same in a large API as in a small one.
struct APIChange {
    private(set) var next: HTTPAPI
    private(set) var stored: [EntityChange] = []
    /// Whether something changed that a deployment freezes.
    private var changesContent = false
    /// Stages that begin to deploy by themselves with this change.
    private var newlyAutomatic: Set<String> = []

    init(of api: HTTPAPI) { next = api }

    init(creating api: V2.Api) throws(ServiceError) {
        next = HTTPAPI(api)
        try put(api, changesContent: false)
    }

    mutating func put(_ api: V2.Api, changesContent: Bool) throws(ServiceError) {
        next.api = api
        if changesContent { self.changesContent = true }
        stored.append(.save(try Self.entity(APIEntities.api, parent: "", key: api.apiId, api)))
    }

    mutating func put(_ route: V2.Route, _ key: RouteKey) throws(ServiceError) {
        if next.routes[route.routeId] == nil, next.routes.count >= V2Quotas.routes { throw V2Error.tooMany("Routes") }
        try next.put(route, key)
        changesContent = true
        try save(route)
    }

    mutating func removeRoute(_ routeId: String) {
        next.removeRoute(routeId)
        changesContent = true
        delete(V2.Route.self, routeId)
    }

    mutating func put(_ integration: V2.Integration) throws(ServiceError) {
        if next.integrations[integration.integrationId] == nil, next.integrations.count >= V2Quotas.integrations {
            throw V2Error.tooMany("Integrations")
        }
        next.integrations.put(integration)
        changesContent = true
        try save(integration)
    }

    mutating func removeIntegration(_ integrationId: String) {
        next.integrations.remove(integrationId)
        changesContent = true
        delete(V2.Integration.self, integrationId)
    }

    mutating func removeAllRoutesAndIntegrations() {
        for route in next.routes.values { delete(V2.Route.self, route.routeId) }
        for integration in next.integrations.values { delete(V2.Integration.self, integration.integrationId) }
        next.removeAllRoutesAndIntegrations()
        changesContent = true
    }

    mutating func put(_ stage: V2.Stage) throws(ServiceError) {
        let old = next.stages[stage.stageName]
        if old == nil, next.stages.count >= V2Quotas.stages { throw V2Error.tooMany("Stages") }
        if stage.autoDeploy == true, old?.autoDeploy != true { newlyAutomatic.insert(stage.stageName) }
        if old?.autoDeploy == true, stage.autoDeploy != true, let kept = stage.deploymentId,
            next.contents[kept] == nil
        {
            try freeze(as: kept)
        }
        next.stages.put(stage)
        try save(stage)
    }

    mutating func removeStage(_ stageName: String) {
        next.stages.remove(stageName)
        delete(V2.Stage.self, stageName)
    }

    mutating func put(_ deployment: V2.Deployment) throws(ServiceError) {
        next.deployments.put(deployment)
        try save(deployment)
    }

    /// Keeps the API as it is now under the deployment's id.
    mutating func freeze(as deploymentId: String) throws(ServiceError) {
        let content = next.content
        next.contents[deploymentId] = content
        let parent = APIEntities.parent(next.id)
        stored.append(.save(try Self.entity(APIEntities.content, parent: parent, key: deploymentId, content)))
    }

    mutating func removeDeployment(_ deploymentId: String) {
        next.deployments.remove(deploymentId)
        delete(V2.Deployment.self, deploymentId)
        guard next.contents.removeValue(forKey: deploymentId) != nil else { return }
        stored.append(
            .delete(.init(kind: APIEntities.content, parent: APIEntities.parent(next.id), key: deploymentId)))
    }
}

extension APIChange {
    /// Gives the stages that deploy by themselves a deployment of what is now, and drops the automatic deployments that
    /// no stage serves any more.
    mutating func deployAutomatically(now: String) throws(ServiceError) {
        let stages = next.stages.values.filter { stage in
            stage.autoDeploy == true && (changesContent || newlyAutomatic.contains(stage.stageName))
        }
        if !stages.isEmpty {
            if next.routes.isEmpty {
                for stage in stages { try report(Deployments.failure, on: stage, now: now) }
            } else {
                try deploy(to: stages, now: now)
            }
        }
        let served = Set(next.stages.values.compactMap(\.deploymentId))
        for deployment in next.deployments.values
        where deployment.autoDeployed == true && !served.contains(deployment.deploymentId) {
            removeDeployment(deployment.deploymentId)
        }
    }

    private mutating func deploy(to stages: [V2.Stage], now: String) throws(ServiceError) {
        var deployment = Deployments.make(id: next.freshDeploymentId(), now: now)
        deployment.autoDeployed = true
        deployment.description = Deployments.automaticDescription
        try put(deployment)
        for var stage in stages {
            stage.deploymentId = deployment.deploymentId
            try report(Deployments.success(deployment.deploymentId), on: stage, now: now)
        }
    }

    private mutating func report(_ message: String, on stage: V2.Stage, now: String) throws(ServiceError) {
        var stage = stage
        stage.lastDeploymentStatusMessage = message
        stage.lastUpdatedDate = now
        next.stages.put(stage)
        try save(stage)
    }

    private mutating func save<Part: APIPart>(_ part: Part) throws(ServiceError) {
        stored.append(
            .save(try Self.entity(Part.kind, parent: APIEntities.parent(next.id), key: part.key, part)))
    }

    private mutating func delete<Part: APIPart>(_ part: Part.Type, _ key: String) {
        stored.append(.delete(.init(kind: Part.kind, parent: APIEntities.parent(next.id), key: key)))
    }

    private static func entity(
        _ kind: String, parent: String, key: String, _ value: some Encodable
    ) throws(ServiceError) -> Entity {
        do {
            return Entity(
                id: .init(kind: kind, parent: parent, key: key), document: try JSONValue(encoding: value).bytes)
        } catch {
            throw .internalFailure("The \(kind) \(key) could not be written: \(error)")
        }
    }
}
