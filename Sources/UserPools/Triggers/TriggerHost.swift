package import JSON

/// What user pools need of functions.
package protocol TriggerHost: Sendable {
    /// Calls a function for a pool, if the function's policy lets the pool.
    func invoke(_ function: String, _ event: JSONValue, sourceArn: String) async -> TriggerResult
}

package enum TriggerResult: Sendable {
    case answer(JSONValue)
    /// The function failed with this message.
    case failed(String)
    /// It could not be called: there is none, or it may not be called.
    case refused(String)
    /// No answer in time.
    case late
}

/// Answers events as they are.
struct AgreeingTriggers: TriggerHost {
    func invoke(_ function: String, _ event: JSONValue, sourceArn: String) async -> TriggerResult { .answer(event) }
}
