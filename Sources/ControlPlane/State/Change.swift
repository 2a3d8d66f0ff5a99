import EntityStore

/// A change of one root under way.
struct Change<R: Root> {
    let id: String
    /// As it is to be: nil when there is none, or is to be none any more.
    var root: R?
    /// As it is.
    let old: R?
    private let world: World
    /// The versions that must still hold when this is committed.
    private(set) var expected: [RootID: UInt64]

    init(of id: String, in world: World) {
        self.id = id
        self.world = world
        old = world[R.self, id]
        root = old
        expected = [R.rootID(id): world.version(R.self, id)]
    }

    /// All roots of a type, of which none may be another one by the time of the commit.
    mutating func readAll<Other: Root>(_ type: Other.Type) -> [Other] {
        world[keyPath: Other.place].map { id, versioned in
            expected[Other.rootID(id)] = versioned.version
            return versioned.root
        }
    }

    /// Another root, which may be no other one by the time of the commit.
    mutating func read<Other: Root>(_ type: Other.Type, _ id: String) -> Other? {
        expected[Other.rootID(id)] = world.version(Other.self, id)
        return world[Other.self, id]
    }

    /// What has to be stored.
    func documents() throws(ServiceError) -> [EntityChange] {
        guard let root else { return old == nil ? [] : [.deleteRoot(R.rootID(id))] }
        return try root.changes(from: old)
    }
}
