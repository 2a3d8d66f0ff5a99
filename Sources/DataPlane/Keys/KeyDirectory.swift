import GatewayModel
import HashTreeCollections

/// All API keys and usage plans. A value that shares what does not change: one key among thousands costs one.
final class KeyDirectory: Sendable {
    private let keys: TreeDictionary<String, CompiledKey>
    /// Ids by the hashes of values. The hash is seeded, so nobody finds a value by how long it takes to refuse another.
    private let ids: TreeDictionary<Int, [String]>
    private let plans: TreeDictionary<String, CompiledPlan>
    /// By plan, the ids of its keys.
    private let members: TreeDictionary<String, TreeSet<String>>

    static let empty = KeyDirectory(keys: [:], ids: [:], plans: [:], members: [:])

    private init(
        keys: TreeDictionary<String, CompiledKey>, ids: TreeDictionary<Int, [String]>,
        plans: TreeDictionary<String, CompiledPlan>, members: TreeDictionary<String, TreeSet<String>>
    ) {
        self.keys = keys
        self.ids = ids
        self.plans = plans
        self.members = members
    }

    /// The key of that value.
    func key(_ value: UnsafeRawBufferPointer) -> CompiledKey? {
        guard let ids = ids[Self.hash(value)] else { return nil }
        for id in ids {
            if let key = keys[id], key.value.count == value.count, key.value.elementsEqual(value) { return key }
        }
        return nil
    }

    /// With the plans and keys as they are now.
    func applying(_ changes: REST.KeyChanges, _ meters: UsageMeters) -> KeyDirectory {
        var next = Builder(keys: keys, ids: ids, plans: plans, members: members)
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
        return KeyDirectory(keys: next.keys, ids: next.ids, plans: next.plans, members: next.members)
    }

    private struct Builder {
        var keys: TreeDictionary<String, CompiledKey>
        var ids: TreeDictionary<Int, [String]>
        var plans: TreeDictionary<String, CompiledPlan>
        var members: TreeDictionary<String, TreeSet<String>>

        mutating func set(_ id: String, _ definition: REST.KeyDefinition?, _ meters: UsageMeters) {
            let earlier = keys[id]
            if let earlier, earlier.definition.value != definition?.value {
                let hash = earlier.value.withUnsafeBytes { KeyDirectory.hash($0) }
                ids[hash]?.removeAll { $0 == id }
                if ids[hash]?.isEmpty == true { ids[hash] = nil }
            }
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
            if earlier?.definition.value != definition.value {
                ids[key.value.withUnsafeBytes { KeyDirectory.hash($0) }, default: []].append(id)
            }
        }
    }

    private static func hash(_ value: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: value)
        return hasher.finalize()
    }
}
