import GatewayModel

/// Takes back the steps of a deployment: what was changed gets its old properties, what was made is deleted.
struct StackRollback {
    var engine: StackEngine
    let account: AccountIdentity
    var record: StackRecord
    var steps: [StackStep]
    /// Whether a stack whose creation is taken back stays, empty.
    let keepsName: Bool
    /// Whether what is taken back is done anew afterwards, so that it stays written down as what is under way.
    var isPrelude = false

    /// How often what could not be taken back is tried again, after the rest has been.
    private static let rounds = 3

    /// The stack as it is then; nil when its creation was taken back and nothing is left.
    mutating func run(because reason: String) async throws(StackFailure) -> StackRecord? {
        engine.stackId = record.stackId
        let wasMade = !record.status.isOfCreation && record.neverStood != true
        record.status = wasMade ? .updateRollbackInProgress : .rollbackInProgress
        record.statusReason = reason
        engine.event(record)
        let secrets = HiddenTexts(of: record, steps.flatMap { [$0.resource] + ($0.before.map { [$0] } ?? []) })
        // Before the first step, so that a server that starts again goes on backwards. Where it cannot be written down,
        // it is taken back all the same.
        if !isPrelude { try? await engine.journal.save(record, steps: steps) }
        var open = steps
        var failures: [TemplateProblem] = []
        for _ in 0..<Self.rounds where !open.isEmpty {
            failures = []
            var left: [StackStep] = []
            for step in open.reversed() {
                do throws(ResourceFailure) {
                    try await undo(step)
                    settle(step)
                } catch {
                    left.insert(step, at: 0)
                    failures.append(
                        TemplateProblem(
                            file: record.name, line: nil, path: "Resources.\(step.resource.logicalId)",
                            message: "the change could not be taken back: \(secrets.hide(in: error.message))"))
                }
            }
            guard left.count < open.count else { break }
            open = left
        }
        guard failures.isEmpty else {
            record.status = wasMade ? .updateRollbackFailed : .rollbackFailed
            record.statusReason = failures[0].message
            record.pending = nil
            // The next start tries again.
            try? await engine.journal.save(record, steps: open)
            engine.event(record)
            throw StackFailure(error: TemplateError(failures), record: record)
        }
        record.status = wasMade ? .updateRollbackComplete : .rollbackComplete
        record.pending = nil
        if !wasMade { (record.resources, record.leavings, record.neverStood) = ([], [], nil) }
        do {
            if wasMade || keepsName {
                try await engine.journal.save(record, steps: [])
            } else {
                try await engine.journal.remove(record.name)
            }
        } catch {
            throw StackFailure(
                error: TemplateError(record.name, "the stack could not be written down: \(error)"), record: record)
        }
        engine.event(record)
        return wasMade || keepsName ? record : nil
    }

    /// The stack has what it had before the step.
    private mutating func settle(_ step: StackStep) {
        let id = step.resource.logicalId
        switch step.kind {
        case .update:
            guard let before = step.before, let place = record.resources.firstIndex(where: { $0.logicalId == id })
            else { return }
            record.resources[place] = before
        case .create:
            record.resources.removeAll { $0.logicalId == id && $0.physicalId == step.resource.physicalId }
            // What was made took the place of another one, which is still there.
            if let old = record.leavings.firstIndex(where: { $0.logicalId == id }),
                record.resource(id) == nil
            {
                record.resources.append(record.leavings.remove(at: old))
            }
        }
    }

    private func undo(_ step: StackStep) async throws(ResourceFailure) {
        switch step.kind {
        case .update:
            guard let before = step.before else { return }
            engine.event(before, "UPDATE_IN_PROGRESS")
            _ = try await engine.update(
                step.resource, to: before, stackName: record.name, account: account, isUndo: true)
            engine.event(before, "UPDATE_COMPLETE")
        case .create:
            // Retain or not: what an operation made that failed is not left behind.
            for resource in try await made(step) {
                engine.event(resource, "DELETE_IN_PROGRESS")
                try await engine.delete(resource, account: account, isUndone: true)
                engine.event(resource, "DELETE_COMPLETE")
            }
        }
    }

    func made(_ step: StackStep) async throws(ResourceFailure) -> [StackResource] {
        if step.isDone { return [step.resource] }
        guard let preparation = step.preparation, let type = ResourceType.all[step.resource.type] else { return [] }
        var request = engine.request(step.resource, stackName: record.name, account: account)
        request.preparation = preparation
        return try await type.behaviour.find(request).map { found in
            var resource = step.resource
            resource.take(found)
            return resource
        }
    }
}
