/// Why a connection was not opened.
package enum HandshakeFailure: Error, Sendable {
    /// The server's name or port leads nowhere.
    case unreachable(any Error)
    /// TLS does not come about: a certificate is not trusted, or is for another name.
    case insecure(any Error)
    /// The server has answered as one of HTTP does.
    case refused(RefusedHandshake)
    /// What came is no answer to a handshake, or a wrong one (RFC 6455 section 4.1): a sentence says why.
    case wrong(String)
    /// The server ended the connection before it had answered.
    case ended
    /// There was no answer in time.
    case late
}

/// The answer of a server that does not open a WebSocket.
package struct RefusedHandshake: Sendable, Equatable {
    package let status: Int
    /// Name and value of each field, as they came.
    package let fields: [(name: String, value: String)]
    /// Cut where it is longer than `ClientLimits.refusalBytes`.
    package let body: [UInt8]

    package static func == (left: Self, right: Self) -> Bool {
        left.status == right.status && left.body == right.body
            && left.fields.elementsEqual(right.fields, by: ==)
    }
}
