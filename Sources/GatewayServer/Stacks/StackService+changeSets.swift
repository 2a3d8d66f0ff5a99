import ControlPlane
import GatewayModel
import JSON
import Stacks

/// Changes that wait for somebody to have them made.
extension StackService {
    func changeSet(id: String) -> ChangeSet? { changeSets.values.lazy.flatMap { $0 }.first { $0.id == id } }

    func changeSets(of record: StackRecord) -> [ChangeSet] { changeSets[record.stackId] ?? [] }

    func keep(_ changeSet: ChangeSet) async throws(ServiceError) {
        var all = changeSets[changeSet.stackId] ?? []
        if let place = all.firstIndex(where: { $0.id == changeSet.id }) {
            all[place] = changeSet
        } else {
            guard !all.contains(where: { $0.name == changeSet.name && ![.complete, .obsolete].contains($0.execution) })
            else {
                throw .alreadyExists("ChangeSet", changeSet.name)
            }
            guard all.count < StackLimits.changeSets else {
                throw .limitExceeded(
                    "Stack [\(changeSet.stackName)] has \(all.count) change sets, which is all it may have.")
            }
            all.append(changeSet)
        }
        let before = changeSets[changeSet.stackId]?.first { $0.id == changeSet.id }
        // Others may come before it is written down.
        changeSets[changeSet.stackId] = all
        do { try await journal.save(changeSet) } catch {
            changeSets[changeSet.stackId]?.removeAll { $0.id == changeSet.id }
            if let before { changeSets[changeSet.stackId]?.append(before) }
            throw .unwritten("The change set", error)
        }
    }

    func remove(_ sets: [ChangeSet]) async throws(ServiceError) {
        do { try await journal.remove(sets) } catch {
            throw .internalFailure("The change set could not be removed: \(error)")
        }
        let ids = Set(sets.map(\.id))
        for set in sets { changeSets[set.stackId]?.removeAll { ids.contains($0.id) } }
    }
}
