import EntityStore
import GatewayModel
import Synchronization

extension ControlPlane {
    /// The API that a call names.
    func httpAPI(_ call: Call) throws(ServiceError) -> HTTPAPI {
        let id = call.path("apiId")
        guard let api = world[HTTPAPI.self, id] else { throw noAPI(id) }
        return api
    }

    private func noAPI(_ id: String) -> ServiceError {
        V2Error.notFound("Invalid API identifier specified \(settings.account.accountId):\(id)")
    }

    /// Changes an API: `make` changes the copy, stages that deploy by themselves get their deployments, what has changed
    /// is compiled, stored and served. Answers what `answer` makes of the API as it is then.
    func changeAPI<Made, Answer>(
        _ id: String, _ make: (inout HTTPAPI) throws(ServiceError) -> Made,
        answering answer: (HTTPAPI, Made) throws(ServiceError) -> Answer
    ) async throws(ServiceError) -> Answer {
        let now = settings.now().iso8601
        return try await commitAPI(id) { change throws(ServiceError) in
            guard var api = change.root else { throw noAPI(id) }
            let made = try make(&api)
            try api.deployAutomatically(after: change.root, now: now)
            change.root = api
            return try answer(api, made)
        }
    }

    /// Makes an API under an id that no other one has.
    func createAPI(_ api: HTTPAPI) async throws(ServiceError) {
        let now = settings.now().iso8601
        try await commitAPI(api.id) { change throws(ServiceError) in
            guard change.root == nil else { throw .internalFailure("The id \(api.id) has been taken meanwhile.") }
            var api = api
            try api.deployAutomatically(after: nil, now: now)
            change.root = api
        }
    }

    func deleteAPI(_ id: String) async throws(ServiceError) {
        try await commitAPI(id) { change throws(ServiceError) in
            guard change.root != nil else { throw noAPI(id) }
            change.root = nil
        }
    }

    private func commitAPI<Answer>(
        _ id: String, _ make: (inout Change<HTTPAPI>) throws(ServiceError) -> Answer
    ) async throws(ServiceError) -> Answer {
        try await change(
            HTTPAPI.self, id, make,
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

    private func changedStages(
        from old: HTTPAPI?, to new: HTTPAPI?
    ) -> (changed: [StageDefinition], removed: [StageKey]) {
        let before = old?.servedStages(account: settings.account) ?? [:]
        let after = new?.servedStages(account: settings.account) ?? [:]
        return (after.values.filter { before[$0.key] != $0 }, before.keys.filter { after[$0] == nil })
    }

    /// Compiles stages as they are now and puts them in service, or out of it. For changes of what they depend on: their
    /// own wait meanwhile, so that the later one of two compilations has both.
    func serve(_ keys: Set<StageKey>) async throws(ServiceError) {
        guard !keys.isEmpty else { return }
        let roots = Set(keys.map { HTTPAPI.rootID($0.apiId) })
        await turns.take(roots)
        defer { turns.giveBack(roots) }
        let world = world
        var stages: [StageDefinition] = []
        var removed: [StageKey] = []
        for key in keys {
            let api = world[HTTPAPI.self, key.apiId]
            if let api, let stage = api.stages[key.stageName],
                let definition = api.definition(of: stage, account: settings.account)
            {
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
            throw V2Error.badRequest(error.message)
        }
    }
}

/// What a change of an API makes of its stages, and how many functions had been published when it was compiled.
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
