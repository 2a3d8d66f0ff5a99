package import GatewayModel

/// What the control plane needs of whatever executes REST APIs, besides `Traffic`.
package protocol RestExecution: Sendable {
    /// Calls one method of an API as it is now, as TestInvokeMethod has it: without authorizers, keys and limits.
    func testInvoke(_ invocation: REST.TestInvocation) async -> REST.TestInvocationResult
    func flushCache(of stage: StageKey) async
    func flushAuthorizersCache(of stage: StageKey) async
    /// One pair for each day, numbered from 1970-01-01 UTC.
    func usage(ofKey id: String, in plan: REST.UsagePlan, days: Range<Int64>) async -> [REST.DailyUsage]
    /// What is left of the quota in the period of `now`.
    func setRemaining(_ remaining: Int, ofKey id: String, in plan: REST.UsagePlan, now: Timestamp) async
}
