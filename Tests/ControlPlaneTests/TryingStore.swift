import EntityStore
import Synchronization

/// A store in memory that can be read back, that delays commits, and that refuses the ones it is told to.
final class TryingStore: EntityStore {
    private struct State {
        var commits = 0
        var refused: Int?
        var isFull = false
        var lastChanges: [EntityChange] = []
        /// Commits of this type of roots wait.
        var pausedType: String?
        var paused: [CheckedContinuation<Void, Never>] = []
        var watcher: (count: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    let memory: MemoryStore
    private let state = Mutex(State())

    init(_ memory: MemoryStore = MemoryStore()) { self.memory = memory }

    var entities: [Entity] {
        get async {
            let roots = (try? await memory.load(["api", "function", "stack"]).roots) ?? []
            return roots.sorted { $0.id.description < $1.id.description }.flatMap(\.entities)
        }
    }

    var lastChanges: [EntityChange] { state.withLock { $0.lastChanges } }
    /// How many commits were asked for.
    var commits: Int { state.withLock { $0.commits } }

    func fill() { state.withLock { $0.isFull = true } }
    /// Refuses the commit of this number, counted from 0.
    func refuse(_ number: Int) { state.withLock { $0.refused = number } }

    /// From now on commits of roots of this type wait for `goOn`.
    func pause(_ type: String) { state.withLock { $0.pausedType = type } }

    /// Returns when so many commits wait.
    func waitForPaused(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                guard state.paused.count < count else { return true }
                state.watcher = (count, continuation)
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    var pausedCommits: Int { state.withLock { $0.paused.count } }

    func goOn() {
        let paused = state.withLock { state in
            state.pausedType = nil
            defer { state.paused = [] }
            return state.paused
        }
        for continuation in paused { continuation.resume() }
    }

    func commit(
        _ changes: [EntityChange], expecting expected: [RootID: UInt64],
        installed: @escaping @Sendable (UInt64) -> Void
    ) async throws(StoreError) -> UInt64 {
        let isRefused = state.withLock { state in
            defer { state.commits += 1 }
            return state.isFull || state.refused == state.commits
        }
        await waitWhilePaused(changes)
        if isRefused { throw .failed("refused by the test") }
        state.withLock { $0.lastChanges = changes }
        return try await memory.commit(changes, expecting: expected, installed: installed)
    }

    func changes(
        after number: UInt64, in types: [String], seen: @escaping @Sendable (StoredRoots) -> Void
    ) async throws(StoreError) {
        try await memory.changes(after: number, in: types, seen: seen)
    }

    private func waitWhilePaused(_ changes: [EntityChange]) async {
        await withCheckedContinuation { continuation in
            let (mustWait, watcher) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
                guard let type = state.pausedType, changes.contains(where: { $0.root.type == type }) else {
                    return (false, nil)
                }
                state.paused.append(continuation)
                guard let watcher = state.watcher, state.paused.count >= watcher.count else { return (true, nil) }
                state.watcher = nil
                return (true, watcher.continuation)
            }
            watcher?.resume()
            if !mustWait { continuation.resume() }
        }
    }
}
