import Synchronization

/// What a store does: it makes changes durable, all of a change or nothing, and tells what it has.
///
/// Commits have numbers, in their order and without gaps. The version of a root is the number of the last commit that
/// changed it; one that is not there has version 0. Reads are answered from memory; the store is asked at the start and
/// when something changes.
package protocol EntityStore: Sendable {
    /// Commits `changes` as the next number, if every root in `expected` still has the version given there; nothing of
    /// a refused commit is kept. Returns when the changes survive the end of the process and of the machine.
    ///
    /// - Parameter installed: called with the number before the next commit's is called, and before this returns: so a
    ///   view of the store can follow it without a gap. It must be brief, and may not ask the store.
    func commit(
        _ changes: [EntityChange], expecting expected: [RootID: UInt64],
        installed: @escaping @Sendable (UInt64) -> Void
    ) async throws(StoreError) -> UInt64

    /// Tells the roots of these types that commits after `number` have changed, as they are now, all as of one moment.
    ///
    /// - Parameter seen: called between the commits of that moment and later ones, as `installed` is.
    func changes(
        after number: UInt64, in types: [String], seen: @escaping @Sendable (StoredRoots) -> Void
    ) async throws(StoreError)

    /// At the end of a server: what is kept is whole in its files, and nothing is committed any more.
    func close()
}

extension EntityStore {
    package func close() {}

    @discardableResult
    package func commit(
        _ changes: [EntityChange], expecting expected: [RootID: UInt64] = [:]
    ) async throws(StoreError) -> UInt64 {
        try await commit(changes, expecting: expected, installed: { _ in })
    }

    package func changes(after number: UInt64, in types: [String]) async throws(StoreError) -> StoredRoots {
        let roots = Mutex(StoredRoots(commit: number, roots: []))
        try await changes(after: number, in: types) { seen in roots.withLock { $0 = seen } }
        return roots.withLock { $0 }
    }

    /// All roots of these types.
    package func load(_ types: [String]) async throws(StoreError) -> StoredRoots {
        try await changes(after: 0, in: types)
    }
}

/// What a store has, or what has changed in it.
package struct StoredRoots: Sendable, Equatable {
    /// The number of the last commit.
    package let commit: UInt64
    /// In the order of their last changes.
    package let roots: [StoredRoot]

    package init(commit: UInt64, roots: [StoredRoot]) {
        self.commit = commit
        self.roots = roots
    }
}

package struct StoredRoot: Sendable, Equatable {
    package let id: RootID
    package let version: UInt64
    /// In the order in which they were first saved; none when the root has been deleted.
    package let entities: [Entity]

    package init(id: RootID, version: UInt64, entities: [Entity]) {
        self.id = id
        self.version = version
        self.entities = entities
    }
}

package enum StoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A root that was expected at a version has got another one meanwhile.
    case changed(RootID)
    /// The store cannot do it now: a full disk, say.
    case failed(String)

    package var description: String {
        switch self {
        case .changed(let root): "\(root) has been changed meanwhile"
        case .failed(let reason): reason
        }
    }
}
