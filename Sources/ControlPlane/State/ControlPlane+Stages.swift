import EntityStore
import GatewayModel
import Synchronization

extension ControlPlane {
    /// Changes a root with stages: those that have changed are compiled, and served when the change is stored.
    func commitStages<Owner: StageOwner, Answer>(
        _ type: Owner.Type, _ id: String, _ make: (inout Change<Owner>) throws(ServiceError) -> Answer
    ) async throws(ServiceError) -> Answer {
        try await change(
            Owner.self, id, make,
            preparing: { change throws(ServiceError) in
                let (changed, removed) = changedStages(from: change.old, to: change.root)
                // Asked first: what is published while this compiles may have been missed.
                let publication = publications.load(ordering: .acquiring)
                return PreparedStages(
                    stages: changed, removed: removed, publication: publication,
                    traffic: try prepare(changed, removing: removed))
            },
            publishing: { _, prepared in
                var traffic = prepared.traffic
                // A function that became another one while this was compiled may not have found these stages yet. What
                // has been compiled once is not refused now: the change is stored.
                if prepared.publication != publications.load(ordering: .acquiring),
                    let again = try? prepare(prepared.stages, removing: prepared.removed)
                {
                    traffic = again
                }
                await traffic.publish()
            })
    }

    private func changedStages<Owner: StageOwner>(
        from old: Owner?, to new: Owner?
    ) -> (changed: [StageDefinition], removed: [StageKey]) {
        let before = old?.servedStages(account: settings.account) ?? [:]
        let after = new?.servedStages(account: settings.account) ?? [:]
        return (after.values.filter { before[$0.key] != $0 }, before.keys.filter { after[$0] == nil })
    }

    /// Compiles stages as they are now and puts them in service, or out of it. For changes of what they depend on: their
    /// own wait meanwhile, so that the later one of two compilations has both.
    func serve(_ keys: Set<StageKey>) async throws(ServiceError) {
        guard !keys.isEmpty else { return }
        // An id belongs to an API of one kind; the turn of the other costs nothing.
        let roots = Set(keys.flatMap { [HTTPAPI.rootID($0.apiId), RESTAPI.rootID($0.apiId)] })
        await turns.take(roots)
        defer { turns.giveBack(roots) }
        let world = world
        var stages: [StageDefinition] = []
        var removed: [StageKey] = []
        for key in keys {
            if let definition = world.definition(of: key, account: settings.account) {
                stages.append(definition)
            } else {
                removed.append(key)
            }
        }
        try await prepare(stages, removing: removed).publish()
    }

    private func prepare(
        _ stages: [StageDefinition], removing removed: [StageKey]
    ) throws(ServiceError) -> any PreparedTraffic {
        guard !stages.isEmpty || !removed.isEmpty else { return NothingToPublish() }
        do { return try traffic.prepare(stages, removing: removed) } catch {
            throw ServiceError("BadRequestException", status: 400, error.message)
        }
    }
}

/// What a change of a root makes of its stages, and how many functions had been published when it was compiled.
private struct PreparedStages {
    let stages: [StageDefinition]
    let removed: [StageKey]
    let publication: UInt64
    let traffic: any PreparedTraffic
}

/// A change that no served stage shows.
struct NothingToPublish: PreparedTraffic {
    func publish() async {}
}
