import EntityStore
import GatewayModel
import JSON

/// What is kept of a stack beside its record, also when it is gone: events, change sets, and what it was.
package struct StackHistoryRecord: Sendable {
    package var events: [RecordedEvent] = []
    /// The number of the next batch of events.
    package var nextBatch = 0
    package var changeSets: [ChangeSet] = []
    /// Of a stack that was deleted.
    package var deleted: StackRecord?
}

/// Events of a stack that are written down together.
package struct EventBatch: Sendable {
    let stackId: String
    let number: Int
    let events: [RecordedEvent]

    package init(stackId: String, number: Int, events: [RecordedEvent]) {
        self.stackId = stackId
        self.number = number
        self.events = events
    }
}

extension StackStore {
    static let historyType = "stack.history"
    private static let events = "stack.events"
    private static let changeSet = "stack.changeset"
    private static let deleted = "stack.deleted"
    static let historyKinds = [events, changeSet, deleted]

    /// By the ids of stacks.
    package func loadHistories() async throws -> [String: StackHistoryRecord] {
        var histories: [String: StackHistoryRecord] = [:]
        for root in try await store.load([Self.historyType]).roots {
            var history = StackHistoryRecord()
            for entity in root.entities.sorted(by: { $0.id.key < $1.id.key }) {
                let document = try open(entity)
                switch entity.id.kind {
                case Self.events:
                    history.events += try document.decode([RecordedEvent].self)
                    history.nextBatch = (Int(entity.id.key) ?? 0) + 1
                case Self.changeSet: history.changeSets.append(try document.decode(ChangeSet.self))
                case Self.deleted: history.deleted = try document.decode(StackRecord.self)
                default: break
                }
            }
            histories[root.id.id] = history
        }
        return histories
    }

    package func save(_ batch: EventBatch) async throws { try await store.commit([try change(batch)]) }

    func change(_ batch: EventBatch) throws -> EntityChange {
        let document = JSONValue.array(try batch.events.map { try JSONValue(encoding: $0) })
        return .save(try sealed(document, id(batch.stackId, Self.events, Self.key(batch.number))))
    }

    package func save(_ changeSet: ChangeSet) async throws {
        let id = id(changeSet.stackId, Self.changeSet, changeSet.id)
        try await store.commit([.save(try sealed(try JSONValue(encoding: changeSet), id))])
    }

    package func remove(_ changeSets: [ChangeSet]) async throws {
        guard !changeSets.isEmpty else { return }
        try await store.commit(changeSets.map { .delete(id($0.stackId, Self.changeSet, $0.id)) })
    }

    package func save(deleted record: StackRecord) async throws {
        let id = id(record.stackId, Self.deleted, record.name)
        try await store.commit([.save(try sealed(try JSONValue(encoding: record), id))])
    }

    package func forget(stackId: String) async throws {
        try await store.commit([.deleteRoot(RootID(Self.historyType, stackId))])
    }

    private func id(_ stackId: String, _ kind: String, _ key: String) -> Entity.ID {
        Entity.ID(root: RootID(Self.historyType, stackId), kind: kind, key: key)
    }
}
