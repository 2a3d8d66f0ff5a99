package import NIOCore

/// Bounds on what a client may send and how long it may take. AWS's quotas are in comments where it has them.
package enum HTTPLimits {
    /// Request line and headers together, in bytes. API Gateway's own quota (10,240) is checked by the data plane; this
    /// one protects the front and leaves room for the management API's signed queries.
    package static let headBytes = 65_536
    package static let headerFields = 256
    /// API Gateway names methods of 7 letters at most; the longest that is registered has 17.
    package static let methodBytes = 32
    /// Of all bodies that are collected at a time, whoever sends them: fifty of AWS's largest.
    package static let collectedBytes = 536_870_912
    /// One line of a chunk's size, extensions included, and all trailers together.
    package static let chunkLineBytes = 1_024
    package static let trailerBytes = 8_192
    /// Bytes of later requests kept while a response is under way; then the socket is left unread.
    package static let pipelinedBytes = 65_536
    /// Of one listener at a time, where nobody says otherwise.
    package static let connections = 16_384

    /// From the first byte of a request to the end of its head.
    package static let headTime = TimeAmount.seconds(10)
    /// Between two pieces of a body, and between two steps of a client that takes a response.
    package static let progressTime = TimeAmount.seconds(30)
    /// Between two requests of a connection.
    package static let idleTime = TimeAmount.seconds(75)
    /// How much of an unwanted body is read so that the connection can be kept.
    package static let drainedBodyBytes = 262_144
}
