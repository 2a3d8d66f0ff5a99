/// What becomes of what is beyond AWS's quotas.
package enum LimitsMode: String, CaseIterable, Sendable {
    /// It is refused, as AWS refuses it.
    case aws
    /// It is served up to bounds of our own, and told with what AWS would have done.
    case warn
    /// It is served up to bounds of our own.
    case off
}

/// How long integrations may take, and how large what they are sent and answer may be.
package struct CallLimits: Sendable {
    /// Of integrations of HTTP APIs, in milliseconds. AWS: 30 s, not to be raised.
    package let httpTimeout: ClosedRange<Int>
    /// Of integrations of REST APIs. AWS: 29 s.
    package let restTimeout: ClosedRange<Int>
    /// Of streamed answers of REST APIs. AWS: 15 minutes.
    package let streamTimeout: ClosedRange<Int>
    /// Of integrations of WebSocket APIs. AWS: 29 s.
    package let webSocketTimeout: ClosedRange<Int>
    /// Bytes of a body that is passed on as it comes. AWS: 10 MB, not to be raised.
    package let streamedBytes: Int
    /// Bytes of a body that is held in memory. AWS: 10 MB, not to be raised.
    package let heldBytes: Int
    /// Bytes of the event of a function that is waited for. AWS: 6 MB.
    package let eventBytes: Int
    /// Bytes of such an event as Lambda counts them, and of the function's answer. AWS: 6 MB and 100 bytes (the service's
    /// own constant).
    package let payloadBytes: Int
    /// Whether it is told what AWS would have done.
    package private(set) var isMarking = false

    package static let aws = CallLimits(
        httpTimeout: 50...30_000, restTimeout: 50...29_000, streamTimeout: 50...900_000, webSocketTimeout: 50...29_000,
        streamedBytes: 10_485_760, heldBytes: 10_485_760, eventBytes: 6_291_456, payloadBytes: 6_291_556)

    /// Ours: the time of Lambda's longest function, 1 GB through the gateway, 64 MB in its memory.
    package static let own = CallLimits(
        httpTimeout: 50...900_000, restTimeout: 50...900_000, streamTimeout: 50...900_000,
        webSocketTimeout: 50...900_000,
        streamedBytes: 1_073_741_824, heldBytes: 67_108_864, eventBytes: 67_108_864, payloadBytes: 67_108_864)

    package static func of(_ mode: LimitsMode) -> CallLimits {
        var limits = mode == .aws ? aws : own
        limits.isMarking = mode == .warn
        return limits
    }
}
