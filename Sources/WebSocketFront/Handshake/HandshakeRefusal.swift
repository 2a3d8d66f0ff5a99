package import HTTPFront

/// A request that is no opening handshake, or a wrong one (RFC 6455 section 4.2.2).
package enum HandshakeRefusal: Error, Equatable, Sendable {
    /// It does not ask for WebSocket. AWS: 426 (unconfirmed).
    case upgradeRequired
    /// It asks for a version that is not 13.
    case versionNotSupported
    case badRequest

    package var status: Int {
        switch self {
        case .upgradeRequired, .versionNotSupported: 426
        case .badRequest: 400
        }
    }

    /// Answers the request, whose `requestEnded` may be still to come.
    package func answer(_ stream: HTTPStream) {
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
