import Callers
import GatewayModel
import HTTPFront
import NIOCore
import WebSocketFront

/// A client of a WebSocket API: what is known of it as long as it is connected, and what it sends. On its loop only.
///
/// It outlives deployments: each of its messages is for the stage as it is by then.
final class ClientConnection: WebSocketDelegate {
    /// How many of a client's messages may be worked on at a time; further ones wait with the client.
    private static let messagesInFlight = 64
    /// A client that has taken nothing for so long misses no more messages of a group: it is sent away.
    static let slowTime = TimeAmount.seconds(30)

    let id: ConnectionId
    let key: StageKey
    /// In milliseconds since 1970, as is `lastActiveAt`.
    let connectedAt: Int
    private(set) var lastActiveAt: Int {
        didSet { longestSilence = max(longestSilence, lastActiveAt - oldValue) }
    }
    /// Milliseconds between two messages in whatever direction.
    private(set) var longestSilence = 0
    /// The host by which it came.
    let domainName: [UInt8]
    let sourceIP: [UInt8]
    let userAgent: [UInt8]?

    // What `$connect` has found out of it.
    private(set) var decision: AuthorizerDecision?
    private(set) var authorizerMilliseconds: Int?
    private(set) var caller: Caller?
    private(set) var apiKey: CompiledKey?

    private unowned let worker: LoopWorker
    private var connection: WebSocketConnection?
    private(set) var groups: [ClientGroup] = []
    private var inFlight = 0
    private var isHeldBack = false
    private var isSlowSince: NIODeadline?
    private var unfinished: MemoryShare
    private var queued: MemoryShare

    init(_ x: Exchange, _ stage: CompiledStage) {
        worker = x.worker
        unfinished = MemoryShare(of: worker.options.unfinishedMessages)
        queued = MemoryShare(of: worker.options.queuedMessages)
        id = ConnectionId(loop: x.worker.number)
        key = stage.key
        connectedAt = x.startedAtEpochMilliseconds
        lastActiveAt = connectedAt
        var domain = ByteBuffer()
        x.writeDomainName(to: &domain)
        domainName = Array(domain.readableBytesView)
        sourceIP = x.sourceIP
        userAgent = x.withHead { bytes, head in head.first(.userAgent).map { Array(bytes[$0.range]) } } ?? nil
    }

    /// What has let it in is kept for as long as it is connected (Developer Guide, apigateway-websocket-api-lambda-auth).
    func settle(_ x: Exchange) {
        decision = x.decision
        authorizerMilliseconds = x.authorizerCall?.milliseconds
        caller = x.caller
        apiKey = x.rest.key
    }

    // MARK: The connection

    func opened(_ connection: WebSocketConnection) {
        self.connection = connection
        worker.clients.add(self)
    }

    func messageReceived(_ kind: MessageKind, _ bytes: ByteBuffer, _ connection: WebSocketConnection) {
        lastActiveAt = worker.clock.epochMilliseconds
        inFlight += 1
        if inFlight >= Self.messagesInFlight {
            isHeldBack = true
            connection.setReading(false)
        }
        worker.clients.take(.message, of: self) { x in
            x.body = bytes
            x.socket.isBinary = kind == .binary
            x.socket.largestFrame = connection.largestFrame
        }
    }

    /// One of its messages has been worked on.
    func messageEnded() {
        inFlight -= 1
        guard isHeldBack, inFlight <= Self.messagesInFlight / 2 else { return }
        isHeldBack = false
        connection?.setReading(true)
    }

    func mayHold(_ bytes: Int, _ connection: WebSocketConnection) -> Bool { unfinished.become(bytes) }

    func mayQueue(_ bytes: Int, _ connection: WebSocketConnection) -> Bool { queued.become(bytes) }

    func writabilityChanged(_ isWritable: Bool, _ connection: WebSocketConnection) {
        guard isWritable else { return }
        isSlowSince = nil
        queued.giveBack()
    }

    func fellBehind(queued: Int, _ connection: WebSocketConnection) -> SlowReader {
        let since = isSlowSince ?? .now()
        isSlowSince = since
        return NIODeadline.now() - since < Self.slowTime
            ? .keep : .close(.policyViolation, reason: "Messages are not taken")
    }

    func closed(_ closure: WebSocketClosure, _ connection: WebSocketConnection) {
        self.connection = nil
        unfinished.giveBack()
        queued.giveBack()
        worker.clients.remove(self)
        left(closure)
    }

    /// Tells the API that it is gone.
    func left(_ closure: WebSocketClosure) {
        worker.clients.take(.disconnect, of: self) { $0.socket.closure = closure }
    }

    // MARK: What it is sent

    var isOpen: Bool { connection?.isOpen == true }

    @discardableResult
    func send(_ frame: WebSocketFrame) -> WebSocketConnection.SendResult {
        guard let connection else { return .gone }
        let result = connection.send(frame)
        if result == .sent { lastActiveAt = worker.clock.epochMilliseconds }
        return result
    }

    func close(_ code: CloseCode, reason: String) { connection?.close(code, reason: reason) }

    /// As the end of the server does.
    func sendAway() { connection?.drain() }

    // MARK: Groups

    func join(_ group: ClientGroup) { groups.append(group) }
    func leave(_ group: ClientGroup) { groups.removeAll { $0 === group } }
}
