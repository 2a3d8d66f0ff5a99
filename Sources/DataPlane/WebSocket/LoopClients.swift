import GatewayModel
import HTTPFront
import NIOCore
import Synchronization
import WebSocketFront

/// Those who are connected to WebSocket APIs by one event loop, and the events that they cause.
final class LoopClients {
    /// Handshakes of one loop whose `$connect` is under way.
    private static let pendingHandshakes = 4_096
    /// Events of one loop that are under way: AWS bounds them by the account's rate alone.
    private static let eventsInFlight = 16_384
    /// Exchanges that wait for the next event.
    private static let idleExchanges = 256

    private unowned let worker: LoopWorker
    private var clients: [ConnectionId: ClientConnection] = [:]
    private var stages: [StageKey: StageClients] = [:]
    private var idle: [(x: Exchange, stream: SilentStream)] = []
    private var inFlight = 0
    private var pending = 0
    private var ended: EventLoopPromise<Void>?

    init(worker: LoopWorker) { self.worker = worker }

    var count: Int { clients.count }

    /// One that is being sent away is gone for whoever asks, however long it takes to leave.
    func client(_ id: ConnectionId) -> ClientConnection? { clients[id].flatMap { $0.isOpen ? $0 : nil } }

    // MARK: Coming and going

    /// Lets a handshake go on; `handshakeEnded` follows.
    func admit(_ x: Exchange) throws(Refusal) {
        guard worker.peers.clients.load(ordering: .relaxed) < worker.options.webSocketClients else {
            x.reason =
                "was called while \(worker.options.webSocketClients) clients are connected, which is all there may be"
            throw .overloaded
        }
        guard pending < Self.pendingHandshakes else {
            x.reason = "was called while \(Self.pendingHandshakes) handshakes are under way"
            throw .overloaded
        }
        if let bucket = worker.options.connectBucket, !bucket.take(x.startedAt) {
            guard worker.options.limits.isMarking else {
                x.reason = "was called beyond the account's rate of new connections (\(bucket.limits))"
                throw .throttled
            }
            x.mark("AWS would have answered 429: this came beyond its rate of new connections (\(bucket.limits))")
        }
        pending += 1
    }

    func handshakeEnded() { pending -= 1 }

    func add(_ client: ClientConnection) {
        clients[client.id] = client
        worker.peers.clients.add(1, ordering: .relaxed)
        let stage = stages[client.key] ?? StageClients()
        stages[client.key] = stage
        stage.add(client)
        // It may have gone while the handshake was under way.
        if worker.snapshot.stage(client.key) == nil { client.close(.goingAway, reason: "Going away") }
    }

    func remove(_ client: ClientConnection) {
        guard clients.removeValue(forKey: client.id) != nil, let stage = stages[client.key] else { return }
        worker.peers.clients.subtract(1, ordering: .relaxed)
        stage.remove(client)
        if stage.isEmpty { stages[client.key] = nil }
    }

    /// Closes the connections of stages that are gone.
    func served(_ snapshot: Snapshot) {
        for (key, stage) in stages where snapshot.stage(key) == nil {
            for client in stage.all { client.close(.goingAway, reason: "Going away") }
        }
    }

    // MARK: Groups

    func group(_ name: String, of key: StageKey) -> ClientGroup? { stages[key]?.groups[name] }

    /// False when the client is in as many groups as it may be. One that has gone meanwhile is in none.
    func join(_ client: ClientConnection, _ name: String) -> Bool {
        guard clients[client.id] != nil, let stage = stages[client.key] else { return true }
        return stage.join(client, name)
    }

    func leave(_ client: ClientConnection, _ name: String) {
        stages[client.key]?.leave(client, name)
    }

    // MARK: Events

    /// Begins an event that no request carries. Of a stage that is gone there is none.
    func take(_ event: WebSocketCall.Event, of client: ClientConnection, _ fill: (Exchange) -> Void) {
        guard let stage = worker.snapshot.stage(client.key) else { return }
        let (x, stream) = idle.popLast() ?? (Exchange(worker: worker), SilentStream(eventLoop: worker.eventLoop))
        inFlight += 1
        x.begin(stream)
        fill(x)
        x.beginEvent(event, client, stage)
        guard inFlight <= Self.eventsInFlight, x.takesMemory(x.requestLength) else {
            return x.refuse(.overloaded, because: "came while the server works on as many messages as it may")
        }
        x.run()
    }

    /// When no event is under way.
    func settled() -> EventLoopFuture<Void> {
        guard inFlight > 0 else { return worker.eventLoop.makeSucceededVoidFuture() }
        let promise = ended ?? worker.eventLoop.makePromise(of: Void.self)
        ended = promise
        return promise.futureResult
    }

    /// The exchange of an event that has ended.
    func give(_ x: Exchange, _ stream: SilentStream) {
        inFlight -= 1
        if inFlight == 0 {
            ended?.succeed()
            ended = nil
        }
        if idle.count < Self.idleExchanges { idle.append((x, stream)) }
    }
}

/// The clients of one stage on one loop, and the groups that they are in.
final class StageClients {
    private(set) var all: [ClientConnection] = []
    private(set) var groups: [String: ClientGroup] = [:]

    var isEmpty: Bool { all.isEmpty }

    func add(_ client: ClientConnection) {
        client.position = all.count
        all.append(client)
    }

    func remove(_ client: ClientConnection) {
        for group in client.groups { leave(client, group.name) }
        guard client.position >= 0, client.position < all.count else { return }
        let last = all.removeLast()
        if last !== client {
            all[client.position] = last
            last.position = client.position
        }
        client.position = -1
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

/// The workers of all loops: who is called back may be connected by another one.
final class WorkerPeers: Sendable {
    private let workers: [NIOLoopBound<LoopWorker>]
    /// How many clients are connected to WebSocket APIs, by whatever loop.
    let clients = Atomic(0)

    static let none = WorkerPeers([])

    /// By their numbers.
    init(_ workers: [NIOLoopBound<LoopWorker>]) { self.workers = workers }

    var count: Int { workers.count }

    /// Runs `body` with the worker of that number, on its loop: at once where that is the caller's. False when there is none.
    func run(on number: Int, _ body: @escaping @Sendable (LoopWorker) -> Void) -> Bool {
        guard workers.indices.contains(number) else { return false }
        let worker = workers[number]
        if worker.eventLoop.inEventLoop { body(worker.value) } else { worker.eventLoop.execute { body(worker.value) } }
        return true
    }
}
