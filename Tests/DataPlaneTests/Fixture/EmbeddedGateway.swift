import Callers
import GatewayModel
import NIOCore
import NIOEmbedded

@testable import DataPlane
@testable import HTTPFront

private struct ClientGone: Error {}

/// A data plane of one connection on an event loop whose time a test moves.
final class EmbeddedGateway {
    let function = StandInFunction()
    /// The function `auth`, which authorizers ask.
    let asked: StandInFunction
    /// The function `closed`, whose policy lets nobody call it.
    let closed = StandInFunction(policy: Lambda.ResourcePolicy())
    let authorizer: StandInAuthorizer
    let memory: MemoryBudget
    let stage: CompiledStage
    let meters = UsageMeters()
    private let loop: EmbeddedEventLoop
    private let channel: EmbeddedChannel
    private let worker: LoopWorker
    private let logs = StandInLogs()
    private var unsent: [ByteBuffer] = []
    private var bytes = ""

    /// The API of the stage that may stand beside.
    static let otherId = "z9y8x7w6v5"

    /// All routes of `api` ask `authorizer`, if there is one. `other` is another API's stage.
    convenience init(
        _ api: TestAPI, _ verdict: StandInAuthorizer.Verdict? = nil, memory limit: Int = .max,
        beside other: (any StagePipeline)? = nil, account: Int? = nil
    ) throws {
        var api = api
        if verdict != nil { api.authorizationType = "CUSTOM" }
        try self.init(api.definition, verdict, memory: limit, beside: other, account: account)
    }

    init(
        _ definition: StageDefinition, _ verdict: StandInAuthorizer.Verdict? = nil, memory limit: Int = .max,
        beside other: (any StagePipeline)? = nil, account: Int? = nil, services: AWSServices = AWSServices(),
        issuers: (any IssuerDirectory)? = nil, asked: StandInFunction = StandInFunction()
    ) throws {
        self.asked = asked
        loop = EmbeddedEventLoop()
        channel = EmbeddedChannel(loop: loop)
        authorizer = StandInAuthorizer(verdict ?? .now(nil))
        memory = MemoryBudget(limit: limit)
        var options = DataPlaneOptions()
        options.memory = memory
        if let account { options.limitAccount(rate: 0.001, burst: account) }
        worker = LoopWorker(
            eventLoop: loop, number: 0, options: options, origins: Origins(),
            names: NameResolver(lookup: options.lookup))
        var compiler = StageCompiler(
            functions: StandInFunctions(functions: ["f": function, "auth": asked, "closed": closed]), accessLogs: logs,
            origins: Origins(),
            states: StageStates(loops: [loop]))
        compiler.authorizers = issuers.map(AuthorizerCompiler.init) ?? authorizer
        compiler.services = services
        stage = try compiler.compile(definition, previous: nil)
        var stages = [stage]
        if let other {
            var api = TestAPI(routes: [])
            api.apiId = Self.otherId
            stages.append(
                CompiledStage(
                    api.definition, .other(other), preparation: 0, accessLog: stage.accessLog,
                    state: StageStates(loops: [loop]).state(of: api.key)))
        }
        worker.serve(Snapshot.empty.next(stages, removing: []))
        let connection = HTTPConnection(
            service: Exchange(worker: worker), loopState: LoopConnections(eventLoop: loop), channel: channel)
        try channel.pipeline.syncOperations.addHandler(connection)
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
    }

    deinit { _ = try? channel.finish(acceptAlreadyClosed: true) }

    /// The roles that there are now.
    func publish(_ callers: CallerDirectory) { worker.serve(worker.snapshot.next(callers)) }

    func publish(_ plans: [REST.UsagePlan], _ keys: [REST.KeyDefinition], removing: [String] = []) {
        var changes = REST.KeyChanges()
        for plan in plans { changes.plans[plan.id] = plan }
        for key in keys { changes.keys[key.id] = key }
        for id in removing { changes.keys.updateValue(nil, forKey: id) }
        worker.serve(worker.snapshot.next(worker.snapshot.keys.applying(changes, meters)))
    }

    /// Hands over each piece as a read of its own, as long as the connection reads.
    func send(_ pieces: String...) {
        unsent += pieces.map { ByteBuffer(string: $0) }
        deliver()
    }

    func wait(milliseconds: Int64) {
        loop.advanceTime(by: .milliseconds(milliseconds))
        deliver()
    }

    /// The client's connection breaks.
    func reset() {
        channel.pipeline.fireErrorCaught(ClientGone())
        channel.close(promise: nil)
        loop.run()
    }

    private func deliver() {
        while isReading, channel.isActive, !unsent.isEmpty { _ = try? channel.writeInbound(unsent.removeFirst()) }
        loop.run()
    }

    var isReading: Bool {
        for (option, value) in channel.options where option is ChannelOptions.Types.AutoReadOption {
            return value as? Bool ?? true
        }
        return true
    }

    /// Bytes that the client has been sent, all in all.
    var received: String {
        while let next = try? channel.readOutbound(as: ByteBuffer.self) { bytes += String(buffer: next) }
        return bytes
    }

    /// The status lines among them; the first behind a body stands on its line.
    var statuses: [String] {
        received.ranges(of: "HTTP/1.1 ").map { String(received[$0.upperBound...].prefix { $0 != "\r\n" }) }
    }

    var entries: [String] {
        worker.flushLogs()
        return logs.named(TestAPI.logGroup).lines
    }

    /// What has been written down in that group.
    func lines(of group: String) -> [String] {
        worker.flushLogs()
        return logs.named(group).lines
    }

    var metrics: StageMetrics { stage.state.metrics[0].value }
}

/// An authorizer that decides as a test says, and counts how often it was asked.
final class StandInAuthorizer: Authorizer, AuthorizerDirectory {
    enum Verdict {
        /// nil lets the request pass.
        case now(Refusal?)
        /// It says that it waits, though its answer is at hand.
        case marked
        case after(milliseconds: Int64, Refusal?)
        /// It says the same once more, as long after.
        case twice(milliseconds: Int64)
    }

    private let verdict: Verdict
    private let count = Counter()

    init(_ verdict: Verdict) { self.verdict = verdict }

    var asked: Int { count.value }

    func authorizer(of route: V2.Route, _ definition: V2.Authorizer?) -> (any Authorizer)? { self }
    func authorizer(of method: REST.Method, _ definition: REST.Authorizer?) -> (any Authorizer)? { nil }

    func decide(_ x: Exchange) throws(Refusal) -> StepResult {
        count.increment()
        let pause = x.pause
        switch verdict {
        case .now(nil): return .next
        case .now(let refusal?): throw refusal
        case .marked:
            x.resume(pause)
            return .wait
        case .twice(let milliseconds):
            let bound = NIOLoopBound(x, eventLoop: x.worker.eventLoop)
            for time in [milliseconds, 2 * milliseconds] {
                x.worker.eventLoop.scheduleTask(in: .milliseconds(time)) { bound.value.resume(pause) }
            }
            return .wait
        case .after(let milliseconds, let refusal):
            let bound = NIOLoopBound(x, eventLoop: x.worker.eventLoop)
            x.worker.eventLoop.scheduleTask(in: .milliseconds(milliseconds)) { bound.value.resume(pause, refusal) }
            return .wait
        }
    }
}
