package import NIOCore

/// What a swarm of connections does.
package struct SwarmPlan: Sendable {
    package var connections = 1
    /// API Gateway's quota: 500 new connections a second, of an account and region.
    package var connectionsPerSecond = 500.0
    /// What is sent once all connections are open, or refused; nil: nothing.
    package var message: SwarmMessage?
    /// How many of the connections send, in turn; nil: all of them.
    package var senders: Int?
    /// Of all senders together.
    package var messagesPerSecond = 1.0
    /// After so many nothing is sent any more.
    package var messages: Int?
    /// After so many received messages it ends.
    package var receipts: Int?
    /// How long it stays when all connections are open, or refused.
    package var duration: TimeAmount?

    package init() {}

    /// Handshakes that are under way at a time: more would wait in the server's queue of new connections, or be dropped.
    static let pendingHandshakes = 512
    /// A swarm that sends so many messages and no more has had its answers when it has been quiet for so long.
    static let settlingTime = TimeAmount.seconds(2)
    /// A system has some 16,000 ports (macOS) to 28,000 (Linux) for connections from one address to one port.
    static let connectionsPerAddress = 16_000
}
