import GatewayModel

/// Deletes resources that a stack has no more, or all that it has.
struct StackDeletion {
    let engine: StackEngine
    let account: AccountIdentity
    var record: StackRecord
    /// What could not be deleted, and why.
    private(set) var failures: [String] = []

    /// How often what could not be deleted is tried again, after the rest has been: some go only after others that the
    /// template does not tie them to.
    private static let rounds = 3

    init(engine: StackEngine, account: AccountIdentity, record: StackRecord) {
        var engine = engine
        engine.stackId = record.stackId
        engine.calls.stopped = nil
        self.engine = engine
        self.account = account
        self.record = record
    }

    /// After an update. What cannot be deleted is left behind and told of: the stack is what its template says.
    mutating func cleanUp() async -> StackRecord {
        _ = await delete(record.leavings)
        record.leavings = []
        record.status = .updateComplete
        // When this is not written down, the next start does it again.
        try? await engine.journal.save(record, steps: [])
        engine.event(record)
        return record
    }

    mutating func deleteStack() async throws(StackFailure) {
        record.status = .deleteInProgress
        record.statusReason = "User Initiated"
        do { try await engine.journal.save(record, steps: []) } catch { throw unwritten(error) }
        engine.event(record)
        var doomed: [StackResource] = []
        for resource in record.resources.reversed() {
            if resource.deletionPolicy == .delete {
                doomed.append(resource)
            } else {
                engine.event(resource, "DELETE_SKIPPED")
            }
        }
        let left = await delete(record.leavings + doomed)
        guard left.isEmpty else {
            let names = left.map(\.logicalId)
            record.status = .deleteFailed
            record.statusReason =
                "The following resource(s) failed to delete: [\(names.joined(separator: ", "))]. "
            record.resources = record.resources.filter { names.contains($0.logicalId) }
            record.outputs = []
            do { try await engine.journal.save(record, steps: []) } catch { throw unwritten(error) }
            engine.event(record)
            throw StackFailure(
                error: TemplateError(
                    failures.map { TemplateProblem(file: record.name, line: nil, path: "", message: $0) }),
                record: record)
        }
        do { try await engine.journal.remove(record.name) } catch { throw unwritten(error) }
        record.status = .deleteComplete
        engine.event(record)
    }

    /// What is left after all rounds.
    private mutating func delete(_ resources: [StackResource]) async -> [StackResource] {
        let secrets = HiddenTexts(of: record, resources)
        var open = resources
        for _ in 0..<Self.rounds where !open.isEmpty {
            failures = []
            var left: [StackResource] = []
            for resource in open {
                engine.event(resource, "DELETE_IN_PROGRESS")
                do throws(ResourceFailure) {
                    try await engine.delete(resource, account: account, isUndone: false)
                    engine.event(resource, "DELETE_COMPLETE")
                } catch {
                    let message = secrets.hide(in: error.message)
                    engine.event(resource, "DELETE_FAILED", message)
                    failures.append("\(resource.logicalId): \(message)")
                    left.append(resource)
                }
            }
            guard left.count < open.count else { return left }
            open = left
        }
        return open
    }

    private func unwritten(_ error: any Error) -> StackFailure {
        StackFailure(
            error: TemplateError(record.name, "the stack could not be written down: \(error)"), record: record)
    }
}
