import GatewayModel
import JSON

/// The operations on UsagePlan.
extension RESTOperations {
    static var usagePlans: [Operation] {
        let item = "/usageplans/{usageplanId}"
        return [
            Operation("CreateUsagePlan", .apigateway, .post, "/usageplans", success: 201, createUsagePlan),
            Operation("GetUsagePlan", .apigateway, .get, item) { control, call throws(ServiceError) in
                try tagged(try control.plan(call).plan)
            },
            Operation("GetUsagePlans", .apigateway, .get, "/usageplans") { control, call throws(ServiceError) in
                let keyId = call.query("keyId")
                let plans = control.world.plans.filter { plan in keyId.map { plan.keys[$0] != nil } ?? true }
                return try RestPage.reply(plans.map(\.plan), call, key: \.id)
            },
            Operation("UpdateUsagePlan", .apigateway, .patch, item, updateUsagePlan),
            Operation("DeleteUsagePlan", .apigateway, .delete, item, success: 202, deleteUsagePlan),
        ]
    }

    private static func tagged(_ plan: REST.UsagePlan) throws(ServiceError) -> Reply {
        var shown = plan
        shown.tags = shown.tags ?? [:]
        return try .json(shown)
    }

    private static func createUsagePlan(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let members = try RestMembers(call)
        var constraints = Constraints()
        constraints.present(try members.string("name"), "createUsagePlanInput.name")
        constraints.oneOf(
            try members.members("quota")?.string("period"), "createUsagePlanInput.quota.period",
            UsagePlanRules.periods)
        try constraints.check()
        let world = control.world
        guard world.usagePlans.count < RESTQuotas.usagePlans else {
            throw RESTError.limitExceeded("Maximum number of Usage Plans for this account has been reached.")
        }
        let tags = try RestTags.read(members)
        let id = try ChosenId.fresh(call, tags, length: 6) { world[UsagePlan.self, $0] != nil }
        var plan = REST.UsagePlan(id: id, name: try members.string("name") ?? "")
        plan.tags = tags
        if let text = try members.string("description"), !text.isEmpty { plan.description = text }
        plan.throttle = try members.members("throttle").map(UsagePlanRules.throttle)
        plan.quota = try members.members("quota").map(UsagePlanRules.quota)
        for stage in try members.objects("apiStages") ?? [] {
            var added = REST.ApiStage(apiId: try stage.string("apiId") ?? "", stage: try stage.string("stage") ?? "")
            if let limits = try stage.members("throttle") {
                for name in limits.names {
                    guard let members = try limits.members(name) else { continue }
                    added.throttle = added.throttle ?? [:]
                    added.throttle?[name] = try UsagePlanRules.throttle(members)
                }
            }
            plan.apiStages.append(added)
        }
        let order = world.nextOrder(after: world.usagePlans.map(\.value.root.order), call)
        try await control.change(
            UsagePlan.self, id,
            { change throws(ServiceError) in
                guard change.root == nil else { throw .internalFailure("The id \(id) has been taken meanwhile.") }
                try UsagePlanRules.check(plan, &change)
                change.root = UsagePlan(plan, order: order)
            })
        return try .json(plan)
    }

    private static func updateUsagePlan(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let patches = try patches(of: "UpdateUsagePlan", call)
        let plan = try await control.change(
            UsagePlan.self, call.path("usageplanId"),
            { change throws(ServiceError) in
                guard var plan = change.root else { throw ControlPlane.noPlan }
                try UsagePlanPatches.table.apply(patches, to: &plan.plan)
                try UsagePlanRules.check(plan.plan, &change)
                try UsagePlanRules.checkKeys(of: plan, &change)
                change.root = plan
                return plan.plan
            })
        return try tagged(plan)
    }

    private static func deleteUsagePlan(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        try await control.change(
            UsagePlan.self, call.path("usageplanId"),
            { change throws(ServiceError) in
                guard let plan = change.root else { throw ControlPlane.noPlan }
                guard plan.plan.apiStages.isEmpty else {
                    let stages = plan.plan.apiStages.map { "\($0.apiId):\($0.stage)" }
                    throw RESTError.badRequest(
                        "Cannot delete Usage Plan \(plan.id) because there are API Stages associated with it, "
                            + "including \(stages[0])")
                }
                change.root = nil
            })
        return .empty
    }
}

enum UsagePlanRules {
    static let periods = ["DAY", "WEEK", "MONTH"]

    static func throttle(_ members: RestMembers) throws(ServiceError) -> REST.ThrottleSettings {
        REST.ThrottleSettings(
            burstLimit: try members.integer("burstLimit") ?? 0,
            rateLimit: REST.Decimal(try members.double("rateLimit") ?? 0))
    }

    static func quota(_ members: RestMembers) throws(ServiceError) -> REST.QuotaSettings {
        REST.QuotaSettings(
            limit: try members.integer("limit") ?? 0, offset: try members.integer("offset") ?? 0,
            period: try members.string("period") ?? "")
    }

    /// The stages that the plan has gained must be there as long as it is committed.
    static func check(_ plan: REST.UsagePlan, _ change: inout Change<UsagePlan>) throws(ServiceError) {
        guard !plan.name.isEmpty else { throw RESTError.badRequest("Usage Plan name cannot be blank") }
        try check(plan.throttle)
        try check(plan.quota)
        var seen: Set<StageKey> = []
        for stage in plan.apiStages {
            let key = StageKey(apiId: stage.apiId, stageName: stage.stage)
            guard seen.insert(key).inserted else {
                throw RESTError.conflict("API Stage {api: \(stage.apiId), stage: \(stage.stage)} is listed twice.")
            }
            let api = change.read(RESTAPI.self, stage.apiId)
            if change.old?.has(key) != true, api?.stages[stage.stage] == nil,
                change.read(HTTPAPI.self, stage.apiId)?.hasKeys(stage.stage) != true
            {
                throw noStage(key, plan.id)
            }
            let old = change.old?.plan.apiStages.first { $0.apiId == stage.apiId && $0.stage == stage.stage }
            for (name, _) in stage.throttle ?? [:] where old?.throttle?[name] == nil {
                guard api?.hasMethod(named: name) == true else { throw noMethod(name, key) }
            }
            guard stage.throttle?.count ?? 0 <= RESTQuotas.methodThrottles else {
                throw RESTError.limitExceeded(
                    "At most \(RESTQuotas.methodThrottles) methods of a stage can be throttled in a usage plan.")
            }
            for (_, limits) in stage.throttle ?? [:] { try check(limits) }
        }
    }

    /// A stage knows each of its keys by one plan, so a key may not come to a stage by a second one.
    static func checkKeys(of plan: UsagePlan, _ change: inout Change<UsagePlan>) throws(ServiceError) {
        let stages = plan.plan.apiStages.map { StageKey(apiId: $0.apiId, stageName: $0.stage) }
        for other in change.readAll(UsagePlan.self) where other.id != plan.id && stages.contains(where: other.has) {
            guard let key = plan.keys.first(where: { other.keys[$0.id] != nil }) else { continue }
            throw RESTError.conflict(
                "API Key \(key.id) belongs to the Usage Plans \(plan.id) and \(other.id), which cannot have a stage in "
                    + "common.")
        }
    }

    /// Limits of a method that there is not would never be asked. AWS's words are unknown.
    private static func noMethod(_ name: String, _ key: StageKey) -> ServiceError {
        RESTError.badRequest(
            "Invalid method \(name) specified for API Stage {api: \(key.apiId), stage: \(key.stageName)}: a resource's "
                + "path and one of its methods, such as /pets/GET, are expected")
    }

    static func noStage(_ key: StageKey, _ plan: String) -> ServiceError {
        RESTError.notFound(
            "Invalid API Stage {api: \(key.apiId), stage: \(key.stageName)} specified for usageplan \(plan)")
    }

    private static func check(_ limits: REST.ThrottleSettings?) throws(ServiceError) {
        guard let limits else { return }
        guard limits.burstLimit >= 0, limits.rateLimit.value >= 0 else {
            throw RESTError.badRequest("Usage Plan throttle limits cannot be negative")
        }
    }

    /// A period begins on the day of the offset: of the week (0: Sunday), or of the month (0: the first). The service's
    /// words are unknown.
    private static func check(_ quota: REST.QuotaSettings?) throws(ServiceError) {
        guard let quota else { return }
        guard quota.limit > 0 else { throw RESTError.badRequest("Usage Plan quota limit must be greater than 0") }
        let offsets: [String: ClosedRange<Int>] = ["DAY": 0...0, "WEEK": 0...6, "MONTH": 0...27]
        guard let range = offsets[quota.period] else {
            throw RESTError.badRequest("Usage Plan quota period must be one of \(periods.joined(separator: ", "))")
        }
        guard range.contains(quota.offset) else {
            throw RESTError.badRequest(
                "Usage Plan quota offset must be between \(range.lowerBound) and \(range.upperBound) for the period "
                    + quota.period)
        }
    }
}

extension RESTAPI {
    /// - Parameter name: `/pets/GET`; the root's is `//GET`.
    fileprivate func hasMethod(named name: String) -> Bool {
        guard name.hasPrefix("/"), let slash = name.lastIndex(of: "/") else { return false }
        let path = slash == name.startIndex ? "/" : name[..<slash]
        return resources.contains { $0.path == path && $0.resourceMethods?[String(name[slash...].dropFirst())] != nil }
    }
}
