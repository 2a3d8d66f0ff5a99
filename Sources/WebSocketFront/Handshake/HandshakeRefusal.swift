/// A request that is no opening handshake, or a wrong one (RFC 6455 section 4.2.2).
package enum HandshakeRefusal: Error, Equatable, Sendable {
    /// It does not ask for WebSocket. AWS: 426 (unconfirmed).
    case upgradeRequired
    /// It asks for a version that is not 13.
    case versionNotSupported
    case badRequest
}
