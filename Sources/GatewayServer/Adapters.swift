import Callers
import ControlPlane
import DataPlane
import GatewayModel
import JSON
import LambdaHost
import NIOCore
import Synchronization

/// The control plane's view of the data plane.
struct TrafficAdapter: Traffic {
    let plane: DataPlane
    let closedStages: ClosedStages
    let brokenTemplates: BrokenTemplates
    let unreached: UnreachedIntegrations

    func prepare(
        _ stages: [StageDefinition], removing: [StageKey]
    ) throws(TrafficError) -> any PreparedTraffic {
        do throws(CompileError) {
            return Prepared(
                prepared: try plane.prepare(stages, removing: removing), stages: stages, removed: removing,
                closedStages: closedStages, brokenTemplates: brokenTemplates, unreached: unreached)
        } catch {
            throw TrafficError(error.message)
        }
    }

    private struct Prepared: PreparedTraffic {
        let prepared: DataPlane.Prepared
        let stages: [StageDefinition]
        let removed: [StageKey]
        let closedStages: ClosedStages
        let brokenTemplates: BrokenTemplates
        let unreached: UnreachedIntegrations

        func publish() async {
            await prepared.publish()
            closedStages.look(at: stages, removed: removed)
            brokenTemplates.look(at: stages, removed: removed)
            unreached.look(at: prepared.calledInVain, removed: removed)
        }
    }
}

/// The control plane's view of what lets keys in and counts them.
struct CallerTrafficAdapter: CallerTraffic {
    let plane: DataPlane

    func publish(callers: @escaping @Sendable () -> CallerDirectory) async { await plane.publish(callers: callers) }
}

struct KeyTrafficAdapter: KeyTraffic {
    let plane: DataPlane

    func publish(_ changes: @escaping @Sendable () -> REST.KeyChanges) async { await plane.publishKeys(changes) }

    func usage(ofKey id: String, in plan: REST.UsagePlan, days: Range<Int64>) async -> [REST.DailyUsage] {
        guard let meter = plane.meters.known(plan: plan.id, key: id) else {
            return days.map { _ in REST.DailyUsage(used: 0, remaining: plan.quota?.limit ?? 0) }
        }
        return meter.usage(days: days, plan.quota)
    }

    func setRemaining(_ remaining: Int, ofKey id: String, in plan: REST.UsagePlan, now: Timestamp) async {
        guard let quota = plan.quota else { return }
        plane.meters.known(plan: plan.id, key: id)?
            .setRemaining(remaining, quota, day: Int(now.seconds / UsagePeriod.secondsOfDay))
    }
}

/// The data plane's view of the function host.
struct FunctionDirectoryAdapter: FunctionDirectory {
    let host: LambdaHost
    let changes: FunctionChanges

    var version: UInt64 { changes.count }

    func function(named name: String, qualifier: String?) -> (any FunctionTarget)? {
        guard let handle = host.function(named: name), let policy = handle.policy(of: qualifier) else { return nil }
        return Target(host: host, handle: handle, qualifier: qualifier, policy: policy)
    }

    private struct Target: FunctionTarget {
        let host: LambdaHost
        let handle: FunctionHandle
        let qualifier: String?
        let policy: Lambda.ResourcePolicy

        func isSame(as other: any FunctionTarget) -> Bool {
            guard let other = other as? Target else { return false }
            return handle === other.handle && qualifier == other.qualifier && policy == other.policy
        }

        func invoke(
            _ event: ByteBuffer, requestId: String, traceId: [UInt8], deadline: NIODeadline, on loop: any EventLoop,
            completion: @escaping @Sendable (FunctionOutcome) -> Void
        ) {
            let request = InvocationRequest(
                qualifier: qualifier, requestId: requestId, event: event, traceId: traceId,
                deadline: deadline)
            handle.invoke(request, on: loop) { completion(Self.outcome($0)) }
        }

        func stream(
            _ event: ByteBuffer, requestId: String, traceId: [UInt8], deadline: NIODeadline, on loop: any EventLoop,
            receive: @escaping @Sendable (ByteBuffer) -> Void,
            completion: @escaping @Sendable (FunctionOutcome) -> Void
        ) -> any AnswerFlow {
            let request = InvocationRequest(
                qualifier: qualifier, requestId: requestId, event: event, traceId: traceId, deadline: deadline)
            return handle.stream(
                request, on: loop, receive: { if case .bytes(let bytes) = $0 { receive(bytes) } },
                completion: { completion(Self.outcome($0)) })
        }

        private static func outcome(_ result: InvocationResult) -> FunctionOutcome {
            switch result {
            case .success(let payload, _, _): .success(payload)
            case .functionError(let payload, _, _): .functionError(payload)
            // Nobody waits for the answer to an expired call.
            case .throttled, .expired: .throttled
            case .tooLarge: .tooLarge
            case .notFound: .notFound
            }
        }

        func enqueue(
            _ event: ByteBuffer, requestId: String, traceId: [UInt8], on loop: any EventLoop,
            completion: @escaping @Sendable (FunctionOutcome) -> Void
        ) {
            let request = InvocationRequest(
                qualifier: qualifier, requestId: requestId, event: event, traceId: traceId)
            Task {
                let isQueued = await host.enqueue(request, for: handle)
                loop.execute { completion(isQueued ? .notInvoked(status: 202) : .throttled) }
            }
        }
    }
}

extension AnswerStream: AnswerFlow {}

/// Counts the changes of functions: while the number is the same, compiled routes need not look at functions again.
final class FunctionChanges: Sendable {
    private let number = Atomic<UInt64>(0)

    var count: UInt64 { number.load(ordering: .acquiring) }

    func add() { number.wrappingAdd(1, ordering: .acquiringAndReleasing) }
}

/// The control plane's view of the function host.
struct FunctionHostAdapter: FunctionHost {
    let host: LambdaHost
    let changes: FunctionChanges

    func publish(_ function: Lambda.FunctionDefinition) async {
        await host.publish(function)
        changes.add()
    }

    func remove(functionName: String) async {
        await host.remove(functionName: functionName)
        changes.add()
    }

    func rehearse(_ function: Lambda.FunctionDefinition, isNeeded: Bool) async throws(InitError) {
        switch await host.rehearse(function, isNeeded: isNeeded) {
        case .started, .unneeded, .abandoned: break
        case .failed(let payload): throw InitError(payload: Array(payload.readableBytesView))
        case .superseded:
            throw InitError(errorType: "Superseded", errorMessage: "it changed again before its init was done")
        }
    }

    func invoke(_ invocation: Lambda.Invocation) async -> Lambda.InvocationOutcome {
        guard let handle = host.function(named: invocation.functionName) else { return .notFound }
        let request = InvocationRequest(invocation)
        if invocation.kind == .event {
            guard await host.enqueue(request, for: handle) else { return .throttled(.account) }
            return .accepted
        }
        let result = await withCheckedContinuation { continuation in
            handle.invoke(request, on: host.anyEventLoop) { continuation.resume(returning: $0) }
        }
        switch result {
        case .success(let payload, let version, let tail):
            return .success(payload: Array(payload.readableBytesView), executedVersion: version, logTail: tail)
        case .functionError(let payload, let version, let tail):
            return .functionError(payload: Array(payload.readableBytesView), executedVersion: version, logTail: tail)
        case .throttled(let reason): return .throttled(reason)
        case .tooLarge, .expired: return .throttled(.account)
        case .notFound: return .notFound
        }
    }

    func stream(_ invocation: Lambda.Invocation) async -> Lambda.StreamOutcome {
        guard let handle = host.function(named: invocation.functionName) else { return .notFound }
        return await StreamedInvocation.begin(InvocationRequest(invocation), handle, on: host.anyEventLoop)
    }
}

extension InvocationRequest {
    fileprivate init(_ invocation: Lambda.Invocation) {
        self.init(
            qualifier: invocation.qualifier, requestId: invocation.requestId,
            event: ByteBuffer(bytes: invocation.payload),
            traceId: Array((invocation.traceId ?? "Root=1-00000000-000000000000000000000000").utf8),
            clientContext: invocation.clientContext, wantsLogTail: invocation.wantsLogTail)
    }
}

extension InitError {
    /// What runtimes report: Python's tells `stackTrace`, Node.js's `trace`.
    fileprivate init(payload: [UInt8]) {
        let members = try? JSONValue(parsing: payload)
        let trace = members?["stackTrace"]?.array ?? members?["trace"]?.array ?? []
        self.init(
            errorType: members?["errorType"]?.string ?? "Runtime.Unknown",
            errorMessage: members?["errorMessage"]?.string ?? String(decoding: payload, as: UTF8.self),
            trace: trace.compactMap(\.string))
    }
}
