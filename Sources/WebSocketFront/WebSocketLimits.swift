package import NIOCore

/// Bounds on what a client may send and how long a connection may last: AWS's quotas, unless they are set otherwise.
/// `.max` lifts that of a frame; a message always has one.
package struct WebSocketLimits: Sendable {
    /// AWS: 32 KB, of each fragment too; closed with 1009.
    package var frameBytes = 32_768
    /// AWS: 128 KB; closed with 1009. No more than 1 GB, since it is held in memory.
    package var messageBytes = 131_072 {
        didSet { messageBytes = min(messageBytes, 1 << 30) }
    }
    /// AWS: no; closed with 1003.
    package var takesBinary = false
    /// Without a message in either direction. AWS: 10 minutes; closed with 1001.
    package var idleTime = TimeAmount.minutes(10)
    /// From the handshake on. AWS: 2 hours; closed with 1001.
    package var duration = TimeAmount.hours(2)
    /// Bytes that wait for a client which takes none. Beyond them it is one that has fallen behind.
    package var queuedBytes = 262_144
    /// For the client to answer a close frame.
    package var closingTime = TimeAmount.seconds(5)
    /// For the client to end TCP when both close frames are sent.
    package var lingeringTime = TimeAmount.seconds(2)

    /// Of the messages of all clients that are not complete: two thousand of AWS's longest. Who sends more of one beyond
    /// them is closed with 1011.
    package static let unfinishedBytes = 268_435_456

    /// Of what waits for clients that take nothing, all clients' together: a thousand of such as have fallen behind.
    /// Beyond them a message is missed as it is by one that has.
    package static let queuedBytesInAll = 268_435_456

    package init() {}

    /// AWS's quotas.
    package static let aws = WebSocketLimits()

    /// Ours: messages of 16 MB in frames of any length, texts and bytes, for as long as the client stays.
    package static let own: WebSocketLimits = {
        var limits = WebSocketLimits()
        limits.messageBytes = 16_777_216
        limits.frameBytes = .max
        limits.takesBinary = true
        limits.duration = endless
        limits.queuedBytes = limits.messageBytes
        return limits
    }()

    /// A century: a deadline can still be told from it.
    package static let endless = TimeAmount.hours(24 * 36_500)
}
