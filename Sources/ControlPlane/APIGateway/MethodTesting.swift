package import GatewayModel
package import JSON

/// What the control plane needs of whatever executes methods of REST APIs, for TestInvokeMethod.
package protocol MethodTesting: Sendable {
    /// Calls one method of an API as it is now, without authorizers, keys and limits. A method that cannot be served
    /// throws; nil when too many are called so at the moment.
    func testInvoke(_ invocation: REST.TestInvocation) async throws(TrafficError) -> REST.TestInvocationResult?
    /// The claims of a token that an authorizer of tokens lets in; nil for one that it does not.
    func testToken(_ token: String, of authorizer: REST.Authorizer) async -> OrderedMap<String>?
}
