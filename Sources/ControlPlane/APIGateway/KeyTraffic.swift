package import GatewayModel
import HashTreeCollections

/// What the control plane needs of the data plane for API keys: that it lets them in, and counts what they use.
package protocol KeyTraffic: Sendable {
    /// Returns when every event loop knows the keys and plans.
    ///
    /// - Parameter changes: what they are now. It is asked in the order in which the answers are served, so that of two
    ///   publications the later one has all that the earlier one had.
    func publish(_ changes: @escaping @Sendable () -> REST.KeyChanges) async
    /// One pair for each day, numbered from 1970-01-01 UTC.
    func usage(ofKey id: String, in plan: REST.UsagePlan, days: Range<Int64>) async -> [REST.DailyUsage]
    /// What is left of the quota in the period of `now`.
    func setRemaining(_ remaining: Int, ofKey id: String, in plan: REST.UsagePlan, now: Timestamp) async
}

/// Ids of keys and usage plans that traffic has to hear of.
struct HeardKeys: Sendable {
    var plans: Set<String> = []
    var keys: Set<String> = []

    mutating func add(_ other: HeardKeys) {
        plans.formUnion(other.plans)
        keys.formUnion(other.keys)
    }
}

extension ControlPlane {
    /// Whether there is such a plan, and the key is in it.
    package func hasKey(_ key: String, inPlan plan: String) -> Bool {
        world[UsagePlan.self, plan] != nil && world[document: REST.ApiKey.self, key] != nil
    }

    func publishKeys(_ heard: HeardKeys) async {
        guard let keys, !heard.plans.isEmpty || !heard.keys.isEmpty else { return }
        await keys.publish { [self] in
            let world = world
            var changes = REST.KeyChanges()
            for id in heard.plans { changes.plans.updateValue(world[UsagePlan.self, id]?.plan, forKey: id) }
            for id in heard.keys { changes.keys.updateValue(world.keyDefinition(id), forKey: id) }
            return changes
        }
    }
}

extension World {
    fileprivate func keyDefinition(_ id: String) -> REST.KeyDefinition? {
        guard let key = self[document: REST.ApiKey.self, id] else { return nil }
        return REST.KeyDefinition(
            id: id, value: key.value ?? "", isEnabled: key.enabled, plans: (plansOfKeys[id] ?? []).sorted())
    }
}
