package import GatewayModel
package import NIOCore
package import NIOPosix
import Synchronization

/// Runs functions: one process per execution environment, as many at once as calls and limits ask for.
///
/// Every function lives on one event loop. All that concerns it happens there, without locks.
package final class LambdaHost: Sendable {
    let settings: LambdaHostSettings
    let processes: ProcessTable
    package let runtimes: RuntimeCatalog
    let admission: Admission
    let startGate: StartGate
    /// Of all functions, in bytes.
    let queuedEvents = Admission(limit: LambdaLimits.queuedEventBytes)
    private let shortages: AsyncStream<Void>.Continuation
    private let nextLoop = Atomic<Int>(0)
    private let loops: [LoopRuntime]
    private let functions = Mutex<[String: FunctionHandle]>([:])
    /// Removed, with calls that are still worked on.
    private let leaving = Mutex<[FunctionHandle]>([])

    package init(group: MultiThreadedEventLoopGroup, settings: LambdaHostSettings) async throws {
        self.settings = settings
        processes = try ProcessTable.shared()
        admission = Admission(limit: settings.concurrency)
        runtimes = RuntimeCatalog(settings: settings)
        var loops: [LoopRuntime] = []
        for loop in group.makeIterator() { loops.append(try await LoopRuntime(eventLoop: loop)) }
        self.loops = loops
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        shortages = continuation
        startGate = StartGate(
            places: System.coreCount, hasMemory: { MachineMemory.hasRoom }, onShortage: { continuation.yield() })
        Task { [weak self] in
            for await _ in stream { await self?.makeRoom() }
        }
    }

    deinit { shortages.finish() }

    /// The machine is short of memory: ends the environment that has been idle longest, of whatever function.
    private func makeRoom() async {
        var longest: (handle: FunctionHandle, since: NIODeadline)?
        for handle in all {
            guard let since = await handle.idleSince(), since < longest?.since ?? .distantFuture else { continue }
            longest = (handle, since)
        }
        longest?.handle.endLongestIdle()
        try? await Task.sleep(for: .milliseconds(200))
        startGate.lookAgain()
    }

    /// Nil when functions run as the server's own user.
    package var fence: FunctionFence? { settings.fence }

    /// For callers that have no loop of their own.
    package var anyEventLoop: any EventLoop { loops[0].eventLoop }

    /// The function of that name, if it has been published.
    package func function(named name: String) -> FunctionHandle? { functions.withLock { $0[name] } }

    /// New invocations use this definition; environments of other revisions end when they are idle.
    package func publish(_ definition: Lambda.FunctionDefinition) async {
        let handle = functions.withLock { functions in
            if let handle = functions[definition.functionName] { return handle }
            // By a count of their own: functions that go leave no loop without.
            let loop = loops[nextLoop.wrappingAdd(1, ordering: .relaxed).oldValue % loops.count]
            let handle = FunctionHandle(name: definition.functionName, loop: loop, host: self)
            functions[definition.functionName] = handle
            return handle
        }
        await handle.publish(definition)
    }

    /// Starts one environment of a new revision beside those that serve, if there are any or it `isNeeded`; returns when
    /// its init is over.
    package func rehearse(_ definition: Lambda.FunctionDefinition, isNeeded: Bool) async -> RehearsalResult {
        await function(named: definition.functionName)?.rehearse(definition, isNeeded: isNeeded) ?? .unneeded
    }

    /// Ends the rehearsals under way: there is newer code.
    package func supersedeRehearsals() {
        for handle in all { handle.supersedeRehearsal() }
    }

    /// The folders that environments of all functions run in.
    package func codeFolders() async -> Set<String> {
        var folders: Set<String> = []
        for handle in all { folders.formUnion(await handle.codeFolders()) }
        return folders
    }

    /// New invocations find it no more; those that are worked on come to their end.
    package func remove(functionName: String) async {
        guard let handle = functions.withLock({ $0.removeValue(forKey: functionName) }) else { return }
        leaving.withLock { $0.append(handle) }
        await handle.stop(letsFinish: true).whenComplete { _ in
            self.leaving.withLock { $0.removeAll { $0 === handle } }
        }
    }

    /// Ends every environment.
    package func shutdown() async {
        for handle in all { try? await handle.stop(letsFinish: false).get() }
    }

    private var all: [FunctionHandle] { functions.withLock { Array($0.values) } + leaving.withLock(\.self) }
}

package struct LambdaHostSettings: Sendable {
    package var account: AccountIdentity
    /// What `AWS_ENDPOINT_URL` of functions says: Gatehouse itself.
    package var endpointURL: @Sendable () -> String
    /// How they reach APIs of Gatehouse's by HTTPS; nil: not at all.
    package var ownHTTPS: @Sendable () -> OwnHTTPS? = { nil }
    /// Private interpreters, such as `python3.11/` with awslambdaric.
    package var runtimesFolder: String?
    /// Where environments have their `/tmp`, and the Node.js runtime client lies.
    package var scratchFolder: String
    /// The folders of interpreters, as PATH gives them.
    package var searchPath: String
    /// Invocations at once, all functions together. AWS's default account limit is 1,000; a machine's is lower.
    package var concurrency: Int
    package var logs: any FunctionLogSink
    package var limits = CallLimits.aws
    /// Takes memory for what an answer has beyond AWS's 6 MB; false when there is no more.
    package var takeMemory: @Sendable (Int) -> Bool = { _ in true }
    package var giveMemory: @Sendable (Int) -> Void = { _ in }
    /// nil gives every environment credentials that nobody knows.
    package var sessions: (any FunctionSessionSource)?
    /// nil runs functions as the server's own user.
    package var fence: FunctionFence?

    package init(
        account: AccountIdentity, endpointURL: @escaping @Sendable () -> String, runtimesFolder: String?,
        scratchFolder: String,
        searchPath: String, concurrency: Int = 100, logs: any FunctionLogSink
    ) {
        self.account = account
        self.endpointURL = endpointURL
        self.runtimesFolder = runtimesFolder
        self.scratchFolder = scratchFolder
        self.searchPath = searchPath
        self.concurrency = concurrency
        self.logs = logs
    }
}

/// Takes what functions write, with the lines of the platform between.
package protocol FunctionLogSink: Sendable {
    /// Where the lines of one environment go, for as long as somebody holds it.
    func stream(of source: FunctionLogSource) -> any FunctionLogStream
}

package protocol FunctionLogStream: Sendable {
    /// Takes whole lines, each with its end, without waiting; the bytes are there until it returns. Lines of the
    /// platform are START, END, REPORT and the like.
    func append(_ lines: UnsafeRawBufferPointer, isPlatform: Bool)
}

/// Which environment writes.
package struct FunctionLogSource: Sendable {
    package let functionName: String
    package let logGroup: String
    package let logStream: String
}
