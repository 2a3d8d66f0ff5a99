import GatewayModel
import HashTreeCollections

/// All API keys and usage plans. A value that shares what does not change: one key among thousands costs one.
final class KeyDirectory: Sendable {
    private let keys: TreeDictionary<String, CompiledKey>
    /// By their values. The hash is seeded, so nobody finds a value by how long it takes to refuse another.
    private let values: TreeDictionary<Value, CompiledKey>
    private let plans: TreeDictionary<String, CompiledPlan>
    /// By plan, the ids of its keys.
    private let members: TreeDictionary<String, TreeSet<String>>

    static let empty = KeyDirectory(keys: [:], values: [:], plans: [:], members: [:])

    private init(
        keys: TreeDictionary<String, CompiledKey>, values: TreeDictionary<Value, CompiledKey>,
        plans: TreeDictionary<String, CompiledPlan>, members: TreeDictionary<String, TreeSet<String>>
    ) {
        self.keys = keys
        self.values = values
        self.plans = plans
        self.members = members
    }

    /// A key's value, or bytes that somebody has sent for one, which are never stored.
    private enum Value: Hashable, @unchecked Sendable {
        case kept(CompiledKey)
        case sent(UnsafeRawBufferPointer)

        private func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
            switch self {
            case .kept(let key): key.value.withUnsafeBytes(body)
            case .sent(let bytes): body(bytes)
            }
        }

        static func == (left: Self, right: Self) -> Bool {
            left.withBytes { left in right.withBytes { left.count == $0.count && left.elementsEqual($0) } }
        }

        func hash(into hasher: inout Hasher) { withBytes { hasher.combine(bytes: $0) } }
    }

    /// The key of that value.
    func key(_ value: UnsafeRawBufferPointer) -> CompiledKey? { values[.sent(value)] }

    /// With the plans and keys as they are now.
    func applying(_ changes: REST.KeyChanges, _ meters: UsageMeters) -> KeyDirectory {
        var next = Builder(keys: keys, values: values, plans: plans, members: members)
        // Plans first: keys are given what these say.
        var outdated: Set<String> = []
        for (id, plan) in changes.plans {
            next.plans[id] = plan.map(CompiledPlan.init)
            if plan == nil { meters.remove(plan: id) }
            outdated.formUnion(members[id] ?? [])
        }
        for (id, definition) in changes.keys {
            outdated.remove(id)
            next.set(id, definition, meters)
        }
        for id in outdated { next.set(id, keys[id]?.definition, meters) }
        return KeyDirectory(keys: next.keys, values: next.values, plans: next.plans, members: next.members)
    }

    private struct Builder {
        var keys: TreeDictionary<String, CompiledKey>
        var values: TreeDictionary<Value, CompiledKey>
        var plans: TreeDictionary<String, CompiledPlan>
        var members: TreeDictionary<String, TreeSet<String>>

        mutating func set(_ id: String, _ definition: REST.KeyDefinition?, _ meters: UsageMeters) {
            let earlier = keys[id]
            // Another one may have the value by now.
            if let earlier, values[.kept(earlier)] === earlier { values[.kept(earlier)] = nil }
            for plan in earlier?.definition.plans ?? [] {
                members[plan]?.remove(id)
                if members[plan]?.isEmpty == true { members[plan] = nil }
            }
            guard let definition else {
                keys[id] = nil
                meters.remove(key: id)
                return
            }
            var grants: [KeyGrant] = []
            for planId in definition.plans {
                members[planId, default: []].insert(id)
                guard let plan = plans[planId] else { continue }
                let meter = meters.meter(plan: planId, key: id)
                meter.use(plan.period)
                grants.append(
                    KeyGrant(plan, meter, earlier: earlier?.grants.first { $0.plan.definition.id == planId }))
            }
            let key = CompiledKey(definition, grants: grants)
            keys[id] = key
            values[.kept(key)] = key
        }
    }
}
