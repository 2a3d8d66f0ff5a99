import Synchronization

/// The store of `--in-memory`: it keeps what it is given as long as the process lives.
package final class MemoryStore: EntityStore {
    fileprivate struct Document {
        /// When it was first saved.
        let place: Int
        let text: [UInt8]
    }

    fileprivate struct Root {
        var version: UInt64 = 0
        var documents: [Entity.ID: Document] = [:]
    }

    fileprivate struct State {
        var commit: UInt64 = 0
        var roots: [RootID: Root] = [:]
        var places = 0
    }

    private let state = Mutex(State())

    package init() {}

    package func commit(
        _ changes: [EntityChange], expecting expected: [RootID: UInt64],
        installed: @escaping @Sendable (UInt64) -> Void
    ) async throws(StoreError) -> UInt64 {
        try state.withLock { state throws(StoreError) in
            for (root, version) in expected where state.version(root) != version { throw .changed(root) }
            state.commit += 1
            for change in changes { state.apply(change) }
            // Under the lock: the next commit's must come later.
            installed(state.commit)
            return state.commit
        }
    }

    package func changes(
        after number: UInt64, in types: [String], seen: @escaping @Sendable (StoredRoots) -> Void
    ) async throws(StoreError) {
        state.withLock { seen($0.changes(after: number, in: types)) }
    }
}

extension MemoryStore.State {
    fileprivate func version(_ id: RootID) -> UInt64 {
        guard let root = roots[id], !root.documents.isEmpty else { return 0 }
        return root.version
    }

    fileprivate func changes(after number: UInt64, in types: [String]) -> StoredRoots {
        let found = roots.filter { id, root in
            types.contains(id.type) && root.version > number && (number > 0 || !root.documents.isEmpty)
        }
        let stored = found.map { id, root in
            let documents = root.documents.sorted { $0.value.place < $1.value.place }
            return StoredRoot(
                id: id, version: root.version,
                entities: documents.map { Entity(id: $0.key, document: $0.value.text) })
        }
        return StoredRoots(commit: commit, roots: stored.sorted { $0.version < $1.version })
    }

    fileprivate mutating func apply(_ change: EntityChange) {
        roots[change.root, default: MemoryStore.Root()].version = commit
        switch change {
        case .save(let entity):
            let known = roots[change.root]?.documents[entity.id]?.place
            if known == nil { places += 1 }
            roots[change.root]?.documents[entity.id] = MemoryStore.Document(
                place: known ?? places, text: entity.document)
        case .delete(let id): roots[change.root]?.documents[id] = nil
        case .deleteRoot: roots[change.root]?.documents = [:]
        }
    }
}
