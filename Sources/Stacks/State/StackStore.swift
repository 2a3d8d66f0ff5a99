package import EntityStore
import JSON

/// Keeps stacks in the store of all resources.
package struct StackStore: StackJournal {
    private static let stack = "stack"
    private static let step = "stack.step"
    /// Steps sort by their keys.
    private static let digits = 6

    private let store: any EntityStore

    package init(_ store: any EntityStore) { self.store = store }

    /// Every stack with the steps of the deployment that was under way when the server ended.
    package func load() throws -> [(record: StackRecord, steps: [StackStep])] {
        let entities = try store.load()
        let steps = Dictionary(
            grouping: entities.filter { $0.id.kind == Self.step }, by: \.id.parent)
        return try entities.filter { $0.id.kind == Self.stack }.map { entity in
            let of = (steps[Self.parent(entity.id.key)] ?? []).sorted { $0.id.key < $1.id.key }
            return (
                try JSONValue(parsing: entity.document).decode(StackRecord.self),
                try of.map { try JSONValue(parsing: $0.document).decode(StackStep.self) }
            )
        }
    }

    package func save(_ record: StackRecord, steps: [StackStep]) throws {
        let document = try JSONValue(encoding: record).bytes
        let saved = Entity(id: Entity.ID(kind: Self.stack, key: record.name), document: document)
        try store.commit(
            [.deleteChildren(parent: Self.parent(record.name)), .save(saved)]
                + changes(steps.enumerated().map { ($0.offset, $0.element) }, of: record.name))
    }

    package func save(_ steps: [(number: Int, step: StackStep)], of stackName: String) throws {
        try store.commit(changes(steps, of: stackName))
    }

    private func changes(_ steps: [(number: Int, step: StackStep)], of stackName: String) throws -> [EntityChange] {
        try steps.map { number, step in
            let digits = String(number)
            let key = String(repeating: "0", count: max(0, Self.digits - digits.count)) + digits
            return .save(
                Entity(
                    id: Entity.ID(kind: Self.step, parent: Self.parent(stackName), key: key),
                    document: try JSONValue(encoding: step).bytes))
        }
    }

    package func remove(_ stackName: String) throws {
        try store.commit([
            .deleteChildren(parent: Self.parent(stackName)), .delete(Entity.ID(kind: Self.stack, key: stackName)),
        ])
    }

    private static func parent(_ stackName: String) -> String { "stack/\(stackName)" }
}
