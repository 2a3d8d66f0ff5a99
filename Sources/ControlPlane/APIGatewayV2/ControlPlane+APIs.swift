import EntityStore
import GatewayModel
import JSON

/// The kinds under which an API's parts are stored.
enum APIEntities {
    static let api = "v2.api"
    static let content = "v2.deploymentContent"

    /// What an API's parts belong to.
    static func parent(_ apiId: String) -> String { "api/\(apiId)" }
}

extension ControlPlane {
    /// The API that a call names.
    func httpAPI(_ call: Call) throws(ServiceError) -> HTTPAPI {
        let apiId = call.path("apiId")
        guard let api = apis[apiId] else {
            throw V2Error.notFound("Invalid API identifier specified \(settings.account.accountId):\(apiId)")
        }
        return api
    }

    var timestamp: String { settings.now().iso8601 }

    /// Makes a change true: automatic deployments, compiling, storing, and only then the new state.
    ///
    /// Synchronous on purpose. The caller reads the state that it changes and commits without a suspension between, so
    /// no other call's change can be lost; it publishes what this returns as its last step.
    func commit(_ change: APIChange) throws(ServiceError) -> any PreparedTraffic {
        var change = change
        try change.deployAutomatically(now: timestamp)
        let before = apis[change.next.id]?.servedStages(account: settings.account) ?? []
        let after = change.next.servedStages(account: settings.account)
        let old = Dictionary(before.map { ($0.stage.stageName, $0) }) { first, _ in first }
        let changed = after.filter { new in
            guard let old = old[new.stage.stageName] else { return true }
            return old.stage != new.stage || old.content != new.content
        }
        let names = Set(after.map(\.stage.stageName))
        let removed = before.filter { !names.contains($0.stage.stageName) }
        let prepared = try prepare(changed, removing: removed)
        try save(change.stored)
        apis[change.next.id] = change.next
        return prepared
    }

    /// Deletes an API with all that belongs to it.
    func commitDeletion(of api: HTTPAPI) throws(ServiceError) -> any PreparedTraffic {
        let prepared = try prepare([], removing: api.servedStages(account: settings.account))
        try save([
            .delete(.init(kind: APIEntities.api, key: api.id)), .deleteChildren(parent: APIEntities.parent(api.id)),
        ])
        apis[api.id] = nil
        return prepared
    }

    /// Compiles the stages again that invoke functions; called when functions or their policies have changed.
    func refreshStages() async throws(ServiceError) {
        let stages = apis.values.flatMap { $0.servedStages(account: settings.account) }.filter { stage in
            stage.content.integrations.contains { $0.integrationType == "AWS_PROXY" }
        }
        let prepared = try prepare(stages, removing: [])
        await prepared.publish()
    }

    private func prepare(
        _ stages: [V2.StageDefinition], removing removed: [V2.StageDefinition]
    ) throws(ServiceError) -> any PreparedTraffic {
        guard !stages.isEmpty || !removed.isEmpty else { return NothingToPublish() }
        do {
            return try traffic.prepare(
                stages,
                removing: removed.map { V2.StageKey(apiId: $0.apiId, stageName: $0.stage.stageName) })
        } catch {
            throw V2Error.badRequest(error.message)
        }
    }
}

/// A change that no served stage shows.
private struct NothingToPublish: PreparedTraffic {
    func publish() async {}
}

extension ControlPlane {
    /// Reads every API out of the store.
    func restoreAPIs(from entities: [Entity]) throws {
        var restored: [String: HTTPAPI] = [:]
        for entity in entities where entity.id.kind == APIEntities.api {
            let api = try entity.decode(V2.Api.self)
            restored[api.apiId] = HTTPAPI(api)
        }
        for entity in entities where entity.id.parent.hasPrefix("api/") {
            let apiId = String(entity.id.parent.dropFirst("api/".count))
            guard restored[apiId] != nil else { throw UnreadableEntity(id: entity.id, reason: "its API is missing") }
            try restored[apiId]?.restore(entity)
        }
        apis = restored
    }
}

extension HTTPAPI {
    fileprivate mutating func restore(_ entity: Entity) throws {
        switch entity.id.kind {
        case V2.Route.kind:
            let route = try entity.decode(V2.Route.self)
            guard let key = RouteKey(route.routeKey) else {
                throw UnreadableEntity(id: entity.id, reason: "the route key '\(route.routeKey)' is malformed")
            }
            try put(route, key)
        case V2.Integration.kind: integrations.put(try entity.decode(V2.Integration.self))
        case V2.Stage.kind: stages.put(try entity.decode(V2.Stage.self))
        case V2.Deployment.kind: deployments.put(try entity.decode(V2.Deployment.self))
        case APIEntities.content: contents[entity.id.key] = try entity.decode(V2.DeploymentContent.self)
        default: throw UnreadableEntity(id: entity.id, reason: "the kind is unknown")
        }
    }
}

/// The store holds something that this program cannot read. Starting without it would serve less than was acknowledged.
struct UnreadableEntity: Error, CustomStringConvertible {
    let id: Entity.ID
    let reason: String

    var description: String { "The stored \(id.kind) \(id.parent) \(id.key) cannot be read: \(reason)." }
}

extension Entity {
    fileprivate func decode<T: Decodable>(_ type: T.Type) throws -> T {
        do { return try JSONValue(parsing: document).decode(type) } catch {
            throw UnreadableEntity(id: id, reason: "\(error)")
        }
    }
}
