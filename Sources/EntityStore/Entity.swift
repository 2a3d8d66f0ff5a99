/// A resource with all that belongs to it (an API, a function, a stack): what changes together, with one version.
package struct RootID: Sendable, Hashable, CustomStringConvertible {
    /// Such as `api`.
    package let type: String
    package let id: String

    package init(_ type: String, _ id: String) {
        self.type = type
        self.id = id
    }

    /// `api/a1b2c3`.
    package var description: String { "\(type)/\(id)" }

    /// Of its description.
    package init?(_ text: String) {
        guard let slash = text.firstIndex(of: "/") else { return nil }
        self.init(String(text[..<slash]), String(text[text.index(after: slash)...]))
    }
}

/// A document of one kind (`v2.route`), named by its key within its root.
package struct Entity: Sendable, Hashable {
    package struct ID: Sendable, Hashable {
        package let root: RootID
        package let kind: String
        package let key: String

        package init(root: RootID, kind: String, key: String) {
            self.root = root
            self.kind = kind
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
    /// Every entity of the root.
    case deleteRoot(RootID)

    package var root: RootID {
        switch self {
        case .save(let entity): entity.id.root
        case .delete(let id): id.root
        case .deleteRoot(let root): root
        }
    }
}
