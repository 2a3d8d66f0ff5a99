package import GatewayModel

/// What the control plane needs of whatever executes REST APIs, besides `Traffic`.
package protocol RestExecution: Sendable {
    /// Calls one method of an API as it is now, as TestInvokeMethod has it: without authorizers, keys and limits.
    func testInvoke(_ invocation: REST.TestInvocation) async -> REST.TestInvocationResult
    func flushCache(of stage: StageKey) async
    func flushAuthorizersCache(of stage: StageKey) async
}
