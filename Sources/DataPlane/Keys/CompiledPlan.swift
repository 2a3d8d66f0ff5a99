import GatewayModel
import JSON

/// A usage plan, ready to say what a key of it may do.
final class CompiledPlan: Sendable {
    struct Limit: Sendable, Equatable {
        let stage: StageKey
        /// `GET /pets`, as a route's key text has it.
        let method: [UInt8]
        let throttle: REST.ThrottleSettings
    }

    /// What it was made from.
    let definition: REST.UsagePlan
    let stages: [StageKey]
    /// For each key by itself, over all stages.
    let throttle: REST.ThrottleSettings?
    /// For each key by itself, of single methods.
    let limits: [Limit]
    /// Calls in a period; nil where they are counted and not limited.
    let quota: Int?
    let period: UsagePeriod

    init(_ plan: REST.UsagePlan) {
        definition = plan
        stages = plan.apiStages.map { StageKey(apiId: $0.apiId, stageName: $0.stage) }
        throttle = plan.throttle
        limits = plan.apiStages.flatMap { stage in
            (stage.throttle ?? [:]).map { name, throttle in
                Limit(
                    stage: StageKey(apiId: stage.apiId, stageName: stage.stage), method: Self.method(name),
                    throttle: throttle)
            }
        }
        quota = plan.quota?.limit
        period = UsagePeriod(plan.quota)
    }

    /// `/pets/GET` is `GET /pets`; `//GET` is the method of the root.
    private static func method(_ name: String) -> [UInt8] {
        let slash = name.lastIndex(of: "/") ?? name.startIndex
        let path = name[..<slash]
        return Array("\(name[slash...].dropFirst()) \(path.isEmpty ? "/" : path)".utf8)
    }
}

/// An API key with its places in usage plans.
final class CompiledKey: Sendable {
    /// What it was made from.
    let definition: REST.KeyDefinition
    let id: [UInt8]
    let value: [UInt8]
    /// Most keys have no other: among thousands a list is one more place in memory that is not at hand.
    private let first: KeyGrant?
    let grants: [KeyGrant]

    init(_ definition: REST.KeyDefinition, grants: [KeyGrant]) {
        self.definition = definition
        id = Array(definition.id.utf8)
        value = Array(definition.value.utf8)
        first = grants.first
        self.grants = grants
    }

    /// A stage is in one plan of a key at most.
    func grant(for stage: StageKey) -> KeyGrant? {
        if let first, first.plan.stages.contains(stage) { return first }
        for grant in grants where grant.plan.stages.contains(stage) { return grant }
        return nil
    }
}

/// What one plan gives one key.
final class KeyGrant: Sendable {
    let plan: CompiledPlan
    let meter: KeyMeter
    private let bucket: TokenBucket?
    /// In the order of the plan's limits.
    private let methodBuckets: [TokenBucket]

    /// - Parameter earlier: lends the buckets of limits that have not changed.
    init(_ plan: CompiledPlan, _ meter: KeyMeter, earlier: KeyGrant?) {
        self.plan = plan
        self.meter = meter
        if let earlier, earlier.plan.throttle == plan.throttle {
            bucket = earlier.bucket
        } else {
            bucket = plan.throttle.map { TokenBucket(rate: $0.rateLimit.value, burst: $0.burstLimit) }
        }
        methodBuckets = plan.limits.map { limit in
            if let earlier, let position = earlier.plan.limits.firstIndex(of: limit) {
                return earlier.methodBuckets[position]
            }
            return TokenBucket(rate: limit.throttle.rateLimit.value, burst: limit.throttle.burstLimit)
        }
    }

    /// What limits the method alone.
    func bucket(_ stage: StageKey, _ method: [UInt8]) -> TokenBucket? {
        for (position, limit) in plan.limits.enumerated() where limit.method == method && limit.stage == stage {
            return methodBuckets[position]
        }
        return nil
    }

    /// What limits the key on all stages of the plan.
    var wholeBucket: TokenBucket? { bucket }
}
