package import NIOCore

/// Something that lives on one event loop, waits for something until a deadline, and ends when the server does: a
/// connection, or one stream of many that share a connection.
///
/// Open, and so public, because other modules' connections are members too.
open class LoopMember {
    package final let loopState: LoopConnections
    /// Position among the loop's members, kept by `LoopConnections`; -1 outside of them.
    final var position = -1

    package init(loopState: LoopConnections) { self.loopState = loopState }

    /// When it has waited too long for what it waits for now. Outside of the loop's members nothing is waited for.
    @inline(__always)
    package final var deadline: NIODeadline {
        get { loopState.deadline(at: position) }
        set { loopState.setDeadline(newValue, at: position) }
    }

    package final var eventLoop: any EventLoop { loopState.eventLoop }

    /// The deadline has passed.
    open func timedOut() {}
    /// The server is ending: what is under way may finish, nothing new begins.
    open func drain() {}
    /// Ends at once.
    open func close() {}
}
