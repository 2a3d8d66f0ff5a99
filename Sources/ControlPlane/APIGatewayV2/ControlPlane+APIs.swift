import EntityStore
import GatewayModel

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
        return try await commitStages(HTTPAPI.self, id) { change throws(ServiceError) in
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
        try await commitStages(HTTPAPI.self, api.id) { change throws(ServiceError) in
            guard change.root == nil else { throw .internalFailure("The id \(api.id) has been taken meanwhile.") }
            var api = api
            try api.deployAutomatically(after: nil, now: now)
            change.root = api
        }
    }

    func deleteAPI(_ id: String) async throws(ServiceError) {
        try await commitStages(HTTPAPI.self, id) { change throws(ServiceError) in
            guard change.root != nil else { throw noAPI(id) }
            change.root = nil
        }
    }
}
