import NIOCore

/// Limits of the function host, with Lambda's quotas.
enum LambdaLimits {
    /// The most that is read of a response before its sender is cut off; above `CallLimits.payloadBytes` nothing is kept.
    static let readPayloadBytes = 268_435_456
    /// Of one streamed response (Lambda quotas: 200 MB). Its bandwidth, 2 MB a second behind the first 6 MB, is not kept.
    static let streamedBytes = 209_715_200
    /// Bytes of a streamed response between its function and a caller that does not take them.
    static let streamWindowBytes = 262_144
    /// All trailers of a streamed response: the error that ended it.
    static let trailerBytes = 1_048_576
    /// How long the end of a process may come behind that of its connection.
    static let truncationGrace = TimeAmount.milliseconds(200)
    static let logTailBytes = 4_096
    /// One line of output; longer ones are cut into several (CloudWatch: 256 KB per event).
    static let logLineBytes = 262_144
    /// RLIMIT_NOFILE of a sandbox (measured on Lambda: 1,024).
    static let openFiles: UInt = 1_024
    static let initTime = TimeAmount.seconds(10)
    /// How long an environment lies idle before it is ended (Lambda: minutes, unspecified).
    static let idleTime = TimeAmount.minutes(10)
    /// How long a runtime that answered is expected back before another environment is started in its stead.
    static let returnGrace = TimeAmount.milliseconds(50)
    /// How often running environments are looked at for time and memory.
    static let tick = TimeAmount.milliseconds(50)
    /// Waiting events of one function, for asynchronous invocation.
    static let queuedEvents = 10_000
    /// Bytes of all waiting events together: they wait in memory. AWS's queue has no such bound.
    static let queuedEventBytes = 268_435_456
}
