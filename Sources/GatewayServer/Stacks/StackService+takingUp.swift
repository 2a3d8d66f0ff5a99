import GatewayModel
import JSON
import Stacks

/// Stacks whose operation was cut short when the server ended.
extension StackService {
    /// Takes them up; called as soon as the server listens, since functions of custom resources have to reach it. Those
    /// that ask functions go on behind the caller's back: one that does not answer keeps nobody waiting.
    ///
    /// What cannot be taken back stays as it is: the rest of the server is no worse for it, and the next operation on
    /// the stack tries again.
    package func takeUp() async {
        let families = Dictionary(grouping: cutShort.values) { found in
            let settings = found.record.settings ?? found.record.pending?.settings
            return settings?.rootId ?? found.record.stackId
        }
        for family in families.values {
            let asksFunctions = family.contains { found in
                found.record.asksFunctions || found.steps.contains(where: \.asksFunction)
            }
            if asksFunctions { Task { await takeUp(family) } } else { await takeUp(family) }
        }
    }

    /// A stack and those within it. These are settled first, the innermost before all: those above them say what becomes
    /// of them.
    private func takeUp(_ family: [(record: StackRecord, steps: [StackStep])]) async {
        let depths = family.map { (depth: depth(of: $0.record), found: $0) }
        for (depth, found) in depths.sorted(by: { $0.depth > $1.depth }) {
            let (record, steps) = found
            if depth == 0, let pending = record.pending {
                await resume(record, pending, steps)
            } else {
                do throws(StackFailure) {
                    if depth > 0 {
                        try await settle(record, steps)
                    } else {
                        // The name of one that CloudFormation's API has made stays.
                        let keepsName = record.settings.map { $0.failurePolicy != .delete } ?? false
                        try await recover(record, steps, keepsName: keepsName)
                    }
                } catch { keep(record.name, error.record) }
                end(record.name)
            }
            cutShort[record.name] = nil
        }
    }

    /// How many stacks a stack stands in.
    private func depth(of record: StackRecord) -> Int {
        var (depth, above) = (0, record.parentId)
        while let id = above, depth <= StackLimits.nesting {
            depth += 1
            above = records.values.first { $0.stackId == id }?.settings?.parentId
        }
        return depth
    }

    /// A stack within another one, as it was before what was under way; one that was only reserved is gone.
    private func settle(_ record: StackRecord, _ steps: [StackStep]) async throws(StackFailure) {
        var settled = record
        if record.pending?.kind == .delete, record.status != .deleteInProgress { settled.status = .deleteInProgress }
        settled.pending = nil
        if record.status == .reviewInProgress { return try await drop(record.name) }
        try await recover(settled, steps)
        if settled.status == record.status, record.pending != nil, let left = records[record.name], left.pending != nil
        {
            var clear = left
            clear.pending = nil
            try? await journal.save(clear, steps: [])
            keep(record.name, clear)
        }
    }
}

extension StackRecord {
    fileprivate var parentId: String? { settings?.parentId ?? pending?.settings.parentId }

    /// Whether something was under way.
    var isCutShort: Bool {
        pending != nil || status.isToBeUndone || status == .deleteInProgress
            || status == .updateCompleteCleanupInProgress || status == .reviewInProgress && parentId != nil
    }

    /// As it is shown until it is taken up.
    var shownUnderWay: StackRecord {
        var shown = self
        switch (status, pending?.kind) {
        case (.rollbackFailed, _): shown.status = .rollbackInProgress
        case (.updateRollbackFailed, _): shown.status = .updateRollbackInProgress
        case (_, .delete): shown.status = .deleteInProgress
        case (.reviewInProgress, .create): shown.status = .createInProgress
        case (_, .update) where status.isStanding: shown.status = .updateInProgress
        default: break
        }
        return shown
    }
}
