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

extension HandshakeRefusal {
    private var status: Int {
        switch self {
        case .upgradeRequired, .versionNotSupported: 426
        case .badRequest: 400
        }
    }

    /// Answers the request, whose `requestEnded` may be still to come.
    fileprivate func answer(_ stream: HTTPStream) {
        let body: StaticString =
            self == .badRequest ? #"{"message":"Bad Request"}"# : #"{"message":"Upgrade Required"}"#
        stream.startResponse(status: status)
        stream.writeDate()
        stream.write("Content-Type: application/json\r\n")
        switch self {
        case .upgradeRequired: stream.write("Upgrade: websocket\r\n")
        case .versionNotSupported: stream.write("Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n")
        case .badRequest: break
        }
        // Whoever meant to speak WebSocket may have sent frames already, which are no requests.
        if self != .upgradeRequired { stream.closeAfterResponse() }
        stream.finishHead(.length(body.utf8CodeUnitCount))
        stream.writeBody(copying: UnsafeRawBufferPointer(start: body.utf8Start, count: body.utf8CodeUnitCount))
        stream.endResponse()
    }
}
