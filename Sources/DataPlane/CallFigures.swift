/// What became of a call, in numbers: its counters, its access log line and the line of `gatehouse up` read the same
/// value, whatever carried the call.
struct CallFigures: Sendable {
    /// Of the response, 0 before it; of a call whose client went away before it, `clientGone`.
    var status: Int
    var requestLength = 0
    var responseLength = 0
    var latencyMicroseconds = 0
    var integrationMilliseconds: Int?
    /// Of a method whose answers are cached.
    var cacheUse = ResponseCache.Use.none
    /// The process held as many bytes of bodies as it may.
    var isOutOfMemory = false
    /// Of WebSocket APIs only.
    var event: EventFigures?

    /// As nginx has it.
    static let clientGone = 499
}
