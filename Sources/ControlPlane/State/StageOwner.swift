import EntityStore
import GatewayModel

/// A root of which stages are served.
protocol StageOwner: Root {
    var id: String { get }
    var stageNames: [String] { get }
    /// Nil for a stage that is not there, or not served.
    func definition(ofStage name: String, account: AccountIdentity) -> StageDefinition?
}

extension StageOwner {
    /// The stages that are served, by their keys.
    func servedStages(account: AccountIdentity) -> [StageKey: StageDefinition] {
        var served: [StageKey: StageDefinition] = [:]
        for name in stageNames {
            if let definition = definition(ofStage: name, account: account) { served[definition.key] = definition }
        }
        return served
    }

    var stageKeys: [StageKey] { stageNames.map { StageKey(apiId: id, stageName: $0) } }
}

extension ControlPlane {
    package func hasAPI(_ id: String) -> Bool { world[HTTPAPI.self, id] != nil || world[RESTAPI.self, id] != nil }
}

extension World {
    func definition(of key: StageKey, account: AccountIdentity) -> StageDefinition? {
        self[HTTPAPI.self, key.apiId]?.definition(ofStage: key.stageName, account: account)
            ?? self[RESTAPI.self, key.apiId]?.definition(ofStage: key.stageName, account: account)
    }

    /// Of a root that has stages; none of others.
    func stageKeys(of root: RootID) -> [StageKey] {
        switch root.type {
        case HTTPAPI.type: self[HTTPAPI.self, root.id]?.stageKeys ?? []
        case RESTAPI.type: self[RESTAPI.self, root.id]?.stageKeys ?? []
        default: []
        }
    }
}
