package import GatewayModel
import JSON
package import NIOCore
import Synchronization

/// One function, from any thread: its policies to read, and the way to its event loop.
package final class FunctionHandle: Sendable {
    package let name: String
    let queued = Admission(limit: LambdaLimits.queuedEvents)
    private let loop: LoopRuntime
    private let pool: NIOLoopBoundBox<FunctionPool?>
    private let definition = Mutex<Lambda.FunctionDefinition?>(nil)
    private let host: LambdaHost

    init(name: String, loop: LoopRuntime, host: LambdaHost) {
        self.name = name
        self.loop = loop
        self.host = host
        pool = NIOLoopBoundBox.makeEmptyBox(valueType: FunctionPool.self, eventLoop: loop.eventLoop)
    }

    /// The policy of a qualifier (nil: unqualified); nil when the qualifier does not exist.
    package func policy(of qualifier: String?) -> Lambda.ResourcePolicy? {
        definition.withLock { definition in
            guard let definition else { return nil }
            guard let qualifier, qualifier != "$LATEST" else { return definition.policies[""] ?? .init() }
            guard
                definition.versions.contains(where: { $0.version == qualifier })
                    || definition.aliases.contains(where: { $0.name == qualifier })
            else { return nil }
            return definition.policies[qualifier] ?? .init()
        }
    }

    var currentDefinition: Lambda.FunctionDefinition? { definition.withLock(\.self) }

    func publish(_ definition: Lambda.FunctionDefinition) async {
        self.definition.withLock { $0 = definition }
        let host = host
        let loop = loop
        let pool = pool
        try? await loop.eventLoop.submit {
            if let existing = pool.value {
                existing.update(definition)
            } else {
                pool.value = FunctionPool(definition: definition, host: host, loop: loop)
            }
        }.get()
    }

    func rehearse(_ definition: Lambda.FunctionDefinition, isNeeded: Bool) async -> RehearsalResult {
        let pool = pool
        let eventLoop = loop.eventLoop
        let result = eventLoop.flatSubmit {
            pool.value?.rehearse(definition, isNeeded: isNeeded) ?? eventLoop.makeSucceededFuture(.unneeded)
        }
        return (try? await result.get()) ?? .abandoned
    }

    func supersedeRehearsal() {
        let pool = pool
        loop.eventLoop.execute { pool.value?.supersedeRehearsal() }
    }

    /// The folders of all environments that live.
    func codeFolders() async -> [String] {
        let pool = pool
        return (try? await loop.eventLoop.submit { pool.value?.codeFolders ?? [] }.get()) ?? []
    }

    /// Since when the environment that has been idle longest is; nil when none is.
    func idleSince() async -> NIODeadline? {
        let pool = pool
        return (try? await loop.eventLoop.submit { pool.value?.idleSince }.get()) ?? nil
    }

    func endLongestIdle() {
        let pool = pool
        loop.eventLoop.execute { pool.value?.endLongestIdle() }
    }

    /// Takes no more calls when it returns; the future tells when all environments have ended. See `FunctionPool.stop`.
    func stop(letsFinish: Bool) async -> EventLoopFuture<Void> {
        let pool = pool
        let eventLoop = loop.eventLoop
        let stopping = eventLoop.submit {
            guard let stopping = pool.value else { return eventLoop.makeSucceededVoidFuture() }
            let ended = stopping.stop(letsFinish: letsFinish)
            // It stays until its processes have ended: they tell it so.
            return ended.map { pool.value = nil }
        }
        return (try? await stopping.get()) ?? eventLoop.makeSucceededVoidFuture()
    }

    /// Invokes, and hands a streamed answer over as it comes; what comes with `completion`, the whole of an answer that
    /// is not streamed, is the rest of it. Both are called on `caller`, in order.
    package func stream(
        _ request: InvocationRequest, on caller: any EventLoop,
        receive: @escaping @Sendable (AnswerStream.Part) -> Void,
        completion: @escaping @Sendable (InvocationResult) -> Void
    ) -> AnswerStream {
        let stream = AnswerStream(home: loop.eventLoop, caller: caller, receive: receive)
        var request = request
        request.stream = stream
        invoke(request, on: caller, completion: completion)
        return stream
    }

    /// Invokes; `completion` is called once, on `caller`.
    package func invoke(
        _ request: InvocationRequest, on caller: any EventLoop,
        completion: @escaping @Sendable (InvocationResult) -> Void
    ) {
        let home = loop.eventLoop
        let pool = pool
        let isHome = home.inEventLoop
        let answer: @Sendable (InvocationResult) -> Void = { result in
            // One hop at most each way: none when the caller is on the function's own loop.
            if caller.inEventLoop { completion(result) } else { caller.execute { completion(result) } }
        }
        if isHome {
            guard let pool = pool.value else { return completion(.notFound) }
            pool.invoke(request, answer)
        } else {
            home.execute {
                guard let pool = pool.value else { return answer(.notFound) }
                pool.invoke(request, answer)
            }
        }
    }
}

/// One invocation, as the pool takes it.
package struct InvocationRequest: Sendable {
    package var qualifier: String?
    package var requestId: String
    package var event: ByteBuffer
    package var traceId: [UInt8]
    /// JSON text.
    package var clientContext: [UInt8]?
    package var wantsLogTail: Bool
    /// When the caller stops waiting. A call that has no environment by then is not made; one that has runs to its end.
    package var deadline: NIODeadline?
    /// Where a streamed answer goes; nil: it is wanted whole.
    var stream: AnswerStream?

    package init(
        qualifier: String?, requestId: String, event: ByteBuffer, traceId: [UInt8], clientContext: [UInt8]? = nil,
        wantsLogTail: Bool = false, deadline: NIODeadline? = nil
    ) {
        self.qualifier = qualifier
        self.requestId = requestId
        self.event = event
        self.traceId = traceId
        self.clientContext = clientContext
        self.wantsLogTail = wantsLogTail
        self.deadline = deadline
    }
}

package enum InvocationResult: Sendable {
    case success(ByteBuffer, version: String, logTail: [UInt8])
    case functionError(ByteBuffer, version: String, logTail: [UInt8])
    case throttled(Lambda.ThrottleReason)
    case tooLarge
    case notFound
    /// The caller's deadline came before an environment was there.
    case expired
}
