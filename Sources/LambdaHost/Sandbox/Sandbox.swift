import CSandbox
import GatewayModel
import HTTPFront
import NIOCore
import NIOPosix

/// One execution environment: a process, its Runtime API listener, and the invocation it works on.
///
/// `SandboxMachine` decides what happens; this does it, and tells the pool.
final class Sandbox: PooledEnvironment {
    typealias Call = PendingInvocation

    let revision: PoolRevision<Sandbox>
    var place = EnvironmentPlace.ended
    /// Both hold each other until the environment has ended.
    let pool: FunctionPool
    let log: SandboxLog

    var machine: SandboxMachine<RunningInvocation>
    /// What the runtime streams for the call that it works on.
    var answering: StreamingAnswer?
    private var startPlace: StartPlace?
    private var pid: Int32 = -1
    private var identity: ProcessIdentity?
    private var memory = MemoryGauge()
    private var listener: (any Channel)?
    private var output: (any Channel)?
    private var outputReader: OutputReader?
    private var next: HTTPStream?
    /// Of the first invocation's REPORT line; nil later.
    private var initMilliseconds: Double?
    private var temporaryFolder = ""
    /// Ends with the process.
    private var session: FunctionSession?
    /// The process ended before it was known that it had begun.
    private var earlyExit: ProcessTable.Exit?

    init(revision: PoolRevision<Sandbox>, pool: FunctionPool) {
        self.revision = revision
        self.pool = pool
        let version = revision.version
        machine = SandboxMachine(limits: .init(timeout: .seconds(Int64(version.timeout))), now: .now())
        startPlace = StartPlace(gate: pool.host.startGate) { pool.asideChanged(revision, $0) }
        log = SandboxLog(definition: pool.definition, version: version, sink: pool.host.settings.logs)
    }

    var version: Lambda.FunctionVersion { revision.version }
    private var eventLoop: any EventLoop { pool.eventLoop }
    private var processes: ProcessTable { pool.host.processes }

    // MARK: Starting

    func start() {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        ServerBootstrap(group: eventLoop)
            // Nobody is let in before the process is known that may come.
            .serverChannelOption(.autoRead, value: false)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let sandbox = bound.value
                    let service = RuntimeAPIService(sandbox: sandbox, isOwn: sandbox.isOwn(channel))
                    try channel.pipeline.syncOperations.addHandler(
                        // A runtime is silent for as long as its function runs.
                        HTTPConnection(
                            service: service, loopState: sandbox.pool.loop.connections.value, channel: channel,
                            idleTime: .hours(24), bodyTime: .hours(24), trailerBytes: LambdaLimits.trailerBytes))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .whenComplete { result in
                switch result {
                case .success(let channel): bound.value.listening(channel)
                case .failure(let error): bound.value.couldNotStart("cannot listen for the runtime: \(error)")
                }
            }
    }

    private func listening(_ channel: any Channel) {
        listener = channel
        guard machine.isStarting else { return over() }
        let port = channel.localAddress?.port ?? 0
        let launch = Launch(
            version: version, definition: pool.definition, settings: pool.host.settings,
            logStream: log.stream, runtimeAPI: "127.0.0.1:\(port)")
        let host = pool.host
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let eventLoop = eventLoop
        NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
            try launch.run(runtimes: host.runtimes, processes: host.processes) { exit in
                eventLoop.execute { bound.value.exited(exit) }
            }
        }.whenComplete { result in
            switch result {
            case .success(let started): bound.value.launched(started)
            case .failure(let error): bound.value.couldNotStart("\((error as? LaunchError)?.message ?? "\(error)")")
            }
        }
    }

    private func launched(_ started: Launch.Started) {
        pid = started.pid
        identity = started.identity
        temporaryFolder = started.temporaryFolder
        session = started.session
        memory.open(pid)
        for note in started.notes { pool.note(note, self) }
        let reader = OutputReader(descriptor: started.output, log: log)
        outputReader = reader
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let readerBound = NIOLoopBound(reader, eventLoop: eventLoop)
        NIOPipeBootstrap(group: eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(readerBound.value)
                }
            }
            .takingOwnershipOfDescriptor(input: started.output)
            .whenSuccess { channel in bound.value.output = channel }
        listener?.setOption(.autoRead, value: true).whenFailure { _ in bound.value.kill() }
        switch machine.state {
        case .ending, .restarting: processes.kill(pid)
        default: break
        }
        if let exit = earlyExit {
            earlyExit = nil
            exited(exit)
        }
    }

    /// Whether the connection comes from a process of this environment. Where the system does not tell, it does: the
    /// request itself is looked at in any case (see `RuntimeAPIService`).
    private func isOwn(_ channel: any Channel) -> Bool {
        guard let from = channel.remoteAddress?.port, let to = channel.localAddress?.port else { return false }
        return ProcessIdentity.with(identity) { identity in
            sandbox_holds_connection(pid, identity, UInt16(clamping: from), UInt16(clamping: to)) != 0
        }
    }

    /// No process could be started at all.
    private func couldNotStart(_ message: String) {
        guard case .failedToStart = machine.exited(.now()) else { return over() }
        log.platform(
            "INIT_REPORT Init Duration: 0.00 ms\tPhase: init\tStatus: error\tError Type: Runtime.InvalidEntrypoint")
        log.platform(message)
        pool.failedToStart(self) { id in
            ErrorPayload.make("Runtime.InvalidEntrypoint", "RequestId: \(id) Error: \(message)")
        }
        over()
    }

    // MARK: The Runtime API's events

    /// The runtime asks for its next event.
    func nextRequested(_ stream: HTTPStream) {
        switch machine.nextRequested(.now()) {
        case .ready(let initTime):
            if let initTime { initMilliseconds = initTime.milliseconds }
            startPlace = nil
            next = stream
            pool.becameIdle(self)
        case .replaces:
            let given = next
            next = stream
            given?.close()
        case .refused:
            RuntimeAPIService.refuse(
                stream, status: 403, type: "InvalidStateTransition",
                message: "the runtime asked for an event while it has one")
        }
    }

    /// A connection is gone; it may be the one on which an event was awaited.
    func connectionLost(_ stream: HTTPStream) {
        answerLost(stream)
        guard next === stream else { return }
        next = nil
        if machine.nextLost(.now()) { pool.isReturning(self) }
    }

    /// The runtime's answer; false when there is no such invocation.
    ///
    /// - Parameter fault: why the payload is not kept.
    func answered(
        _ requestId: [UInt8], _ payload: ByteBuffer, isError: Bool, fault: RunningInvocation.Ending? = nil
    ) -> Bool {
        // A runtime that streams may still fail; a second answer is none.
        guard answering == nil || isError else { return false }
        let running = machine.answered(.now()) { $0.call.request.requestId.utf8.elementsEqual(requestId) }
        guard let running else { return false }
        pool.isReturning(self)
        if let fault {
            finish(running, fault)
        } else if isError {
            finish(running, .failed(payload, status: nil, type: nil))
        } else {
            finish(running, .succeeded(payload))
        }
        return true
    }

    /// The runtime reports that its static code failed; it will exit.
    func initFailed(_ payload: ByteBuffer, type: String) {
        guard let elapsed = machine.initFailed(.now()) else { return }
        let duration = elapsed.milliseconds.twoDecimals
        afterOutput { [self] in
            log.platform("INIT_REPORT Init Duration: \(duration) ms\tPhase: init\tStatus: error\tError Type: \(type)")
            pool.failedToStart(self) { _ in payload }
            processes.kill(pid)
        }
    }

    var limits: CallLimits { pool.host.settings.limits }

    // MARK: Invoking

    /// Hands the event over; the pool knows that the environment is idle.
    func invoke(_ call: PendingInvocation) {
        let running = RunningInvocation(call: call, timeout: version.timeout)
        guard let connection = next, machine.invoke(running, running.startedAt) else {
            kill()
            let payload = ErrorPayload.quiet(call.request.requestId)
            return call.answer(.functionError(payload, version: version.version, logTail: []))
        }
        next = nil
        // Behind what the init wrote, and the call before.
        afterOutput { [self] in log.begin(call.request.requestId, version: version.version) }
        RuntimeAPIService.deliver(call, running, on: connection)
    }

    func finish(_ running: RunningInvocation, _ ending: RunningInvocation.Ending) {
        let call = running.call
        letGoOfAnswer(running)
        let elapsed = (NIODeadline.now() - running.startedAt).milliseconds
        // Who does not want the log gets the answer before it is written.
        if !call.request.wantsLogTail { deliver(call, ending, tail: []) }
        afterOutput { [self] in
            if case .failed(_, "timeout"?, _) = ending {
                log.timedOut(call.request.requestId, seconds: version.timeout)
            }
            memory.sample()
            log.end(
                call.request.requestId, milliseconds: elapsed, memorySize: version.memorySize,
                memoryUsed: memory.peakMegabytes, initMilliseconds: initMilliseconds, ending: ending)
            initMilliseconds = nil
            if call.request.wantsLogTail { deliver(call, ending, tail: log.tail) }
        }
    }

    /// Runs `action` behind everything that the process has written so far.
    private func afterOutput(_ action: @escaping () -> Void) {
        if let outputReader { outputReader.afterPending(action) } else { action() }
    }

    private func deliver(_ call: PendingInvocation, _ ending: RunningInvocation.Ending, tail: [UInt8]) {
        switch ending {
        case .succeeded(let payload): call.answer(.success(payload, version: version.version, logTail: tail))
        case .failed(let payload, _, _):
            call.answer(.functionError(payload, version: version.version, logTail: tail))
        }
    }

    /// The log of a call that never reached this environment: what its start wrote.
    func logTail(_ call: PendingInvocation) -> [UInt8] { call.request.wantsLogTail ? log.tail : [] }

    // MARK: Time and memory

    func check(_ now: NIODeadline) {
        checkAnswer(now)
        if let held = startPlace, !held.isNeeded(now, cpu: { sandbox_cpu_nanoseconds(pid) }) { startPlace = nil }
        let check = machine.check(
            now,
            memory: {
                memory.sample()
                return memory.currentMegabytes
            }, limit: version.memorySize)
        switch check {
        case .fine: break
        case .restart:
            afterOutput { [self] in
                log.platform("INIT_REPORT Init Duration: 10000.00 ms\tPhase: init\tStatus: timeout")
            }
            endProcess()
        case .initTimedOut:
            pool.failedToStart(self) { ErrorPayload.timeout($0, seconds: version.timeout) }
            endProcess()
        case .timedOut(let running):
            pool.isEnding(self)
            let payload = ErrorPayload.timeout(running.call.request.requestId, seconds: version.timeout)
            finish(running, .failed(payload, status: "timeout", type: nil))
            endProcess()
        case .outOfMemory: processes.kill(pid)
        case .end:
            pool.isEnding(self)
            endProcess()
        }
    }

    // MARK: Ending

    /// Ends the process, whatever it does; a call that it works on is answered as one whose runtime went away.
    func kill() {
        guard case .kill(let running) = machine.kill() else { return }
        pool.isEnding(self)
        if let running {
            let payload = ErrorPayload.quiet(running.call.request.requestId)
            finish(running, .failed(payload, status: "error", type: "Runtime.ExitError"))
        }
        endProcess()
    }

    /// Kills the process, if there is one by now; else what is starting it finds that it is not wanted.
    private func endProcess() {
        if pid > 0 { processes.kill(pid) }
    }

    private func exited(_ exit: ProcessTable.Exit) {
        guard pid > 0 else {
            earlyExit = exit
            return
        }
        pid = -1
        // What it wrote last is still in the pipe.
        afterOutput { [self] in ended(exit) }
    }

    private func ended(_ exit: ProcessTable.Exit) {
        let reason = ErrorPayload.exitReason(exit)
        switch machine.exited(.now()) {
        case .startAgain:
            cleanUp()
            return start()
        case .lost(let running):
            pool.isEnding(self)
            let id = running.call.request.requestId
            log.platform("RequestId: \(id) Error: \(reason)\nRuntime.ExitError")
            finish(running, .failed(ErrorPayload.exit(id, reason), status: "error", type: "Runtime.ExitError"))
        case .failedToStart:
            log.platform(
                "INIT_REPORT Init Duration: 0.00 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError")
            pool.failedToStart(self) { ErrorPayload.exit($0, reason) }
        case .quiet: break
        }
        over()
    }

    private func over() {
        startPlace = nil
        cleanUp()
        pool.ended(self)
    }

    private func cleanUp() {
        listener?.close(promise: nil)
        listener = nil
        output?.close(promise: nil)
        output = nil
        outputReader?.close()
        outputReader = nil
        next?.close()
        next = nil
        memory.close()
        session = nil
        let folder = temporaryFolder
        temporaryFolder = ""
        if !folder.isEmpty { NIOThreadPool.singleton.submit { _ in Launch.removeFolder(folder) } }
    }
}

/// A call that an environment works on.
struct RunningInvocation {
    enum Ending {
        case succeeded(ByteBuffer)
        /// `status` and `type` stand in the REPORT line when the platform, not the function, made the error.
        case failed(ByteBuffer, status: String?, type: String?)
    }

    let call: PendingInvocation
    let startedAt = NIODeadline.now()
    /// Milliseconds since 1970: what the runtime counts its remaining time by.
    let deadlineEpochMilliseconds: Int64

    init(call: PendingInvocation, timeout: Int) {
        self.call = call
        deadlineEpochMilliseconds = SystemClock.epochMilliseconds + Int64(timeout) * 1000
    }
}

extension TimeAmount {
    var milliseconds: Double { Double(nanoseconds) / 1_000_000 }
}
