import EntityStore
import GatewayModel
import HashTreeCollections
import JSON

/// A resource of the account that is one document.
protocol AccountDocument: Codable, Sendable, Equatable {
    /// The type of its root, and the kind of its document.
    static var rootType: String { get }
    static var place: any WritableKeyPath<World, Roots<AccountResource<Self>>> & Sendable { get }
    /// The parameter of a path that names one.
    static var parameter: String { get }
    static var quota: Int { get }
    static var notFound: ServiceError { get }

    var id: String { get }
    var tags: OrderedMap<String>? { get set }
}

/// It with its place among the others of its kind: those made earlier have smaller numbers.
struct AccountResource<Document: AccountDocument>: Sendable, Codable, Equatable {
    var document: Document
    let order: Int64
}

extension AccountResource: Root {
    static var type: String { Document.rootType }
    static var place: any WritableKeyPath<World, Roots<AccountResource<Document>>> & Sendable { Document.place }

    private static var kind: String { "rest." + type }

    init(_ stored: StoredRoot) throws { self = try stored.head(Self.kind).decode() }

    func changes(from old: AccountResource?) throws(ServiceError) -> [EntityChange] {
        guard self != old else { return [] }
        var changes = DocumentChanges(Self.rootID(document.id))
        try changes.save(Self.kind, document.id, self)
        return changes.list
    }

    static func heard(_ id: String, from old: AccountResource?, to new: AccountResource?) -> HeardKeys {
        HeardKeys(keys: type == REST.ApiKey.rootType ? [id] : [])
    }
}

extension World {
    /// All documents of a kind, the newest first.
    func all<Document: AccountDocument>(_ type: Document.Type) -> [Document] {
        self[keyPath: Document.place].map(\.value.root).sorted { $0.order > $1.order }.map(\.document)
    }

    subscript<Document: AccountDocument>(document type: Document.Type, id: String) -> Document? {
        self[AccountResource<Document>.self, id]?.document
    }

    /// A number that puts what is made now behind all that there is.
    func nextOrder(after orders: some Sequence<Int64>, _ call: Call) -> Int64 {
        max(call.now.milliseconds, (orders.max() ?? 0) + 1)
    }
}

extension ControlPlane {
    /// Makes a document under an id that no other one has.
    func create<Document: AccountDocument>(_ document: Document, _ call: Call) async throws(ServiceError) {
        try await change(
            AccountResource<Document>.self, document.id,
            { change throws(ServiceError) in
                guard change.root == nil else {
                    throw .internalFailure("The id \(document.id) has been taken meanwhile.")
                }
                let all = world[keyPath: Document.place].map(\.value.root.order)
                change.root = AccountResource(document: document, order: world.nextOrder(after: all, call))
            })
    }

    func changeDocument<Document: AccountDocument>(
        _ type: Document.Type, _ id: String, _ make: (inout Document) throws(ServiceError) -> Void
    ) async throws(ServiceError) -> Document {
        try await change(
            AccountResource<Document>.self, id,
            { change throws(ServiceError) in
                guard var resource = change.root else { throw Document.notFound }
                try make(&resource.document)
                change.root = resource
                return resource.document
            })
    }

    func deleteDocument<Document: AccountDocument>(_ type: Document.Type, _ id: String) async throws(ServiceError) {
        try await change(
            AccountResource<Document>.self, id,
            { change throws(ServiceError) in
                guard change.root != nil else { throw Document.notFound }
                change.root = nil
            })
    }

    /// The document that a call's path names.
    func find<Document: AccountDocument>(_ type: Document.Type, _ call: Call) throws(ServiceError) -> Document {
        guard let document = world[document: type, call.path(Document.parameter)] else { throw Document.notFound }
        return document
    }

    /// An id that no document of the kind has: the one that the call has chosen, or any.
    func freshId<Document: AccountDocument>(
        of type: Document.Type, length: Int, _ call: Call, tags: OrderedMap<String>?
    ) throws(ServiceError) -> String {
        guard world[keyPath: Document.place].count < Document.quota else {
            throw RESTError.limitExceeded(
                "Maximum number of resources of this kind has been reached: \(Document.quota).")
        }
        return try ChosenId.fresh(call, tags, length: length) { world[document: type, $0] != nil }
    }
}
