import EntityStore
package import GatewayModel
import Synchronization

extension ControlPlane {
    /// A control plane with the same resources, to find out what calls would answer: they are checked as all calls are,
    /// and what they change is in the draft alone. Nothing of it is stored, served or run, and no code is kept.
    ///
    /// - Parameter check: throws for stages that could not be served.
    package func draft(
        checking check: @escaping @Sendable ([StageDefinition]) throws(TrafficError) -> Void
    ) -> ControlPlane {
        ControlPlane(
            settings: settings.ofDraft, store: CountingStore(), traffic: CheckedTraffic(check: check),
            functionHost: NoHost(), world: world)
    }
}

/// Commits are counted and nothing is kept: what the draft began with is in its world, as everything that it does.
private final class CountingStore: EntityStore {
    private struct State {
        /// Above all numbers of the store that the draft's world comes from.
        var commit: UInt64 = 1 << 63
        /// Versions of roots that the draft has changed: of all others the one that it began with holds.
        var versions: [RootID: UInt64] = [:]
    }

    private let state = Mutex(State())

    func commit(
        _ changes: [EntityChange], expecting expected: [RootID: UInt64],
        installed: @escaping @Sendable (UInt64) -> Void
    ) async throws(StoreError) -> UInt64 {
        try state.withLock { state throws(StoreError) in
            for (root, version) in expected where state.versions[root, default: version] != version {
                throw .changed(root)
            }
            state.commit += 1
            for change in changes {
                if case .deleteRoot(let root) = change {
                    state.versions[root] = 0
                } else {
                    state.versions[change.root] = state.commit
                }
            }
            installed(state.commit)
            return state.commit
        }
    }

    func changes(
        after number: UInt64, in types: [String], seen: @escaping @Sendable (StoredRoots) -> Void
    ) async throws(StoreError) {
        state.withLock { seen(StoredRoots(commit: $0.commit, roots: [])) }
    }
}

/// Traffic that is compiled and never served.
private struct CheckedTraffic: Traffic {
    let check: @Sendable ([StageDefinition]) throws(TrafficError) -> Void

    func prepare(_ stages: [StageDefinition], removing: [StageKey]) throws(TrafficError) -> any PreparedTraffic {
        try check(stages)
        return NothingToPublish()
    }
}

private struct NoHost: FunctionHost {
    func publish(_ function: Lambda.FunctionDefinition) async {}
    func remove(functionName: String) async {}
    func invoke(_ invocation: Lambda.Invocation) async -> Lambda.InvocationOutcome { .notFound }
    func stream(_ invocation: Lambda.Invocation) async -> Lambda.StreamOutcome { .notFound }
    func rehearse(_ function: Lambda.FunctionDefinition, isNeeded: Bool) async throws(InitError) {}
}
