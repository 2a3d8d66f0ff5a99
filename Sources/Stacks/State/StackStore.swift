package import EntityStore
import GatewayModel
import JSON
package import Sealing

/// Keeps stacks in the store of all resources.
///
/// Sealed as a whole: attributes and worked out properties hold access keys, secrets of clients and parameters that are
/// not shown, and one cannot tell which.
package struct StackStore: StackJournal {
    private static let type = "stack"
    /// Of all that is kept here.
    package static let types = [type, historyType]
    private static let stack = "stack"
    private static let step = "stack.step"
    private static let stop = "stack.stop"
    /// Steps sort by their keys.
    private static let digits = 6

    let store: any EntityStore
    private let sealing: SealingKey

    package init(_ store: any EntityStore, sealing: SealingKey) {
        self.store = store
        self.sealing = sealing
    }

    /// Every stack with the steps of the deployment that was under way when the server ended.
    package func load() async throws -> [(record: StackRecord, steps: [StackStep])] {
        try await store.load([Self.type]).roots.compactMap { root in
            guard let record = root.entities.first(where: { $0.id.kind == Self.stack }) else {
                // The stack was gone when its operation was asked to stop.
                if root.entities.allSatisfy({ $0.id.kind == Self.stop }) { return nil }
                throw StoreError.failed("The stored steps of \(root.id) have no stack.")
            }
            let steps = root.entities.filter { $0.id.kind == Self.step }.sorted { $0.id.key < $1.id.key }
            var found = try open(record).decode(StackRecord.self)
            if root.entities.contains(where: { $0.id.kind == Self.stop }) { found.pending?.isStopped = true }
            return (found, try steps.map { try open($0).decode(StackStep.self) })
        }
    }

    /// Seals what lies there in plain text, of earlier releases.
    package func sealOld() async throws {
        for entity in try await store.load([Self.type]).roots.flatMap(\.entities) where !Self.isSealed(entity) {
            try await store.commit([.save(try sealed(try JSONValue(parsing: entity.document), entity.id))])
        }
    }

    /// Whether a stored document can be read with the key only.
    package static func isSealed(_ entity: Entity) -> Bool {
        ([stack, step, stop] + historyKinds).contains(entity.id.kind)
            && (try? JSONValue(parsing: entity.document))?[box] != nil
    }

    private static let box = "sealed"

    func sealed(_ document: JSONValue, _ id: Entity.ID) throws -> Entity {
        let box = try sealing.seal(document.bytes, for: Self.purpose(id))
        return Entity(id: id, document: (JSONValue.object([Self.box: .string(Base64.encode(box))])).bytes)
    }

    func open(_ entity: Entity) throws -> JSONValue {
        let document = try JSONValue(parsing: entity.document)
        guard let box = document[Self.box]?.string else { return document }
        guard let bytes = Base64.decode(box).flatMap({ sealing.open($0, for: Self.purpose(entity.id)) }) else {
            throw StoreError.failed(
                "The stored \(entity.id.kind) of \(entity.id.root) cannot be opened with the key file of this data folder."
            )
        }
        return try JSONValue(parsing: bytes)
    }

    private static func purpose(_ id: Entity.ID) -> String { "\(id.kind) \(id.root.id) \(id.key)" }

    package func save(_ record: StackRecord, steps: [StackStep]) async throws {
        try await save(record, steps: steps, with: nil)
    }

    /// - Parameter events: what has happened until then.
    package func save(_ record: StackRecord, steps: [StackStep], with events: EventBatch?) async throws {
        let numbered = steps.enumerated().map { (number: $0.offset, step: $0.element) }
        try await store.commit(
            [.deleteRoot(Self.root(record.name)), try change(to: record)] + changes(numbered, of: record.name)
                + changes(events))
    }

    /// Keeps the record, and the steps as they are.
    package func save(_ record: StackRecord) async throws { try await store.commit([try change(to: record)]) }

    /// Notes that what is under way shall go no further. The note goes with the steps.
    package func saveStop(of stackName: String) async throws {
        let id = Entity.ID(root: Self.root(stackName), kind: Self.stop, key: stackName)
        try await store.commit([.save(try sealed(.object([:]), id))])
    }

    private func change(to record: StackRecord) throws -> EntityChange {
        let id = Entity.ID(root: Self.root(record.name), kind: Self.stack, key: record.name)
        return .save(try sealed(try JSONValue(encoding: record), id))
    }

    package func save(_ steps: [(number: Int, step: StackStep)], of stackName: String) async throws {
        try await save(steps, of: stackName, with: nil)
    }

    package func save(
        _ steps: [(number: Int, step: StackStep)], of stackName: String, with events: EventBatch?
    ) async throws {
        try await store.commit(changes(steps, of: stackName) + changes(events))
    }

    private func changes(_ events: EventBatch?) throws -> [EntityChange] { try events.map { [try change($0)] } ?? [] }

    private func changes(_ steps: [(number: Int, step: StackStep)], of stackName: String) throws -> [EntityChange] {
        try steps.map { number, step in
            let id = Entity.ID(root: Self.root(stackName), kind: Self.step, key: Self.key(number))
            return .save(try sealed(try JSONValue(encoding: step), id))
        }
    }

    static func key(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, Self.digits - digits.count)) + digits
    }

    package func remove(_ stackName: String) async throws {
        try await store.commit([.deleteRoot(Self.root(stackName))])
    }

    private static func root(_ stackName: String) -> RootID { RootID(type, stackName) }
}
