import EntityStore
import GatewayModel
import Synchronization

/// The one way to change definitions.
///
/// A change is made on a copy of one root, compiled, made durable, shown, and served: changes of one root one after
/// another, those of different roots at the same time. Commits are shown in their order.
extension ControlPlane {
    /// Each further attempt means that somebody else's change came first; so many in a row are a fault.
    private static let maximumAttempts = 100

    /// All definitions as they are now.
    var world: World { current.withLock { $0 } }

    /// Changes one root, and returns when everybody is served by what it is then.
    ///
    /// - Parameters:
    ///   - make: makes the change. It may run again, when what it read has changed meanwhile: only what it answers last
    ///     counts. A change of nothing is not committed.
    ///   - prepare: whatever may still refuse the change, before it is committed.
    ///   - publish: puts it in service, which nothing refuses any more; the next change of the root waits for it.
    func change<R: Root, Answer, Prepared>(
        _ type: R.Type, _ id: String,
        _ make: (inout Change<R>) throws(ServiceError) -> Answer,
        preparing prepare: (Change<R>) throws(ServiceError) -> Prepared,
        publishing publish: (Change<R>, Prepared) async -> Void
    ) async throws(ServiceError) -> Answer {
        var turn: Set = [R.rootID(id)]
        for _ in 0..<Self.maximumAttempts {
            if let answer = try await attempt(R.self, id, &turn, make, prepare, publish) { return answer }
            try await follow()
        }
        throw .internalFailure("The change could not be stored: others change the same all the time.")
    }

    /// The same of what nobody is served by.
    func change<R: Root, Answer>(
        _ type: R.Type, _ id: String, _ make: (inout Change<R>) throws(ServiceError) -> Answer
    ) async throws(ServiceError) -> Answer {
        try await change(type, id, make, preparing: { _ in }, publishing: { _, _ in })
    }

    /// Nil when something that it read has changed. Then `turn` is all that it read: nobody in this process comes between
    /// when it is tried again.
    private func attempt<R: Root, Answer, Prepared>(
        _ type: R.Type, _ id: String, _ turn: inout Set<RootID>,
        _ make: (inout Change<R>) throws(ServiceError) -> Answer,
        _ prepare: (Change<R>) throws(ServiceError) -> Prepared,
        _ publish: (Change<R>, Prepared) async -> Void
    ) async throws(ServiceError) -> Answer? {
        let held = turn
        await turns.take(held)
        defer { turns.giveBack(held) }
        var change = Change<R>(of: id, in: world)
        let answer = try make(&change)
        let documents = try change.documents()
        guard !documents.isEmpty else { return answer }
        let prepared = try prepare(change)
        let root = change.root
        do throws(StoreError) {
            _ = try await store.commit(documents, expecting: change.expected) { [self] number in
                current.withLock { $0.install(root, id, commit: number) }
            }
        } catch .changed {
            turn.formUnion(change.expected.keys)
            return nil
        } catch {
            throw .internalFailure("The change could not be stored: \(error)")
        }
        await publish(change, prepared)
        await publishKeys(R.heard(id, from: change.old, to: root))
        return answer
    }

    /// Shows and serves what others have committed to the store.
    func follow() async throws(ServiceError) {
        let before = world
        let changed: Set<RootID>
        do { changed = try await readStore() } catch {
            throw .internalFailure("The store could not be read: \(error)")
        }
        try await serve(changed, since: before)
    }

    /// Shows what the store has by now, and answers the roots that are others than before.
    func readStore() async throws -> Set<RootID> {
        let outcome = Mutex(Result<Set<RootID>, any Error>.success([]))
        try await store.changes(after: world.commit, in: World.types) { [self] stored in
            let result = Result {
                try current.withLock { world in
                    // All of it or nothing.
                    var next = world
                    let changed = try next.install(stored)
                    world = next
                    return changed
                }
            }
            outcome.withLock { $0 = result }
        }
        return try outcome.withLock { $0 }.get()
    }

    /// Hands the host the functions of these roots, and compiles the stages that are theirs or call them.
    func serve(_ roots: Set<RootID>, since before: World) async throws(ServiceError) {
        let now = world
        let roots = roots.union(now.functions(ofRoles: roots).map(LambdaFunction.rootID))
        var stages: Set<StageKey> = []
        for root in roots where root.type == LambdaFunction.type {
            await inTurn(of: root) { await publishFunction(root.id) }
            stages.formUnion(now.callers.stages(calling: root.id))
        }
        for root in roots {
            for world in [before, now] { stages.formUnion(world.stageKeys(of: root)) }
        }
        try await serve(stages)
        var heard = HeardKeys()
        for root in roots {
            if root.type == UsagePlan.type {
                heard.add(
                    UsagePlan.heard(root.id, from: before[UsagePlan.self, root.id], to: now[UsagePlan.self, root.id]))
            }
            if root.type == REST.ApiKey.rootType { heard.keys.insert(root.id) }
        }
        await publishKeys(heard)
        await publishCallers(roots)
    }

    /// Does something that no change of the root may come into.
    func inTurn<Result, Failure: Error>(
        of root: RootID, _ work: () async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        await turns.take([root])
        defer { turns.giveBack([root]) }
        return try await work()
    }
}
