internal import HTTPFront
package import NIOCore
internal import WebSocketFront

/// Bounds on what a server may send and how long it may take. A head has those of `HTTPLimits`.
package enum ClientLimits {
    /// Of a message, in one frame or several. API Gateway sends 128 KB at most, other servers more.
    package static let messageBytes = 1_048_576
    /// What is kept of the body of a refusal.
    package static let refusalBytes = 65_536
    /// For TCP, and again for the handshake. API Gateway gives the integration of `$connect` 29 seconds.
    package static let handshakeTime = TimeAmount.seconds(35)
    /// For the server to answer a close frame.
    package static let closingTime = TimeAmount.seconds(5)
    /// For the server, which ends TCP first (RFC 6455 section 7.1.1), to do so.
    package static let lingeringTime = TimeAmount.seconds(2)

    static let frames: WebSocketLimits = {
        var limits = WebSocketLimits()
        limits.messageBytes = messageBytes
        limits.frameBytes = messageBytes
        limits.takesBinary = true
        return limits
    }()
}
