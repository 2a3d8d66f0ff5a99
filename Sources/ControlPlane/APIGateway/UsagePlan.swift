import EntityStore
import GatewayModel
import HashTreeCollections
import JSON

/// A usage plan with its keys.
struct UsagePlan: Sendable, Equatable {
    var plan: REST.UsagePlan
    /// Place among the plans: those made earlier have smaller numbers.
    let order: Int64
    /// Their ids and types; names and values are the keys' own.
    var keys = PartList<REST.UsagePlanKey>()

    init(_ plan: REST.UsagePlan, order: Int64) {
        self.plan = plan
        self.order = order
    }

    var id: String { plan.id }

    func has(_ stage: StageKey) -> Bool {
        plan.apiStages.contains { $0.apiId == stage.apiId && $0.stage == stage.stageName }
    }
}

extension UsagePlan: Root {
    static let type = "usageplan"
    static var place: any WritableKeyPath<World, Roots<UsagePlan>> & Sendable { \.usagePlans }

    private static let kind = "rest.usagePlan"
    private static let keyKind = "rest.usagePlanKey"

    /// Document `rest.usagePlan`.
    private struct Head: Codable {
        var plan: REST.UsagePlan
        var order: Int64
    }

    init(_ stored: StoredRoot) throws {
        let head: Head = try stored.head(Self.kind).decode()
        self.init(head.plan, order: head.order)
        for entity in stored.entities where entity.id.kind != Self.kind {
            guard entity.id.kind == Self.keyKind else {
                throw UnreadableEntity(id: entity.id, reason: "the kind is unknown")
            }
            keys.put(try entity.decode())
        }
    }

    func changes(from old: UsagePlan?) throws(ServiceError) -> [EntityChange] {
        var changes = DocumentChanges(Self.rootID(id))
        if plan != old?.plan { try changes.save(Self.kind, id, Head(plan: plan, order: order)) }
        try changes.add(Self.keyKind, keys, since: old?.keys)
        return changes.list
    }

    static func index(_ id: String, from old: UsagePlan?, to new: UsagePlan?, in world: inout World) {
        for key in changedKeys(from: old, to: new) {
            if new?.keys[key] != nil {
                world.plansOfKeys[key, default: []].insert(id)
            } else {
                world.plansOfKeys[key]?.remove(id)
                if world.plansOfKeys[key]?.isEmpty == true { world.plansOfKeys[key] = nil }
            }
        }
    }

    static func heard(_ id: String, from old: UsagePlan?, to new: UsagePlan?) -> HeardKeys {
        HeardKeys(plans: old?.plan == new?.plan ? [] : [id], keys: changedKeys(from: old, to: new))
    }

    private static func changedKeys(from old: UsagePlan?, to new: UsagePlan?) -> Set<String> {
        let (before, after) = (old?.keys ?? [], new?.keys ?? [])
        var changed: Set<String> = []
        for position in after.differences(from: before) {
            for key in [before[at: position], after[at: position]] { if let key { changed.insert(key.id) } }
        }
        return changed
    }
}

extension World {
    /// The newest first.
    var plans: [UsagePlan] { usagePlans.map(\.value.root).sorted { $0.order > $1.order } }
}

extension ControlPlane {
    static let noPlan = RESTError.notFound("Invalid Usage Plan ID specified")

    @discardableResult
    func changePlan<Answer>(
        _ id: String, _ make: (inout UsagePlan) throws(ServiceError) -> Answer
    ) async throws(ServiceError) -> Answer {
        try await change(
            UsagePlan.self, id,
            { change throws(ServiceError) in
                guard var plan = change.root else { throw Self.noPlan }
                let answer = try make(&plan)
                change.root = plan
                return answer
            })
    }

    func plan(_ call: Call) throws(ServiceError) -> UsagePlan {
        guard let plan = world[UsagePlan.self, call.path("usageplanId")] else { throw Self.noPlan }
        return plan
    }

    /// Takes stages out of all plans.
    func leavePlans(_ stages: [StageKey]) async throws(ServiceError) {
        for plan in world.plans where stages.contains(where: plan.has) {
            try await changePlan(plan.id) { plan in
                plan.plan.apiStages.removeAll { stages.contains(StageKey(apiId: $0.apiId, stageName: $0.stage)) }
            }
        }
    }
}
