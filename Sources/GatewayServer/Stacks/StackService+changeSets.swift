import ControlPlane
import GatewayModel
import JSON
import Stacks

/// Changes that wait for somebody to have them made.
extension StackService {
    func changeSet(id: String) -> ChangeSet? { changeSets.values.lazy.flatMap { $0 }.first { $0.id == id } }

    func changeSets(of record: StackRecord) -> [ChangeSet] { changeSets[record.stackId] ?? [] }

    /// Keeps a new one.
    ///
    /// - Parameter looked: the stack as it was when the changes were worked out.
    func add(_ changeSet: ChangeSet, over looked: StackRecord) async throws(ServiceError) {
        // Else it would tell of a stack that is no more.
        _ = try current(looked)
        let all = changeSets[changeSet.stackId] ?? []
        guard !all.contains(where: { $0.name == changeSet.name && $0.execution != .complete }) else {
            throw .alreadyExists("ChangeSet", changeSet.name)
        }
        guard all.count < StackLimits.changeSets else {
            throw .limitExceeded(
                "Stack [\(changeSet.stackName)] has \(all.count) change sets, which is all it may have.")
        }
        // Others may come before it is written down.
        changeSets[changeSet.stackId] = all + [changeSet]
        do { try await journal.save(changeSet) } catch {
            changeSets[changeSet.stackId]?.removeAll { $0.id == changeSet.id }
            throw .unwritten("The change set", error)
        }
    }

    func execute(
        _ looked: ChangeSet, over record: StackRecord, _ request: StackRequest
    ) async throws(ServiceError) {
        // Another operation may have come since it was looked at.
        guard let set = changeSet(id: looked.id) else { throw .noChangeSet(looked.id) }
        guard set.isExecutable else { throw .notExecutable(set) }
        if set.isForNewStack {
            try await create(record, request)
        } else {
            try await update(record, request)
        }
    }

    /// The stack is going to be another than its change sets were made for: the one that is executed is done with, and
    /// the others go, as AWS has it; an operation without one leaves them behind as obsolete.
    func outdateChangeSets(of record: StackRecord, executing id: String?) async {
        var changed: [ChangeSet] = []
        let all = changeSets[record.stackId] ?? []
        changeSets[record.stackId] = all.map { set in
            guard set.id == id || id == nil && set.isExecutable else { return set }
            var set = set
            set.execution = set.id == id ? .complete : .obsolete
            changed.append(set)
            return set
        }
        // The operation is accepted already. A restart that goes on with it does this again.
        for set in changed { try? await journal.save(set) }
        if let id { try? await remove(all.filter { $0.id != id }) }
    }

    func remove(_ sets: [ChangeSet]) async throws(ServiceError) {
        do { try await journal.remove(sets) } catch {
            throw .internalFailure("The change set could not be removed: \(error)")
        }
        let ids = Set(sets.map(\.id))
        for set in sets { changeSets[set.stackId]?.removeAll { ids.contains($0.id) } }
    }
}

extension ChangeSet {
    var isExecutable: Bool { status == .complete && execution == .available }
}
