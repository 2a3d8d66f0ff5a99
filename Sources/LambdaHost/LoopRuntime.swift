import HTTPFront
import NIOCore

/// What the functions of one event loop share: the bookkeeping of their Runtime API connections.
final class LoopRuntime: Sendable {
    let eventLoop: any EventLoop
    let connections: NIOLoopBound<LoopConnections>

    init(eventLoop: any EventLoop) async throws {
        self.eventLoop = eventLoop
        connections = try await eventLoop.submit {
            NIOLoopBound(LoopConnections(eventLoop: eventLoop), eventLoop: eventLoop)
        }.get()
    }
}
