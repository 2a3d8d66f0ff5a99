package import GatewayModel

/// What the control plane needs of the data plane: to compile stages, and to put them in service.
package protocol Traffic: Sendable {
    /// Compiles; nothing is served differently yet. A stage that cannot be compiled throws: that is for its definition
    /// alone to decide, never for the functions that it calls, so that a stored stage can always be compiled again.
    func prepare(
        _ stages: [StageDefinition], removing: [StageKey]
    ) throws(TrafficError) -> any PreparedTraffic
}

/// Stages ready to serve. Publishing cannot fail.
package protocol PreparedTraffic: Sendable {
    /// Returns when every event loop serves the new stages, so that callers read their own writes.
    func publish() async
}

/// Why a stage cannot be compiled, in words for the caller of the management API.
package struct TrafficError: Error, Sendable {
    package let message: String

    package init(_ message: String) { self.message = message }
}

/// What the control plane needs of the host that runs functions.
package protocol FunctionHost: Sendable {
    /// New invocations use this definition; environments of other revisions end when they are idle.
    func publish(_ function: Lambda.FunctionDefinition) async
    /// The function is gone; its environments are stopped.
    func remove(functionName: String) async
    func invoke(_ invocation: Lambda.Invocation) async -> Lambda.InvocationOutcome
    /// The same for an answer that is wanted as it comes; returns when it begins.
    func stream(_ invocation: Lambda.Invocation) async -> Lambda.StreamOutcome
    /// Starts one environment of the function's new revision beside those that run, and returns when its init is over.
    /// `publish` of the same revision takes it up. For a function that has no environment one is only started when
    /// `isNeeded` says so.
    func rehearse(_ function: Lambda.FunctionDefinition, isNeeded: Bool) async throws(InitError)
}

/// The static code of a function failed, as its runtime tells it.
package struct InitError: Error, Sendable, Equatable {
    /// Such as `Runtime.UserCodeSyntaxError`.
    package let errorType: String
    package let errorMessage: String
    /// The lines of the runtime's stack trace.
    package let trace: [String]

    package init(errorType: String, errorMessage: String, trace: [String] = []) {
        self.errorType = errorType
        self.errorMessage = errorMessage
        self.trace = trace
    }
}
