import NIOCore

/// A server that integrations call. Two integrations of one server have the same object, and so the same connections.
final class Origin: Sendable {
    struct Key: Hashable, Sendable {
        /// A name in lower case, or an address without brackets.
        let host: String
        let port: Int
        /// nil for plain HTTP.
        let tls: TLSProfile?
    }

    let key: Key
    /// Under which a loop keeps its idle connections; no two origins have the same at a time. A connection holds its
    /// origin, so none is found under a number that has been given to another.
    let number: Int
    /// The host as an address, when it is one.
    let address: SocketAddress?
    private let origins: Origins

    fileprivate init(key: Key, number: Int, origins: Origins) {
        self.key = key
        self.number = number
        self.origins = origins
        address = try? SocketAddress(ipAddress: key.host, port: key.port)
    }

    deinit { origins.known.forget(key, number) }
}

/// How connections to an origin are secured: connections that differ in it are never used for each other.
struct TLSProfile: Hashable, Sendable {
    /// The name that the certificate must have and that the origin is told (SNI). nil when the host is an address,
    /// which cannot be a server name (RFC 6066 section 3): then the certificate must have the address.
    let serverName: String?
    /// Whether the certificate has to come from an authority that is trusted. Else only its time and name count
    /// (`insecureSkipVerification`).
    let checksChain: Bool

    init(host: String, checksChain: Bool = true) {
        self.checksChain = checksChain
        serverName = (try? SocketAddress(ipAddress: host, port: 0)) == nil ? host : nil
    }
}

/// The origins that compiled integrations, idle connections or requests hold.
final class Origins: Sendable {
    fileprivate let known = KeyedObjects<Origin.Key, Origin>()

    func origin(_ key: Origin.Key) -> Origin {
        known.object(key) { Origin(key: key, number: $0, origins: self) }
    }

    var count: Int { known.count }
}
