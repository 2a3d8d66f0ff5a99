import GatewayModel
import JSON

/// One REST API as it is now: its parts, and what its deployments froze.
///
/// A value: a change is made on a copy, which shares all that it does not touch.
struct RESTAPI: Sendable {
    var api: REST.RestApi
    /// Place among the account's APIs: those made earlier have smaller numbers.
    let order: Int64
    /// With their methods.
    var resources = PartList<REST.Resource>()
    var models = PartList<REST.Model>()
    var requestValidators = PartList<REST.RequestValidator>()
    var authorizers = PartList<REST.Authorizer>()
    /// Those that the API has set.
    var gatewayResponses = PartList<REST.GatewayResponse>()
    var documentationParts = PartList<REST.DocumentationPart>()
    var documentationVersions = PartList<REST.DocumentationVersion>()
    var deployments = PartList<REST.Deployment>()
    var stages = PartList<REST.Stage>()
    /// By deployment.
    var contents: [String: REST.DeploymentContent] = [:]
    /// The parts that a documentation version froze, by version.
    var documentation: [String: [REST.DocumentationPart]] = [:]

    init(_ api: REST.RestApi, order: Int64) {
        self.api = api
        self.order = order
    }

    var id: String { api.id }

    /// An id that no part of the kind has: the one that the call has chosen, or any.
    func freshId<Part: RESTPart>(of type: Part.Type, _ call: Call? = nil) -> String {
        if let id = call?.chosenId, self[keyPath: Part.list][id] == nil { return id }
        while true {
            let id = Identifiers.part(6)
            if self[keyPath: Part.list][id] == nil { return id }
        }
    }
}

/// Deploying.
extension RESTAPI {
    /// What a deployment made now would freeze.
    var content: REST.DeploymentContent {
        REST.DeploymentContent(
            api, resources: resources, models: models, requestValidators: requestValidators, authorizers: authorizers,
            gatewayResponses: gatewayResponses)
    }

    /// What the stage serves.
    func content(of stage: REST.Stage) -> REST.StageContent? {
        contents[stage.deploymentId].map { deployment in
            REST.StageContent(
                stage, deployment: deployment, canary: stage.canarySettings.flatMap { contents[$0.deploymentId] })
        }
    }
}

/// Serving.
extension RESTAPI: StageOwner {
    var stageNames: [String] { stages.map(\.stageName) }

    func definition(ofStage name: String, account: AccountIdentity) -> StageDefinition? {
        guard let stage = stages[name], let content = content(of: stage) else { return nil }
        return StageDefinition(account: account, apiId: id, stage: stage, content: content)
    }
}
