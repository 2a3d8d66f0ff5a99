/// Where records of stacks are kept, and the steps of deployments under way.
package protocol StackJournal: Sendable {
    /// Keeps the record, and these steps in place of those that were kept.
    func save(_ record: StackRecord, steps: [StackStep]) async throws

    /// Keeps steps by their numbers.
    func save(_ steps: [(number: Int, step: StackStep)], of stackName: String) async throws

    /// Forgets the stack.
    func remove(_ stackName: String) async throws
}

/// The journal of those who keep nothing, or keep the record themselves.
package struct NoJournal: StackJournal {
    package init() {}
    package func save(_ record: StackRecord, steps: [StackStep]) {}
    package func save(_ steps: [(number: Int, step: StackStep)], of stackName: String) {}
    package func remove(_ stackName: String) {}
}
