import GatewayModel
import JSON

/// The operations on UsagePlanKey, and on what keys have used.
extension RESTOperations {
    static var usagePlanKeys: [Operation] {
        let collection = "/usageplans/{usageplanId}/keys"
        let item = collection + "/{keyId}"
        return [
            Operation("CreateUsagePlanKey", .apigateway, .post, collection, success: 201, createUsagePlanKey),
            Operation("GetUsagePlanKey", .apigateway, .get, item) { control, call throws(ServiceError) in
                let plan = try control.plan(call)
                guard let key = plan.keys[call.path("keyId")]?.shown(control.world) else { throw noKey }
                return try .json(key)
            },
            // Recorded: a plan that is not there has no keys.
            Operation("GetUsagePlanKeys", .apigateway, .get, collection) { control, call throws(ServiceError) in
                let world = control.world
                let keys = world[UsagePlan.self, call.path("usageplanId")]?.keys.compactMap { $0.shown(world) } ?? []
                let prefix = call.query("name") ?? ""
                return try RestPage.reply(
                    keys.filter { ($0.name ?? "").hasPrefix(prefix) }.reversed(), call, key: \.id)
            },
            Operation("DeleteUsagePlanKey", .apigateway, .delete, item, success: 202) {
                control, call throws(ServiceError) in
                try await control.changePlan(call.path("usageplanId")) { plan throws(ServiceError) in
                    guard plan.keys[call.path("keyId")] != nil else { throw noKey }
                    plan.keys.remove(call.path("keyId"))
                }
                return .empty
            },
        ]
    }

    private static let noKey = RESTError.notFound("Invalid Usage Plan Key identifier specified")

    private static func createUsagePlanKey(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let members = try RestMembers(call)
        var constraints = Constraints()
        constraints.present(try members.string("keyId"), "createUsagePlanKeyInput.keyId")
        constraints.present(try members.string("keyType"), "createUsagePlanKeyInput.keyType")
        try constraints.check()
        guard try members.string("keyType") == "API_KEY" else {
            throw RESTError.badRequest("Invalid key type specified. Valid options are API_KEY")
        }
        let id = try members.string("keyId") ?? ""
        try await control.addKey(id, to: call.path("usageplanId"))
        guard let key = REST.UsagePlanKey(id: id, type: "API_KEY").shown(control.world) else {
            throw REST.ApiKey.notFound
        }
        return try .json(key)
    }
}

extension ControlPlane {
    func addKey(_ id: String, to planId: String) async throws(ServiceError) {
        try await change(
            UsagePlan.self, planId,
            { change throws(ServiceError) in
                guard var plan = change.root else { throw Self.noPlan }
                guard change.read(AccountResource<REST.ApiKey>.self, id) != nil else { throw REST.ApiKey.notFound }
                guard plan.keys[id] == nil else {
                    throw RESTError.conflict("Usage Plan \(planId) already has the key \(id).")
                }
                let others = change.readAll(UsagePlan.self).filter { $0.id != planId && $0.keys[id] != nil }
                guard others.count < RESTQuotas.plansOfKey else {
                    throw RESTError.limitExceeded(
                        "An API key can belong to at most \(RESTQuotas.plansOfKey) usage plans.")
                }
                plan.keys.put(REST.UsagePlanKey(id: id, type: "API_KEY"))
                try UsagePlanRules.checkKeys(of: plan, &change)
                change.root = plan
            })
    }
}

extension REST.UsagePlanKey {
    /// With the key's name and value; nil when the key is gone.
    fileprivate func shown(_ world: World) -> REST.UsagePlanKey? {
        guard let key = world[document: REST.ApiKey.self, id] else { return nil }
        var shown = self
        shown.name = key.name
        shown.value = key.value
        return shown
    }
}
