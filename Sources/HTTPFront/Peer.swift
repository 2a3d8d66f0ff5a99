import NIOCore

/// Who is at the other end of a stream, and by which way it came. Made once per connection.
package final class Peer: Sendable {
    /// How an endpoint is reached from outside, for those who tell others of it: events, `Forwarded`.
    package struct Endpoint: Sendable {
        package let scheme: StaticString
        package let port: Int

        package init(scheme: StaticString, port: Int) {
            self.scheme = scheme
            self.port = port
        }

        /// API Gateway's own endpoints are always encrypted, and listeners here stand for these.
        package static let api = Endpoint(scheme: "https", port: 443)
    }

    /// The client's address as text, without its port.
    package let address: [UInt8]
    /// The address that the client reached, as text.
    package let localAddress: [UInt8]
    package let endpoint: Endpoint
    /// What clients and this server speak with each other, as logs name it.
    package let protocolName: StaticString

    package init(
        address: [UInt8] = loopback, localAddress: [UInt8] = loopback, endpoint: Endpoint = .api,
        protocolName: StaticString = "HTTP/1.1"
    ) {
        self.address = address
        self.localAddress = localAddress
        self.endpoint = endpoint
        self.protocolName = protocolName
    }

    convenience init(_ channel: any Channel, endpoint: Endpoint) {
        self.init(
            address: channel.remoteAddress?.ipAddress.map { Array($0.utf8) } ?? Self.loopback,
            localAddress: channel.localAddress?.ipAddress.map { Array($0.utf8) } ?? Self.loopback, endpoint: endpoint)
    }

    /// Of a channel without addresses.
    package static let loopback = Array("127.0.0.1".utf8)
}
