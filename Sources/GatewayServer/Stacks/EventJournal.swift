import Stacks

/// The journal of an operation: with each of its steps the events are written down that have come before, so that a
/// server that is killed has them when it starts again.
struct EventJournal: StackJournal {
    let journal: StackStore
    let unsaved: @Sendable () -> EventBatch?

    func save(_ record: StackRecord, steps: [StackStep]) async throws {
        try await journal.save(record, steps: steps, with: unsaved())
    }

    func save(_ steps: [(number: Int, step: StackStep)], of stackName: String) async throws {
        try await journal.save(steps, of: stackName, with: unsaved())
    }

    func remove(_ stackName: String) async throws { try await journal.remove(stackName) }
}
