package import NIOCore

/// The stream of what is no request, and is answered by no response: its head is empty, and what is written to it is not
/// sent.
package final class SilentStream: HTTPStream {
    package init(eventLoop: any EventLoop) {
        super.init(loopState: LoopConnections(eventLoop: eventLoop), peer: Peer())
    }
}
