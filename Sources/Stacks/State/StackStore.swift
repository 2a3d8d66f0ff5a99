package import EntityStore
import JSON

/// Keeps stacks in the store of all resources.
package struct StackStore: StackJournal {
    private static let type = "stack"
    private static let stack = "stack"
    private static let step = "stack.step"
    /// Steps sort by their keys.
    private static let digits = 6

    private let store: any EntityStore

    package init(_ store: any EntityStore) { self.store = store }

    /// Every stack with the steps of the deployment that was under way when the server ended.
    package func load() async throws -> [(record: StackRecord, steps: [StackStep])] {
        try await store.load([Self.type]).roots.map { root in
            guard let record = root.entities.first(where: { $0.id.kind == Self.stack }) else {
                throw StoreError.failed("The stored steps of \(root.id) have no stack.")
            }
            let steps = root.entities.filter { $0.id.kind == Self.step }.sorted { $0.id.key < $1.id.key }
            return (
                try JSONValue(parsing: record.document).decode(StackRecord.self),
                try steps.map { try JSONValue(parsing: $0.document).decode(StackStep.self) }
            )
        }
    }

    package func save(_ record: StackRecord, steps: [StackStep]) async throws {
        let root = Self.root(record.name)
        let document = try JSONValue(encoding: record).bytes
        let saved = Entity(id: Entity.ID(root: root, kind: Self.stack, key: record.name), document: document)
        try await store.commit(
            [.deleteRoot(root), .save(saved)]
                + changes(steps.enumerated().map { ($0.offset, $0.element) }, of: record.name))
    }

    package func save(_ steps: [(number: Int, step: StackStep)], of stackName: String) async throws {
        try await store.commit(changes(steps, of: stackName))
    }

    private func changes(_ steps: [(number: Int, step: StackStep)], of stackName: String) throws -> [EntityChange] {
        try steps.map { number, step in
            let digits = String(number)
            let key = String(repeating: "0", count: max(0, Self.digits - digits.count)) + digits
            return .save(
                Entity(
                    id: Entity.ID(root: Self.root(stackName), kind: Self.step, key: key),
                    document: try JSONValue(encoding: step).bytes))
        }
    }

    package func remove(_ stackName: String) async throws {
        try await store.commit([.deleteRoot(Self.root(stackName))])
    }

    private static func root(_ stackName: String) -> RootID { RootID(type, stackName) }
}
