import GatewayModel
package import NIOCore

/// The execution environments of one function, on its event loop: idle ones are used again, newest first.
///
/// `PoolMachine` decides; this keeps the environments, their starts and their time.
final class FunctionPool {
    let host: LambdaHost
    let loop: LoopRuntime
    private(set) var definition: Lambda.FunctionDefinition

    private var machine = PoolMachine<Sandbox>()
    /// Every environment whose process has not ended, of all versions.
    private var sandboxes: [Sandbox] = []
    private var ticket: StartGate.Ticket?
    private var startsWanted = 0
    private var callsTick: Scheduled<Void>?
    private var idleTick: Scheduled<Void>?
    private var isWatchingCalls = false
    private var isWatchingIdle = false
    private var quietTicks = 0
    private var allEnded: EventLoopPromise<Void>?
    private var notedRuntimes: Set<String> = []
    private var rehearsal: Rehearsal?
    /// Whether calls come to this function: it has an environment, or had one until its revision was replaced.
    private var isInUse = false

    init(definition: Lambda.FunctionDefinition, host: LambdaHost, loop: LoopRuntime) {
        self.definition = definition
        self.host = host
        self.loop = loop
        _ = machine.update(definition.versions, reserved: definition.reservedConcurrency)
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        let eventLoop = loop.eventLoop
        ticket = StartGate.Ticket { eventLoop.execute { bound.value.startGranted() } }
    }

    var eventLoop: any EventLoop { loop.eventLoop }

    /// Takes a new definition: environments whose version changed or is gone are ended as soon as they are idle.
    func update(_ definition: Lambda.FunctionDefinition) {
        self.definition = definition
        let update = machine.update(definition.versions, reserved: definition.reservedConcurrency)
        for sandbox in update.ended { sandbox.kill() }
        // What still starts would be ended when it is done.
        for sandbox in sandboxes where sandbox.place == .starting && !isWanted(sandbox) { sandbox.kill() }
        for call in update.lost { call.answer(.notFound) }
        for (sandbox, call) in update.served { sandbox.invoke(call) }
        wantStarts()
    }

    private func isWanted(_ sandbox: Sandbox) -> Bool { sandbox.revision.isCurrent || sandbox.revision.isRehearsed }

    /// Ends every environment; done when all processes have ended.
    ///
    /// - Parameter letsFinish: whether calls that are being worked on are waited for, as Lambda does when a function is
    ///   deleted.
    func stop(letsFinish: Bool) -> EventLoopFuture<Void> {
        for call in machine.stop() { call.answer(.notFound) }
        endRehearsal(.abandoned)
        wantStarts()
        let promise = allEnded ?? eventLoop.makePromise(of: Void.self)
        allEnded = promise
        for sandbox in sandboxes {
            switch sandbox.place {
            case .invoked, .returning, .lingering: if !letsFinish { sandbox.kill() }
            case .starting, .idle, .ended: sandbox.kill()
            }
        }
        if sandboxes.isEmpty { isOver() }
        return promise.futureResult
    }

    // MARK: Invoking

    func invoke(_ request: InvocationRequest, _ answer: @escaping @Sendable (InvocationResult) -> Void) {
        guard request.event.readableBytes <= host.settings.limits.payloadBytes else { return answer(.tooLarge) }
        guard !machine.isStopped, let version = version(for: request.qualifier) else { return answer(.notFound) }
        guard host.admission.take() else { return answer(.throttled(.account)) }
        let admission = host.admission
        let call = PendingInvocation(request: request, invokedARN: invokedARN(request.qualifier)) {
            admission.giveBack()
            answer($0)
        }
        switch machine.arrive(call, for: machine.revision(of: version)) {
        case .invoke(let sandbox): sandbox.invoke(call)
        case .wait: wantStarts()
        case .throttle: return call.answer(.throttled(.reserved))
        }
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

    /// Tells the gate how many starts there should be, when that has changed.
    private func wantStarts() {
        let wanted = machine.startsWanted
        guard wanted != startsWanted, let ticket else { return }
        startsWanted = wanted
        host.startGate.want(wanted, ticket)
    }

    /// The gate lets this function start one environment.
    private func startGranted() {
        // Granting took one off.
        startsWanted -= 1
        switch machine.startGranted() {
        case .start(let revision, let ending):
            ending?.kill()
            let sandbox = Sandbox(revision: revision, pool: self)
            isInUse = true
            sandboxes.append(sandbox)
            machine.started(sandbox)
            rehearsal?.began(sandbox)
            sandbox.start()
            watch()
        case .decline:
            host.startGate.giveBack()
            host.startGate.ended()
        }
        wantStarts()
    }

    /// An init of the revision computes beside others, or does so no more.
    func asideChanged(_ revision: PoolRevision<Sandbox>, _ isAside: Bool) {
        machine.asideChanged(of: revision, isAside)
        wantStarts()
    }

    /// The environment asked for its next event.
    func becameIdle(_ sandbox: Sandbox) {
        let rest = machine.becameIdle(sandbox, .now())
        if isRehearsing(sandbox) { endRehearsal(.started) }
        switch rest {
        case .invoke(let call): sandbox.invoke(call)
        case .rest: break
        case .end: sandbox.kill()
        }
        wantStarts()
    }

    /// The environment answered, or lost its connection; it will ask for the next event.
    func isReturning(_ sandbox: Sandbox) {
        machine.isReturning(sandbox)
        wantStarts()
    }

    /// The environment takes no more calls.
    func isEnding(_ sandbox: Sandbox) {
        machine.isEnding(sandbox)
        wantStarts()
    }

    /// The environment could not start; its error, made for a request id, answers the oldest call that waits for one.
    func failedToStart(_ sandbox: Sandbox, _ error: (String) -> ByteBuffer) {
        let call = machine.failedToStart(sandbox)
        let payload = error(call?.request.requestId ?? "")
        if isRehearsing(sandbox) { endRehearsal(.failed(payload)) }
        call?.answer(
            .functionError(payload, version: sandbox.version.version, logTail: call.map(sandbox.logTail) ?? []))
        wantStarts()
    }

    func ended(_ sandbox: Sandbox) {
        sandboxes.removeAll { $0 === sandbox }
        machine.ended(sandbox)
        host.startGate.ended()
        if isRehearsing(sandbox) { endRehearsal(.abandoned) }
        wantStarts()
        if machine.isStopped, sandboxes.isEmpty { isOver() }
    }

    private func isOver() {
        // They hold the pool, and with it the code.
        ticket = nil
        for tick in [callsTick, idleTick] { tick?.cancel() }
        allEnded?.succeed()
    }

    /// Since when the environment that has been idle longest is; nil when none is.
    var idleSince: NIODeadline? { sandboxes.compactMap(\.machine.idleSince).min() }

    /// Ends the environment that has been idle longest: others need its memory.
    func endLongestIdle() {
        guard let since = idleSince else { return }
        sandboxes.first { $0.machine.idleSince == since }?.kill()
    }

    // MARK: Time

    /// Looks often at environments while calls come, and now and then at idle ones.
    private func watch() {
        quietTicks = 0
        if !isWatchingCalls {
            isWatchingCalls = true
            callsTick = schedule(LambdaLimits.tick) { $0.tickedWhileBusy() }
        }
        if !isWatchingIdle {
            isWatchingIdle = true
            idleTick = schedule(.seconds(10)) { $0.tickedWhileIdle() }
        }
    }

    private func schedule(
        _ time: TimeAmount, _ tick: @escaping @Sendable (FunctionPool) -> Void
    ) -> Scheduled<Void> {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        return eventLoop.scheduleTask(in: time) { tick(bound.value) }
    }

    private func tickedWhileBusy() {
        look()
        quietTicks = sandboxes.contains { $0.place != .idle } || startsWanted > 0 ? 0 : quietTicks + 1
        isWatchingCalls = quietTicks < 20
        if isWatchingCalls { callsTick = schedule(LambdaLimits.tick) { $0.tickedWhileBusy() } }
    }

    private func tickedWhileIdle() {
        look()
        isWatchingIdle = !sandboxes.isEmpty
        isInUse = isWatchingIdle
        if isWatchingIdle { idleTick = schedule(.seconds(10)) { $0.tickedWhileIdle() } }
    }

    private func look() {
        let now = NIODeadline.now()
        for call in machine.expire(now) { call.answer(.expired) }
        for sandbox in sandboxes {
            sandbox.check(now)
            if let since = sandbox.machine.returningSince, now - since > LambdaLimits.returnGrace {
                machine.lingers(sandbox)
            }
        }
        wantStarts()
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
        guard isInUse || isNeeded, !machine.isStopped,
            let version = definition.versions.first(where: { !machine.isKnown($0) })
        else { return eventLoop.makeSucceededFuture(.unneeded) }
        supersedeRehearsal()
        let promise = eventLoop.makePromise(of: RehearsalResult.self)
        rehearsal = Rehearsal(revision: machine.rehearse(version), result: promise)
        wantStarts()
        return promise.futureResult
    }

    /// Ends the rehearsal under way, if there is one.
    func supersedeRehearsal() {
        guard let rehearsal else { return }
        endRehearsal(.superseded)
        rehearsal.sandbox?.kill()
        wantStarts()
    }

    /// The folders of all environments that live.
    var codeFolders: [String] { sandboxes.map(\.version.code.path) }

    private func isRehearsing(_ sandbox: Sandbox) -> Bool { rehearsal?.sandbox === sandbox }

    private func endRehearsal(_ result: RehearsalResult) {
        guard let ended = rehearsal else { return }
        rehearsal = nil
        if case .started = result {
            machine.rehearsalStarted(ended.revision)
        } else {
            for sandbox in machine.endRehearsal(of: ended.revision) { sandbox.kill() }
        }
        ended.result.succeed(result)
    }

    private struct Rehearsal {
        let revision: PoolRevision<Sandbox>
        let result: EventLoopPromise<RehearsalResult>
        private(set) var sandbox: Sandbox?

        init(revision: PoolRevision<Sandbox>, result: EventLoopPromise<RehearsalResult>) {
            self.revision = revision
            self.result = result
        }

        mutating func began(_ sandbox: Sandbox) {
            if self.sandbox == nil, sandbox.revision === revision { self.sandbox = sandbox }
        }
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
struct PendingInvocation: PooledCall {
    let request: InvocationRequest
    let invokedARN: String
    let answer: @Sendable (InvocationResult) -> Void

    var deadline: NIODeadline? { request.deadline }
}
