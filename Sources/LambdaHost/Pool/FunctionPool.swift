import GatewayModel
package import NIOCore

/// The execution environments of one function, on its event loop: idle ones are used again, newest first.
final class FunctionPool {
    let host: LambdaHost
    let loop: LoopRuntime
    private(set) var definition: Lambda.FunctionDefinition

    /// Every environment that lives, of all versions.
    private var sandboxes: [Sandbox] = []
    /// Calls that wait for an environment to start. Whichever becomes free first takes the oldest.
    private var waiting: [PendingInvocation] = []
    private var isWatchingCalls = false
    private var isWatchingIdle = false
    private var quietTicks = 0
    private var isStopped = false
    private var allEnded: EventLoopPromise<Void>?
    private var notedRuntimes: Set<String> = []
    private var rehearsal: Rehearsal?
    /// Whether calls come to this function: it has an environment, or had one until its revision was replaced.
    private var isInUse = false

    init(definition: Lambda.FunctionDefinition, host: LambdaHost, loop: LoopRuntime) {
        self.definition = definition
        self.host = host
        self.loop = loop
    }

    var eventLoop: any EventLoop { loop.eventLoop }

    /// Takes a new definition: environments whose version changed or is gone are ended as soon as they are idle.
    func update(_ definition: Lambda.FunctionDefinition) {
        self.definition = definition
        for sandbox in sandboxes where !isCurrent(sandbox) && !isRehearsing(sandbox) {
            sandbox.isRetired = true
            if sandbox.isIdle { sandbox.kill() }
        }
        for (index, call) in waiting.enumerated() {
            if let version = definition.versions.first(where: { $0.version == call.version.version }) {
                waiting[index].version = version
            }
        }
        for sandbox in sandboxes where sandbox.isIdle { serveWaiting(sandbox) }
        startForWaiting()
    }

    /// Ends every environment; done when all processes have ended.
    ///
    /// - Parameter letsFinish: whether calls that are being worked on are waited for, as Lambda does when a function is
    ///   deleted.
    func stop(letsFinish: Bool) -> EventLoopFuture<Void> {
        isStopped = true
        for call in waiting { call.answer(.notFound) }
        waiting = []
        endRehearsal(.abandoned)
        let promise = allEnded ?? eventLoop.makePromise(of: Void.self)
        allEnded = promise
        for sandbox in sandboxes {
            if !letsFinish || !(sandbox.isInvoked || sandbox.isReturning) { sandbox.kill() }
            sandbox.isRetired = true
        }
        if sandboxes.isEmpty { promise.succeed() }
        return promise.futureResult
    }

    private func isCurrent(_ sandbox: Sandbox) -> Bool {
        definition.versions.contains {
            $0.version == sandbox.version.version && $0.revisionId == sandbox.version.revisionId
        }
    }

    // MARK: Invoking

    func invoke(_ request: InvocationRequest, _ answer: @escaping @Sendable (InvocationResult) -> Void) {
        guard request.event.readableBytes <= LambdaLimits.payloadBytes else { return answer(.tooLarge) }
        guard !isStopped, let version = version(for: request.qualifier) else { return answer(.notFound) }
        guard host.admission.take() else { return answer(.throttled(.account)) }
        let admission = host.admission
        let call = PendingInvocation(request: request, version: version, invokedARN: invokedARN(request.qualifier)) {
            admission.giveBack()
            answer($0)
        }
        if let sandbox = sandboxes.last(where: { $0.isIdle && $0.version.revisionId == version.revisionId }) {
            sandbox.invoke(call)
            watch()
            return
        }
        if let reserved = definition.reservedConcurrency {
            let underWay = sandboxes.count(where: \.isInvoked) + waiting.count
            guard underWay < reserved else { return call.answer(.throttled(.reserved)) }
            // An idle environment of another version makes room.
            let serving = sandboxes.filter(isCurrent)
            if serving.count >= reserved { serving.first(where: \.isIdle)?.kill() }
        }
        waiting.append(call)
        startForWaiting()
        watch()
    }

    /// Resolves a qualifier: a version, an alias by its weights, or `$LATEST`.
    private func version(for qualifier: String?) -> Lambda.FunctionVersion? {
        var wanted = qualifier ?? "$LATEST"
        if let alias = definition.aliases.first(where: { $0.name == wanted }) {
            wanted = alias.functionVersion
            if let additional = alias.additionalVersion, Double.random(in: 0..<1) < alias.additionalWeight {
                wanted = additional
            }
        }
        return definition.versions.first { $0.version == wanted }
    }

    private func invokedARN(_ qualifier: String?) -> String {
        definition.account.functionARN(definition.functionName, qualifier: qualifier)
    }

    // MARK: Environments

    private func start(_ version: Lambda.FunctionVersion) {
        let sandbox = Sandbox(version: version, pool: self)
        isInUse = true
        sandboxes.append(sandbox)
        sandbox.start()
        watch()
    }

    /// The environment asked for its next event.
    func becameIdle(_ sandbox: Sandbox) {
        guard !sandbox.isRetired else { return sandbox.kill() }
        if isRehearsing(sandbox) { endRehearsal(.started) }
        serveWaiting(sandbox)
    }

    private func serveWaiting(_ sandbox: Sandbox) {
        guard let index = waiting.firstIndex(where: { $0.version.revisionId == sandbox.version.revisionId }) else {
            return
        }
        sandbox.invoke(waiting.remove(at: index))
    }

    /// The environment could not start; its error answers the oldest call that waits for one.
    func failedToStart(_ sandbox: Sandbox, _ error: ByteBuffer) {
        if isRehearsing(sandbox) { endRehearsal(.failed(error)) }
        guard let index = waiting.firstIndex(where: { $0.version.revisionId == sandbox.version.revisionId }) else {
            return
        }
        let call = waiting.remove(at: index)
        call.answer(.functionError(error, version: sandbox.version.version, logTail: sandbox.logTail(call)))
    }

    /// The request id of the call that an environment was started for, for the words of its errors.
    func oldestWaiting(_ sandbox: Sandbox) -> PendingInvocation? {
        waiting.first { $0.version.revisionId == sandbox.version.revisionId }
    }

    func ended(_ sandbox: Sandbox) {
        sandboxes.removeAll { $0 === sandbox }
        if isRehearsing(sandbox) { endRehearsal(.abandoned) }
        if isStopped, sandboxes.isEmpty { allEnded?.succeed() }
        startForWaiting()
    }

    /// Every waiting call has an environment on its way: one that starts, or one that comes back from its last call.
    private func startForWaiting() {
        guard !isStopped else { return }
        for call in waiting {
            let wanted = waiting.filter { $0.version.revisionId == call.version.revisionId }.count
            let coming = sandboxes.count {
                ($0.isStarting || $0.isReturning) && $0.version.revisionId == call.version.revisionId
            }
            guard coming < wanted else { continue }
            start(call.version)
        }
    }

    // MARK: Time

    /// Looks often at environments while calls come, and now and then at idle ones.
    private func watch() {
        quietTicks = 0
        if !isWatchingCalls {
            isWatchingCalls = true
            schedule(LambdaLimits.tick) { $0.tickedWhileBusy() }
        }
        if !isWatchingIdle {
            isWatchingIdle = true
            schedule(.seconds(10)) { $0.tickedWhileIdle() }
        }
    }

    private func schedule(_ time: TimeAmount, _ tick: @escaping @Sendable (FunctionPool) -> Void) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: time) { tick(bound.value) }
    }

    private func tickedWhileBusy() {
        let now = NIODeadline.now()
        for sandbox in sandboxes { sandbox.check(now) }
        quietTicks = sandboxes.contains { !$0.isIdle } ? 0 : quietTicks + 1
        isWatchingCalls = quietTicks < 20
        if isWatchingCalls { schedule(LambdaLimits.tick) { $0.tickedWhileBusy() } }
    }

    private func tickedWhileIdle() {
        let now = NIODeadline.now()
        for sandbox in sandboxes { sandbox.check(now) }
        isWatchingIdle = !sandboxes.isEmpty
        isInUse = isWatchingIdle
        if isWatchingIdle { schedule(.seconds(10)) { $0.tickedWhileIdle() } }
    }

    // MARK: Notes

    /// Says once per runtime that another one runs the function.
    func note(_ text: String, _ sandbox: Sandbox) {
        guard notedRuntimes.insert(text).inserted else { return }
        sandbox.log.platform(text)
    }
}

/// Trying a new revision beside the one that serves.
extension FunctionPool {
    /// Starts an environment of the revision that the definition has and this pool does not, if calls come to the
    /// function or it `isNeeded`. Whatever publishes that revision next finds the environment idle.
    func rehearse(_ definition: Lambda.FunctionDefinition, isNeeded: Bool) -> EventLoopFuture<RehearsalResult> {
        guard isInUse || isNeeded, !isStopped, let version = definition.versions.first(where: { !isKnown($0) }) else {
            return eventLoop.makeSucceededFuture(.unneeded)
        }
        supersedeRehearsal()
        let sandbox = Sandbox(version: version, pool: self)
        let promise = eventLoop.makePromise(of: RehearsalResult.self)
        rehearsal = Rehearsal(sandbox: sandbox, result: promise)
        sandboxes.append(sandbox)
        sandbox.start()
        watch()
        return promise.futureResult
    }

    /// Ends the rehearsal under way, if there is one.
    func supersedeRehearsal() {
        guard let rehearsal else { return }
        endRehearsal(.superseded)
        rehearsal.sandbox.kill()
    }

    /// The folders of all environments that live.
    var codeFolders: [String] { sandboxes.map(\.version.codeFolder) }

    private func isKnown(_ version: Lambda.FunctionVersion) -> Bool {
        definition.versions.contains { $0.version == version.version && $0.revisionId == version.revisionId }
    }

    private func isRehearsing(_ sandbox: Sandbox) -> Bool { rehearsal?.sandbox === sandbox }

    private func endRehearsal(_ result: RehearsalResult) {
        let ended = rehearsal
        rehearsal = nil
        ended?.result.succeed(result)
    }

    private struct Rehearsal {
        let sandbox: Sandbox
        let result: EventLoopPromise<RehearsalResult>
    }
}

/// What came of starting an environment before its revision is published.
package enum RehearsalResult: Sendable {
    case started
    /// With what the runtime reported.
    case failed(ByteBuffer)
    /// Something else happened to the function meanwhile.
    case abandoned
    /// There is newer code to be tried.
    case superseded
    /// No call has come to the function yet.
    case unneeded
}

/// A call that has no environment yet.
struct PendingInvocation {
    let request: InvocationRequest
    var version: Lambda.FunctionVersion
    let invokedARN: String
    let answer: @Sendable (InvocationResult) -> Void
}
