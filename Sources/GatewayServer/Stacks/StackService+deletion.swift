import ControlPlane
import GatewayModel
import JSON
import Stacks

extension StackOperation {
    /// What is asked for with the end of a stack.
    struct Deletion: Sendable {
        let retained: Set<String>
        let maker: StackMaker
        let token: String?
    }

    fileprivate init(deleting record: StackRecord, _ deletion: Deletion) {
        var settings = record.settings ?? StackSettings()
        settings.token = deletion.token
        self.init(
            kind: .delete, template: record.template, settings: settings, isRepeatable: deletion.maker.isRepeatable)
        retained = deletion.retained.sorted()
    }
}

/// The end of stacks.
extension StackService {
    func delete(
        _ record: StackRecord, retaining retained: Set<String>, _ maker: StackMaker, token: String?
    ) async throws(ServiceError) {
        let name = record.name
        // Once more is the same.
        if records[name]?.status == .deleteInProgress, busy.contains(name) { return }
        if busy.contains(name) || doomed[name] != nil {
            return try await doom(record, StackOperation.Deletion(retained: retained, maker: maker, token: token))
        }
        guard var record = records[name] else { return }
        if let used = exports.withdraw(of: name) { throw .exported(used.name, used.importers) }
        record.pending = StackOperation(
            deleting: record, StackOperation.Deletion(retained: retained, maker: maker, token: token))
        do throws(ServiceError) { try await accept(record, .deleteInProgress) } catch {
            if !busy.contains(name), let standing = records[name] { exports.take(standing) }
            throw error
        }
        Task { await delete(record, retained, maker.management, token) }
    }

    /// What is being made is given up; then the stack is deleted. That is written down, and the caller does not wait.
    private func doom(_ record: StackRecord, _ deletion: StackOperation.Deletion) async throws(ServiceError) {
        let name = record.name
        guard doomed[name] == nil, let current = records[name] else { return }
        if let used = current.outputs.compactMap(\.exportName).first(where: { !exports.importers($0).isEmpty }) {
            throw .exported(used, exports.importers(used))
        }
        doomed[name] = deletion
        stops.doom(name)
        // With the status of what is under way: a server that ends meanwhile looks for what that has made.
        var written = current
        written.pending = StackOperation(deleting: current, deletion)
        do { try await journal.save(written) } catch {
            doomed[name] = nil
            stops.spare(name)
            throw .unwritten("The operation", error)
        }
        // It may be over by now.
        if doomed[name] != nil { stops.ask(name) }
    }

    func begin(_ deletion: StackOperation.Deletion, _ name: String) async {
        guard doomed.removeValue(forKey: name) != nil else { return }
        if let record = records[name] {
            do throws(ServiceError) {
                try await delete(record, retaining: deletion.retained, deletion.maker, token: deletion.token)
            } catch {
                var left = record
                left.statusReason = error.message
                records[name] = left
            }
        }
        stops.spare(name)
        if !busy.contains(name), doomed[name] == nil { end(name) }
    }

    func delete(
        _ record: StackRecord, _ retained: Set<String>, _ management: any Management, _ token: String?
    ) async {
        let engine = engine(of: record, .delete, token, management)
        do throws(StackFailure) {
            var doomed = record
            if record.status.isToBeUndone || record.status.isLeftHalfDone {
                try await takeUpUnfinished(record.name)
                doomed.resources = records[record.name]?.resources ?? record.resources
            }
            doomed.pending = record.pending
            doomed.resources.removeAll { retained.contains($0.logicalId) }
            doomed.leavings.removeAll { retained.contains($0.logicalId) }
            try await engine.delete(doomed, account: account)
            await keepDeleted(record)
            log.finish(record.name, ["status": "DELETE_COMPLETE"])
            end(record.name)
        } catch {
            var left = error.record
            left?.pending = nil
            if let left { try? await journal.save(left, steps: []) }
            await finished(record, left ?? record, error.outcome)
        }
    }

    /// Forgets the stack but for those who ask for it by its id.
    func keepDeleted(_ record: StackRecord) async {
        var record = record
        record.status = .deleteComplete
        record.statusReason = nil
        record.deletionTime = now().iso8601Milliseconds
        record.pending = nil
        (record.resources, record.leavings, record.imports) = ([], [], [])
        keep(record.name, nil)
        deleted.append((record.stackId, record))
        if history.events(of: record.stackId).last?.status != StackStatus.deleteComplete.rawValue {
            await tell(record, record.settings?.token, "DELETE_STACK")
        }
        // They are for looking back: what cannot be written down is still known until the server ends.
        try? await journal.save(deleted: record)
        await saveEvents(of: record.stackId)
        while deleted.count > StackLimits.deletedStacks {
            let oldest = deleted.removeFirst()
            history.forget(oldest.id)
            changeSets[oldest.id] = nil
            try? await journal.forget(stackId: oldest.id)
        }
    }

    /// Of a stack of which only the name is left.
    func drop(_ name: String) async throws(StackFailure) {
        guard let record = records[name] else { return }
        do { try await journal.remove(name) } catch { throw failure(name, "The stack cannot be removed: \(error)") }
        await keepDeleted(record)
    }

    func saveEvents(of stackId: String) async {
        guard let events = history.takeUnsaved(of: stackId) else { return }
        try? await journal.save(events)
    }
}
