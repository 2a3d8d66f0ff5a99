import EntityStore
import GatewayModel
import HashTreeCollections
import JSON

/// A resource with all that belongs to it, as the control plane holds it: a value that is changed as a whole.
protocol Root: Sendable {
    /// As the store names it: `api`.
    static var type: String { get }
    /// Where a world has those of this type.
    static var place: any WritableKeyPath<World, Roots<Self>> & Sendable { get }

    init(_ stored: StoredRoot) throws

    /// What has to be stored so that `old` becomes this one.
    func changes(from old: Self?) throws(ServiceError) -> [EntityChange]

    /// Keeps the indices of the world that follow from roots of this type.
    static func index(_ id: String, from old: Self?, to new: Self?, in world: inout World)

    /// The keys and usage plans that traffic has to hear of when a root becomes another one.
    static func heard(_ id: String, from old: Self?, to new: Self?) -> HeardKeys
}

extension Root {
    static func rootID(_ id: String) -> RootID { RootID(type, id) }
    static func index(_ id: String, from old: Self?, to new: Self?, in world: inout World) {}
    static func heard(_ id: String, from old: Self?, to new: Self?) -> HeardKeys { HeardKeys() }
}

/// Roots of one type by their ids.
typealias Roots<R: Root> = TreeDictionary<String, Versioned<R>>

struct Versioned<R: Root>: Sendable {
    let root: R
    /// The number of the commit that made it what it is.
    let version: UInt64
}

/// The documents of a root that a change writes or deletes.
struct DocumentChanges {
    let root: RootID
    private(set) var list: [EntityChange] = []

    init(_ root: RootID) { self.root = root }

    mutating func save(_ kind: String, _ key: String, _ value: some Encodable) throws(ServiceError) {
        let document: [UInt8]
        do { document = try JSONValue(encoding: value).bytes } catch {
            throw .internalFailure("The \(kind) \(key) could not be written: \(error)")
        }
        list.append(.save(Entity(id: id(kind, key), document: document)))
    }

    mutating func delete(_ kind: String, _ key: String) { list.append(.delete(id(kind, key))) }

    /// The parts that have come, changed or gone since `old`.
    mutating func add<Part: KeyedPart>(
        _ kind: String, _ list: PartList<Part>, since old: PartList<Part>?
    ) throws(ServiceError) {
        let old = old ?? []
        for position in list.differences(from: old) {
            if let part = old[at: position], list[part.key] == nil { delete(kind, part.key) }
            if let part = list[at: position], old[part.key] != part { try save(kind, part.key, part) }
        }
    }

    /// Those that have come, changed or gone since `old`.
    mutating func add<Content: Encodable & Equatable>(
        _ kind: String, _ contents: [String: Content], since old: [String: Content]
    ) throws(ServiceError) {
        for id in contents.keys.sorted() where old[id] != contents[id] { try save(kind, id, contents[id]) }
        for id in old.keys.sorted() where contents[id] == nil { delete(kind, id) }
    }

    /// What is frozen comes and goes, and never changes.
    mutating func addFrozen(
        _ kind: String, _ contents: [String: some Encodable], since old: [String: some Encodable]?
    ) throws(ServiceError) {
        let before = old ?? [:]
        for id in contents.keys.sorted() where before[id] == nil { try save(kind, id, contents[id]) }
        for id in before.keys.sorted() where contents[id] == nil { delete(kind, id) }
    }

    private func id(_ kind: String, _ key: String) -> Entity.ID { Entity.ID(root: root, kind: kind, key: key) }
}

/// The store holds something that this program cannot read. Starting without it would serve less than was acknowledged.
struct UnreadableEntity: Error, CustomStringConvertible {
    let id: Entity.ID
    let reason: String

    var description: String { "The stored \(id.kind) \(id.key) of \(id.root) cannot be read: \(reason)." }
}

extension Entity {
    func decode<T: Decodable>(_ type: T.Type = T.self) throws -> T {
        do { return try JSONValue(parsing: document).decode(type) } catch {
            throw UnreadableEntity(id: id, reason: "\(error)")
        }
    }
}

extension StoredRoot {
    /// The document that the others belong to.
    func head(_ kind: String) throws -> Entity {
        guard let head = entities.first(where: { $0.id.kind == kind && $0.id.key == id.id }) else {
            throw UnreadableEntity(
                id: Entity.ID(root: id, kind: kind, key: id.id), reason: "it is missing, but parts of it are there")
        }
        return head
    }
}
