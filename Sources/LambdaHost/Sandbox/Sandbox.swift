import GatewayModel
import HTTPFront
import NIOCore
import NIOPosix

/// One execution environment: a process, its Runtime API listener, and the invocation it works on.
final class Sandbox {
    enum State {
        /// The process is being started, or runs its static code. `attempt` 1 is bounded by the init time; a process
        /// that needed longer is started once more, bounded by the function's own time-out.
        case starting(since: NIODeadline, attempt: Int)
        case idle(since: NIODeadline)
        case invoked(RunningInvocation)
        /// The response is delivered; the runtime has not asked for the next event yet.
        case answered(since: NIODeadline)
        case ended
    }

    let version: Lambda.FunctionVersion
    /// Both hold each other until the environment has ended.
    let pool: FunctionPool
    let log: SandboxLog
    /// Ends as soon as it is idle.
    var isRetired = false

    private var state: State
    private var pid: Int32 = -1
    private var memory = MemoryGauge()
    private var listener: (any Channel)?
    private var output: (any Channel)?
    private var outputReader: OutputReader?
    private var next: HTTPConnection?
    private var startedAt = NIODeadline.now()
    /// Of the first invocation's REPORT line; nil later.
    private var initMilliseconds: Double?
    private var temporaryFolder = ""

    init(version: Lambda.FunctionVersion, pool: FunctionPool) {
        self.version = version
        self.pool = pool
        state = .starting(since: .now(), attempt: 1)
        log = SandboxLog(definition: pool.definition, version: version, sink: pool.host.settings.logs)
    }

    var isIdle: Bool { if case .idle = state { true } else { false } }
    var isStarting: Bool { if case .starting = state { true } else { false } }
    /// It answered and its runtime will ask for the next event in a moment.
    var isReturning: Bool { if case .answered = state { !isRetired } else { false } }
    var isInvoked: Bool { if case .invoked = state { true } else { false } }
    private var eventLoop: any EventLoop { pool.eventLoop }
    private var functionName: String { pool.definition.functionName }

    // MARK: Starting

    func start() {
        startedAt = .now()
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        ServerBootstrap(group: eventLoop)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let service = RuntimeAPIService(sandbox: bound.value)
                    let connections = bound.value.pool.loop.connections.value
                    try channel.pipeline.syncOperations.addHandler(
                        // A runtime is silent for as long as its function runs.
                        HTTPConnection(
                            service: service, loopState: connections, channel: channel, idleTime: .hours(24)))
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
        guard case .starting = state else { return cleanUp() }
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
        temporaryFolder = started.temporaryFolder
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
        if case .ended = state { pool.host.processes.kill(pid) }
    }

    /// No process could be started at all.
    private func couldNotStart(_ message: String) {
        guard case .starting = state else { return cleanUp() }
        state = .ended
        log.platform(
            "INIT_REPORT Init Duration: 0.00 ms\tPhase: init\tStatus: error\tError Type: Runtime.InvalidEntrypoint")
        log.platform(message)
        let id = pool.oldestWaiting(self)?.request.requestId ?? ""
        pool.failedToStart(
            self, ErrorPayload.make("Runtime.InvalidEntrypoint", "RequestId: \(id) Error: \(message)"))
        cleanUp()
        pool.ended(self)
    }

    // MARK: The Runtime API's events

    /// The runtime asks for its next event.
    func nextRequested(_ connection: HTTPConnection) {
        switch state {
        case .starting:
            initMilliseconds = Double((NIODeadline.now() - startedAt).nanoseconds) / 1_000_000
            fallthrough
        case .answered:
            state = .idle(since: .now())
            next = connection
            pool.becameIdle(self)
        case .idle, .invoked, .ended:
            RuntimeAPIService.refuse(
                connection, status: 403, type: "InvalidStateTransition",
                message: "the runtime asked for an event while it has one")
        }
    }

    /// The connection on which an event was awaited is gone.
    func nextAbandoned(_ connection: HTTPConnection) {
        if next === connection { next = nil }
    }

    /// The runtime's answer; false when there is no such invocation.
    func answered(_ requestId: [UInt8], _ payload: ByteBuffer, isError: Bool) -> Bool {
        guard case .invoked(let running) = state, Array(running.call.request.requestId.utf8) == requestId else {
            return false
        }
        state = .answered(since: .now())
        if payload.readableBytes > LambdaLimits.payloadBytes {
            finish(
                running, .failed(ErrorPayload.responseTooLarge, status: "error", type: "Function.ResponseSizeTooLarge"))
        } else if isError {
            finish(running, .failed(payload, status: nil, type: nil))
        } else {
            finish(running, .succeeded(payload))
        }
        return true
    }

    /// The runtime reports that its static code failed; it will exit.
    func initFailed(_ payload: ByteBuffer, type: String) {
        guard case .starting(let since, _) = state else { return }
        let elapsed = Double((NIODeadline.now() - since).nanoseconds) / 1_000_000
        log.platform(
            "INIT_REPORT Init Duration: \(elapsed.twoDecimals) ms\tPhase: init\tStatus: error\tError Type: \(type)")
        state = .ended
        afterOutput { [self] in
            pool.failedToStart(self, payload)
            pool.host.processes.kill(pid)
        }
    }

    // MARK: Invoking

    /// Hands the event over; the environment is idle and its runtime waits.
    func invoke(_ call: PendingInvocation) {
        guard isIdle, let connection = next else {
            // The runtime's connection broke while it was idle; the process is of no more use.
            kill()
            return call.answer(
                .functionError(
                    ErrorPayload.exit(call.request.requestId, "Runtime exited without providing a reason"),
                    version: version.version, logTail: []))
        }
        next = nil
        outputReader?.runPending()
        let running = RunningInvocation(call: call, timeout: version.timeout)
        state = .invoked(running)
        log.begin(call.request.requestId, version: version.version)
        RuntimeAPIService.deliver(call, running, on: connection)
    }

    private func finish(_ running: RunningInvocation, _ ending: RunningInvocation.Ending) {
        let call = running.call
        let elapsed = Double((NIODeadline.now() - running.startedAt).nanoseconds) / 1_000_000
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
        switch state {
        case .starting(let since, let attempt):
            let limit = attempt == 1 ? LambdaLimits.initTime : .seconds(Int64(version.timeout))
            if now - since > limit { initTimedOut(attempt) }
        case .invoked(let running):
            if now >= running.deadline { return timedOut(running) }
            checkMemory(running)
        case .answered(let since):
            // A runtime that answered and does not come back is stuck.
            if now - since > .seconds(Int64(max(version.timeout, 10))) { kill() }
        case .idle(let since):
            if now - since > LambdaLimits.idleTime { kill() }
        case .ended: break
        }
    }

    private func initTimedOut(_ attempt: Int) {
        if attempt == 1 {
            log.platform("INIT_REPORT Init Duration: 10000.00 ms\tPhase: init\tStatus: timeout")
            state = .starting(since: .now(), attempt: 2)
            isRestarting = true
            pool.host.processes.kill(pid)
            return
        }
        let id = pool.oldestWaiting(self)?.request.requestId ?? ""
        pool.failedToStart(self, ErrorPayload.timeout(id, seconds: version.timeout))
        kill()
    }

    private var isRestarting = false

    private func timedOut(_ running: RunningInvocation) {
        state = .ended
        let payload = ErrorPayload.timeout(running.call.request.requestId, seconds: version.timeout)
        finish(running, .failed(payload, status: "timeout", type: nil))
        pool.host.processes.kill(pid)
    }

    private func checkMemory(_ running: RunningInvocation) {
        memory.sample()
        guard memory.currentMegabytes > version.memorySize else { return }
        // The process dies as the kernel would kill it; `exited` answers with its words.
        pool.host.processes.kill(pid)
    }

    // MARK: Ending

    /// Ends the process, whatever it does; a call that it works on is answered as one whose runtime went away.
    func kill() {
        switch state {
        case .ended: return
        case .invoked(let running):
            state = .ended
            let payload = ErrorPayload.exit(running.call.request.requestId, "Runtime exited without providing a reason")
            finish(running, .failed(payload, status: "error", type: "Runtime.ExitError"))
        case .starting, .idle, .answered: state = .ended
        }
        if pid > 0 { pool.host.processes.kill(pid) } else { cleanUp(); pool.ended(self) }
    }

    private func exited(_ exit: ProcessTable.Exit) {
        pid = -1
        // What it wrote last is still in the pipe.
        afterOutput { [self] in ended(exit) }
    }

    private func ended(_ exit: ProcessTable.Exit) {
        if isRestarting {
            isRestarting = false
            cleanUp()
            return start()
        }
        let reason = ErrorPayload.exitReason(exit)
        switch state {
        case .invoked(let running):
            state = .ended
            let id = running.call.request.requestId
            log.platform("RequestId: \(id) Error: \(reason)\nRuntime.ExitError")
            finish(running, .failed(ErrorPayload.exit(id, reason), status: "error", type: "Runtime.ExitError"))
        case .starting:
            state = .ended
            let id = pool.oldestWaiting(self)?.request.requestId ?? ""
            log.platform(
                "INIT_REPORT Init Duration: 0.00 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError")
            pool.failedToStart(self, ErrorPayload.exit(id, reason))
        case .idle, .answered, .ended: state = .ended
        }
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
    let deadline: NIODeadline
    /// Milliseconds since 1970: what the runtime counts its remaining time by.
    let deadlineEpochMilliseconds: Int64

    init(call: PendingInvocation, timeout: Int) {
        self.call = call
        deadline = startedAt + .seconds(Int64(timeout))
        deadlineEpochMilliseconds = SystemClock.epochMilliseconds + Int64(timeout) * 1000
    }
}
