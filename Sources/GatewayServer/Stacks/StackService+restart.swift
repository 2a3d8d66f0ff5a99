import ControlPlane
import GatewayModel
import JSON
import Stacks

/// What was under way when the server ended.
extension StackService {
    /// Goes on with what was accepted: what was half done is taken back, and then done anew, by the role that it was
    /// accepted for. Where nobody may do that any more, it ends there.
    func resume(_ record: StackRecord, _ pending: StackOperation, _ steps: [StackStep]) async {
        let role = pending.settings.roleARN
        let manager = pending.isRepeatable ? managementOf(role) : nil
        let obstacle =
            pending.isRepeatable
            ? "Role \(role ?? "") is invalid or cannot be assumed"
            : "The server ended; the operation has to be asked for again."
        if pending.kind == .delete { return await resumeDeletion(record, pending, manager, obstacle) }
        if pending.isTakenBack(record.status) { return await goOnBackwards(record, pending, steps) }
        var standing = record
        // What a stack has made it may take back, whoever has asked for it.
        do throws(StackFailure) {
            if record.status.isToBeUndone {
                let engine = engine(of: record, pending.kind, pending.settings.token, isPrelude: true)
                standing =
                    try await engine.takeBack(
                        record, steps: steps, account: account, because: "The server ended.", keepsName: true,
                        isPrelude: true) ?? record
            } else if record.status == .updateCompleteCleanupInProgress {
                try await recover(record, steps)
                return end(record.name)
            }
        } catch {
            let left = error.record ?? record
            keep(record.name, left)
            await tell(left, pending.settings.token, pending.kind.rawValue)
            return end(record.name)
        }
        let isNew = pending.kind == .create || record.neverStood == true
        if isNew { (standing.status, standing.neverStood) = (.reviewInProgress, nil) }
        standing.pending = nil
        if let reason = stops.reason(record.name, now: now()) {
            return await giveUp(standing, pending, because: reason)
        }
        guard let manager else { return await giveUp(standing, pending, because: obstacle) }
        let request: StackRequest
        do throws(ServiceError) {
            let (plan, lookups) = try await StackTemplate(pending.template).plan(
                record.name, given: pending.settings.parameters, account: account, manager, pending.lookups)
            request = StackRequest(
                plan: plan, template: pending.template, settings: pending.settings,
                maker: StackMaker(management: manager, isRepeatable: true), lookups: lookups)
        } catch { return await giveUp(standing, pending, because: error.message) }
        // Whoever waits to do something else comes after it.
        end(record.name)
        do throws(ServiceError) {
            if isNew {
                try await create(standing, request, isResumed: true)
            } else {
                try await update(standing, request, isResumed: true)
            }
        } catch {
            // Unless somebody else was faster.
            if !busy.contains(record.name) { await giveUp(standing, pending, because: error.message) }
        }
    }

    /// What was being taken back is, and nothing of it is done anew.
    private func goOnBackwards(_ record: StackRecord, _ pending: StackOperation, _ steps: [StackStep]) async {
        var standing = record
        if standing.status == .reviewInProgress { standing.status = .createInProgress }
        let isAsked = pending.kind == .rollback || pending.kind == .continueRollback
        let engine = engine(of: record, pending.kind, pending.settings.token)
        busy.insert(record.name)
        _ = log.begin(record.name)
        await takeBack(
            standing, steps, engine, because: record.status.isRollback ? record.statusReason : nil,
            keepsName: isAsked || pending.settings.failurePolicy != .delete)
    }

    private func resumeDeletion(
        _ record: StackRecord, _ pending: StackOperation, _ manager: (any Management)?, _ obstacle: String
    ) async {
        guard let manager else {
            var left = record
            (left.status, left.statusReason, left.pending) = (.deleteFailed, obstacle, nil)
            try? await journal.save(left, steps: [])
            keep(record.name, left)
            await tell(left, pending.settings.token, pending.kind.rawValue)
            return end(record.name)
        }
        busy.insert(record.name)
        var shown = record
        shown.status = .deleteInProgress
        records[record.name] = shown
        _ = log.begin(record.name)
        let retained = Set(pending.retained)
        Task { [record] in await delete(record, retained, manager, pending.settings.token) }
    }

    /// What cannot be done again is told by the stack, which is as it was before.
    private func giveUp(_ record: StackRecord, _ pending: StackOperation, because reason: String) async {
        var left = record
        left.pending = nil
        left.statusReason = reason
        if left.status == .reviewInProgress { left.status = .rollbackComplete }
        try? await journal.save(left, steps: [])
        keep(left.name, left)
        await tell(left, pending.settings.token, pending.kind.rawValue)
        end(left.name)
    }
}

extension StackStatus {
    fileprivate var isRollback: Bool { self == .rollbackInProgress || self == .updateRollbackInProgress }
}

extension StackOperation {
    /// Whether the operation goes backwards only, on a stack that is at that.
    fileprivate func isTakenBack(_ status: StackStatus) -> Bool {
        status.isRollback || isStopped == true || kind == .rollback || kind == .continueRollback
    }
}
