/// What a store does: it loads everything at start and makes changes durable, all of a change or nothing.
///
/// Reads are answered from memory; the store is asked only when something changes.
package protocol EntityStore: Sendable {
    /// Every entity, in the order in which it was first saved.
    func load() throws -> [Entity]

    /// Returns only when the changes survive the end of the process and of the machine.
    func commit(_ changes: [EntityChange]) throws

    /// At the end of a server: what is kept is whole in its files, and nothing is committed any more.
    func close()
}

extension EntityStore {
    package func close() {}
}

/// A document of one kind (`v2.route`), named by its key within its parent.
package struct Entity: Sendable, Hashable {
    package struct ID: Sendable, Hashable {
        package let kind: String
        /// The resource it belongs to (an API's id); empty for the top.
        package let parent: String
        package let key: String

        package init(kind: String, parent: String = "", key: String) {
            self.kind = kind
            self.parent = parent
            self.key = key
        }
    }

    package let id: ID
    /// JSON text.
    package let document: [UInt8]

    package init(id: ID, document: [UInt8]) {
        self.id = id
        self.document = document
    }
}

package enum EntityChange: Sendable, Hashable {
    case save(Entity)
    case delete(Entity.ID)
    /// Every entity whose parent this is, of all kinds.
    case deleteChildren(parent: String)
}
