package import GatewayModel
package import NIOCore

/// What the data plane needs of the host that runs functions.
package protocol FunctionDirectory: Sendable {
    /// Another number after every change of a function or its policies.
    var version: UInt64 { get }

    /// The function that an integration names; nil when there is none of that name.
    func function(named name: String, qualifier: String?) -> (any FunctionTarget)?
}

/// One function (with its qualifier) as an integration calls it.
package protocol FunctionTarget: Sendable {
    /// Who may invoke it, by the policy of this qualifier.
    var policy: Lambda.ResourcePolicy { get }

    /// Whether it is the same function under the same policy.
    func isSame(as other: any FunctionTarget) -> Bool

    /// Invokes under that request id; `completion` is called once, on `loop`. Behind the deadline nobody waits for the
    /// answer.
    func invoke(
        _ event: ByteBuffer, requestId: String, traceId: [UInt8], deadline: NIODeadline, on loop: any EventLoop,
        completion: @escaping @Sendable (FunctionOutcome) -> Void)

    /// The same for an answer that is wanted as it comes: pieces by `receive`, and by `completion` what is left when the
    /// function has returned, which is all of it if the function does not stream.
    func stream(
        _ event: ByteBuffer, requestId: String, traceId: [UInt8], deadline: NIODeadline, on loop: any EventLoop,
        receive: @escaping @Sendable (ByteBuffer) -> Void,
        completion: @escaping @Sendable (FunctionOutcome) -> Void
    ) -> any AnswerFlow

    /// Has the event worked on later, as an asynchronous invocation. `completion` is called once, on `loop`, when it is
    /// queued, or there is no room for it.
    func enqueue(
        _ event: ByteBuffer, requestId: String, traceId: [UInt8], on loop: any EventLoop,
        completion: @escaping @Sendable (FunctionOutcome) -> Void)
}

/// A streamed answer as its caller holds it back. Called on the caller's loop.
package protocol AnswerFlow: Sendable {
    /// So many bytes more have been taken of what was received. Only then do others come.
    func took(_ bytes: Int)
    /// No more is wanted. The function runs to its end.
    func discard()
}

package enum FunctionOutcome: Sendable {
    case success(ByteBuffer)
    /// Lambda took the event, and nothing answers: 202 for one that is worked on later, 204 for one that is not.
    case notInvoked(status: Int)
    /// The function failed; the payload is its error object.
    case functionError(ByteBuffer)
    case throttled
    /// The event is larger than Lambda takes (`CallLimits.payloadBytes`).
    case tooLarge
    /// The version or alias no longer exists.
    case notFound
}
