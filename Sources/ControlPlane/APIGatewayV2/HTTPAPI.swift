import GatewayModel

/// One HTTP or WebSocket API as it is now: its parts, and what its deployments froze.
///
/// A value: a change is made on a copy, which shares all that it does not touch.
struct HTTPAPI: Sendable {
    var api: V2.Api
    var routes = PartList<V2.Route>()
    var integrations = PartList<V2.Integration>()
    var authorizers = PartList<V2.Authorizer>()
    /// Of a WebSocket API.
    var models = PartList<V2.Model>()
    var stages = PartList<V2.Stage>()
    var deployments = PartList<V2.Deployment>()
    /// By deployment. An automatic deployment has none while its stage serves the API as it is now.
    var contents: [String: V2.DeploymentContent] = [:]
    var routeKeys = RouteKeyIndex()

    init(_ api: V2.Api) { self.api = api }

    var id: String { api.apiId }
    var isWebSocket: Bool { api.isWebSocket }

    /// Routes, integrations and authorizers start anew, as a reimport has it.
    mutating func removeAllParts() {
        routes = PartList()
        integrations = PartList()
        authorizers = PartList()
        models = PartList()
        routeKeys = RouteKeyIndex()
    }
}

/// Deploying.
extension HTTPAPI {
    /// What a deployment made now would freeze.
    var content: V2.DeploymentContent {
        V2.DeploymentContent(
            routes: routes, integrations: integrations, authorizers: authorizers, models: models,
            corsConfiguration: api.corsConfiguration,
            disableExecuteApiEndpoint: api.disableExecuteApiEndpoint ?? false, webSocket: webSocketSettings)
    }

    private var webSocketSettings: V2.WebSocketSettings? {
        guard isWebSocket else { return nil }
        return V2.WebSocketSettings(
            apiKeySelectionExpression: api.apiKeySelectionExpression ?? "",
            routeSelectionExpression: api.routeSelectionExpression ?? "")
    }

    /// What the stage serves; nil before its first deployment.
    func content(of stage: V2.Stage) -> V2.DeploymentContent? {
        guard let deploymentId = stage.deploymentId else { return nil }
        return stage.autoDeploy == true ? content : contents[deploymentId]
    }

    /// Keeps the API as it is now under the deployment's id.
    mutating func freeze(as deploymentId: String) { contents[deploymentId] = content }

    /// Gives the stages that deploy by themselves a deployment, when what it freezes has changed or they only begin to
    /// do so, and drops the automatic deployments that no stage serves any more. Whether AWS makes one after an update
    /// that changes nothing is unknown.
    mutating func deployAutomatically(after old: HTTPAPI?, now: String) throws(ServiceError) {
        let hasNewContent = old?.content != content
        let deploying = stages.filter { stage in
            stage.autoDeploy == true && (hasNewContent || old?.stages[stage.stageName]?.autoDeploy != true)
        }
        if !deploying.isEmpty { try deploy(to: deploying, now: now) }
        let served = Set(stages.compactMap(\.deploymentId))
        for deployment in deployments
        where deployment.autoDeployed == true && !served.contains(deployment.deploymentId) {
            remove(deployment)
        }
    }

    private mutating func deploy(to stages: [V2.Stage], now: String) throws(ServiceError) {
        var deploymentId: String?
        if !routes.isEmpty {
            var deployment = Deployments.make(id: freshId(of: V2.Deployment.self), now: now)
            deployment.autoDeployed = true
            deployment.description = Deployments.automaticDescription
            try put(deployment)
            deploymentId = deployment.deploymentId
        }
        for var stage in stages {
            if let deploymentId { stage.deploymentId = deploymentId }
            stage.lastDeploymentStatusMessage = deploymentId.map(Deployments.success) ?? Deployments.failure
            stage.lastUpdatedDate = now
            self.stages.put(stage)
        }
    }

    /// Whether a stage may be one of usage plans: those of WebSocket APIs may.
    func hasKeys(_ stage: String) -> Bool { isWebSocket && stages[stage] != nil }

    /// An id that no part of the kind has: the one that the call has chosen, or any.
    func freshId<Part: APIPart>(of type: Part.Type, _ call: Call? = nil) -> String {
        if let id = call?.chosenId, self[keyPath: Part.list][id] == nil { return id }
        while true {
            let id = Identifiers.part(Part.self == V2.Deployment.self ? 6 : 7)
            if self[keyPath: Part.list][id] == nil { return id }
        }
    }
}

/// Serving.
extension HTTPAPI: StageOwner {
    var stageNames: [String] { stages.map(\.stageName) }

    func definition(ofStage name: String, account: AccountIdentity) -> StageDefinition? {
        guard let stage = stages[name], let content = content(of: stage) else { return nil }
        return StageDefinition(account: account, apiId: id, stage: stage, content: content)
    }
}
