package import GatewayModel
import HTTPFront
import NIOCore
package import NIOSSL
package import WebSocketFront

/// What one event loop has of its own: the snapshot it serves, its upstream connections, clock, counters and logs.
///
/// Touched on its loop only; a request finds it once per connection.
final class LoopWorker {
    let eventLoop: any EventLoop
    let allocator = ByteBufferAllocator()
    let clock = LoopClock()
    let options: DataPlaneOptions
    /// Counts the loops.
    let number: Int
    /// Of all loops together.
    let memory: MemoryBudget
    private(set) var snapshot = Snapshot.empty
    /// The time of the last tick; exact to 25 ms while an exchange is watched.
    private(set) var now = NIODeadline.now()
    /// Used for the head of an upstream request; its storage stays.
    var scratch: ByteBuffer
    /// A request's key in its stage's cache while it is looked for; its storage stays.
    var cacheKey: [UInt8] = []
    private(set) lazy var packers = LoopPackers()
    /// The order of an event's header fields while it is written; its storage stays.
    var headerOrder: [Int16] = []

    private(set) lazy var upstream = UpstreamPool(worker: self, origins: origins)
    private var waiting: [Exchange] = []
    private var isTicking = false
    private var logs: [OpenLog] = []
    private var identifiers = SplitMix64()
    /// What JWT authorizers have found good here.
    var tokens = VerifiedTokens()
    var issuerKeys = LoopIssuers()
    var signingKeys = LoopSigningKeys()
    /// Those who are connected to WebSocket APIs by this loop.
    private(set) lazy var clients = LoopClients(worker: self)
    /// The workers of all loops, by their numbers.
    var peers = WorkerPeers.none
    /// What function authorizers have said here, and those that are being asked.
    private(set) lazy var authorizers = LoopAuthorizers()
    /// The ARN of what a request asks for, and what its authorizer knows it by, while they are looked at; their storage
    /// stays.
    var methodARN: [UInt8] = []
    var identity = AuthorizerIdentity()

    /// The smallest integration time-out is 50 ms; a tick of half that keeps to it.
    private static let tick = TimeAmount.milliseconds(25)
    private static let logBufferBytes = 32_768
    /// A second without a line lets go of a log, so that its file can be closed when its stage is gone.
    private static let quietTicks = 40

    private struct OpenLog {
        let sink: any AccessLogSink
        var lines: ByteBuffer
        var quietTicks = 0
    }

    private let origins: Origins
    let names: NameResolver

    init(
        eventLoop: any EventLoop, number: Int, options: DataPlaneOptions, origins: Origins, names: NameResolver
    ) {
        self.eventLoop = eventLoop
        self.number = number
        self.options = options
        self.memory = options.memory
        self.origins = origins
        self.names = names
        scratch = allocator.buffer(capacity: 2048)
    }

    func serve(_ snapshot: Snapshot) {
        self.snapshot = snapshot
        clients.served(snapshot)
    }

    // MARK: Identifiers

    /// For request ids.
    func nextRandom() -> UInt64 { identifiers.next() }

    // MARK: Time-outs

    /// Watches an exchange that waits for its integration until `Exchange.deadline`.
    func watch(_ exchange: Exchange) {
        guard exchange.watchPosition < 0 else { return }
        exchange.watchPosition = waiting.count
        waiting.append(exchange)
        startTicking()
    }

    func unwatch(_ exchange: Exchange) {
        let position = exchange.watchPosition
        guard position >= 0 else { return }
        let last = waiting.removeLast()
        if last !== exchange {
            waiting[position] = last
            last.watchPosition = position
        }
        exchange.watchPosition = -1
    }

    func startTicking() {
        guard !isTicking else { return }
        isTicking = true
        now = .now()
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: Self.tick) { bound.value.ticked() }
    }

    private func ticked() {
        isTicking = false
        now = .now()
        var position = 0
        while position < waiting.count {
            let exchange = waiting[position]
            if exchange.deadline < now { exchange.deadlinePassed(now) }
            // An exchange that ended has been replaced by the last one.
            if position < waiting.count, waiting[position] === exchange { position += 1 }
        }
        flushLogs()
        forgetQuietLogs()
        upstream.closeIdle(before: now)
        if !waiting.isEmpty || upstream.hasIdleConnections || !logs.isEmpty { startTicking() }
    }

    // MARK: Counters and logs

    func count(_ call: CallFigures, _ stage: CompiledStage) { stage.metrics[number].value.add(call) }

    /// Writes one access log line; lines go to their sink in batches.
    func log(to sink: any AccessLogSink, _ write: (inout ByteBuffer) -> Void) {
        var index = logs.firstIndex { $0.sink === sink }
        if index == nil {
            logs.append(OpenLog(sink: sink, lines: allocator.buffer(capacity: Self.logBufferBytes + 1024)))
            index = logs.count - 1
        }
        guard let index else { return }
        write(&logs[index].lines)
        if logs[index].lines.readableBytes >= Self.logBufferBytes { flush(index) } else { startTicking() }
    }

    func flushLogs() {
        for index in logs.indices where logs[index].lines.readableBytes > 0 { flush(index) }
    }

    private func forgetQuietLogs() {
        for index in logs.indices { logs[index].quietTicks += 1 }
        logs.removeAll { $0.quietTicks > Self.quietTicks }
    }

    private func flush(_ index: Int) {
        logs[index].quietTicks = 0
        logs[index].sink.append(logs[index].lines)
        logs[index].lines.clear()
    }
}

/// Settings that hold for all of the data plane.
package struct DataPlaneOptions: Sendable {
    /// Called once per finished API call, on its loop, with what a person wants to see; nil when nobody looks.
    package var onRequest: (@Sendable (RequestSummary) -> Void)?
    /// Asked of a request of a REST API's stage that found no method, by its verb and path, where somebody looks: the
    /// method that it would reach if the API were deployed as it is.
    package var undeployedMethod: (@Sendable (StageKey, _ verb: String, _ path: String) -> String?)?
    /// For HTTPS integrations.
    package var tls: NIOSSLContext?
    /// Those that integrations of REST APIs reach.
    package var services = AWSServices()
    /// Finds the addresses of origins.
    package var lookup: NameLookup
    /// For all bodies that are collected, of requests and for mappings, of the whole process: half a gigabyte.
    package var memory = MemoryBudget(limit: HTTPLimits.collectedBytes)
    /// Of messages under way, which take longer than bodies may: they do not stand in the way of those.
    package var unfinishedMessages = MemoryBudget(limit: WebSocketLimits.unfinishedBytes)
    /// Of messages that slow clients have not taken.
    package var queuedMessages = MemoryBudget(limit: WebSocketLimits.queuedBytesInAll)
    /// The account's throttle, of all APIs together; nil: none. AWS: 10,000 a second, burst 5,000.
    private(set) var accountBucket: TokenBucket?
    package var cache = CacheSettings()
    /// How long integrations may take, and how large bodies may be.
    package var limits = CallLimits.aws
    /// What clients of WebSocket APIs may send, and how long they may stay.
    package var webSocketLimits = WebSocketLimits.aws
    /// Clients of WebSocket APIs at a time. AWS: no quota.
    package var webSocketClients = Int.max
    /// New connections of WebSocket APIs, of the whole account; nil: none is refused.
    private(set) var connectBucket: TokenBucket?
    /// Whether requests about connections need a signature of a key that is known here.
    package var verifiesCallbacks = false
    /// Whether policies of functions' roles decide what functions may do.
    package var requiresCredentials = false

    package init(
        onRequest: (@Sendable (RequestSummary) -> Void)? = nil, tls: NIOSSLContext? = nil,
        lookup: @escaping NameLookup = SystemNames.addresses
    ) {
        self.onRequest = onRequest
        self.tls = tls
        self.lookup = lookup
    }

    package mutating func limitConnects(rate: Double, burst: Int) {
        connectBucket = TokenBucket(rate: rate, burst: burst)
    }

    package mutating func limitAccount(rate: Double, burst: Int) {
        accountBucket = TokenBucket(rate: rate, burst: burst)
    }
}

/// One API call as `gatehouse up` prints it.
package struct RequestSummary: Sendable {
    package let method: String
    package let path: String
    package let status: Int
    package let routeKey: String?
    package let milliseconds: Double
    /// Why the gateway itself answered with an error.
    package let reason: String?
    /// How AWS would have ended it for a quota of its own.
    package let mark: String?
}
