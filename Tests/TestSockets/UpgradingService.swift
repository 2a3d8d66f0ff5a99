package import HTTPFront
package import NIOCore
package import WebSocketFront

/// A service that accepts every handshake that is good, when a test says so.
package final class UpgradingService: HTTPService {
    package var delegate: (any WebSocketDelegate)?
    package var limits = WebSocketLimits.aws
    package var subprotocol: String?
    package var acceptsAtOnce = true
    private var handshake: WebSocketHandshake?

    package init(_ delegate: (any WebSocketDelegate)?) { self.delegate = delegate }

    package func headReceived(_ stream: HTTPStream) {
        do throws(HandshakeRefusal) { handshake = try WebSocketHandshake(stream.head) } catch {
            error.answer(stream)
            return
        }
        if acceptsAtOnce { accept(stream) }
    }

    @discardableResult
    package func accept(_ stream: HTTPStream) -> WebSocketConnection? {
        guard let handshake, let delegate else { return nil }
        return handshake.accept(stream, subprotocol: subprotocol, limits: limits, delegate: delegate)
    }

    package func bodyReceived(_ bytes: ByteBuffer, _ stream: HTTPStream) {}
    package func requestEnded(_ stream: HTTPStream) {}
    package func bodyTooLarge(_ stream: HTTPStream) {}
    package func writabilityChanged(_ isWritable: Bool, _ stream: HTTPStream) {}
    package func connectionClosed(_ stream: HTTPStream) {}
}
