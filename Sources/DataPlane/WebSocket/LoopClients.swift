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
        stage.add()
        // It may have gone while the handshake was under way.
        if worker.snapshot.stage(client.key) == nil { client.sendAway() }
    }

    func remove(_ client: ClientConnection) {
        guard clients.removeValue(forKey: client.id) != nil, let stage = stages[client.key] else { return }
        worker.peers.clients.subtract(1, ordering: .relaxed)
        stage.remove(client)
        if stage.isEmpty { stages[client.key] = nil }
    }

    /// Closes the connections of stages that are gone.
    func served(_ snapshot: Snapshot) {
        guard stages.keys.contains(where: { snapshot.stage($0) == nil }) else { return }
        for client in Array(clients.values) where snapshot.stage(client.key) == nil { client.sendAway() }
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
