/// How many clients one stage has on one loop, and the groups that they are in.
final class StageClients {
    private var count = 0
    private(set) var groups: [String: ClientGroup] = [:]

    var isEmpty: Bool { count == 0 }

    func add() { count += 1 }

    func remove(_ client: ClientConnection) {
        for group in client.groups { leave(client, group.name) }
        count -= 1
    }

    func join(_ client: ClientConnection, _ name: String) -> Bool {
        let group = groups[name] ?? ClientGroup(name: name)
        if group.has(client) { return true }
        guard client.groups.count < ClientGroup.groupsOfClient else { return false }
        groups[name] = group
        group.add(client)
        client.join(group)
        return true
    }

    func leave(_ client: ClientConnection, _ name: String) {
        guard let group = groups[name] else { return }
        group.remove(client)
        client.leave(group)
        if group.isEmpty { groups[name] = nil }
    }
}

/// Clients of one stage that are sent messages together; those of one loop. An extension of ours.
final class ClientGroup {
    /// How many groups one client may be in.
    static let groupsOfClient = 64
    /// Characters of a name.
    static let nameLength = 256

    let name: String
    /// In the order of their joining, as long as nobody leaves: neighbours were made one after another, and lie together.
    private var members: [ClientConnection] = []
    private var places: [ConnectionId: Int] = [:]

    init(name: String) { self.name = name }

    var isEmpty: Bool { members.isEmpty }
    /// As they are now: some may have gone when their turn comes.
    var all: [ClientConnection] { members }

    func has(_ client: ClientConnection) -> Bool { places[client.id] != nil }

    func add(_ client: ClientConnection) {
        guard places[client.id] == nil else { return }
        places[client.id] = members.count
        members.append(client)
    }

    func remove(_ client: ClientConnection) {
        guard let place = places.removeValue(forKey: client.id) else { return }
        let last = members.removeLast()
        guard last !== client else { return }
        members[place] = last
        places[last.id] = place
    }

    /// Whether these can be the groups of one client.
    static func canHold(_ names: [String]) -> Bool { names.count <= groupsOfClient && names.allSatisfy(isName) }

    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.unicodeScalars.count <= nameLength
            && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0 != "," && $0 != "/" }
    }
}
