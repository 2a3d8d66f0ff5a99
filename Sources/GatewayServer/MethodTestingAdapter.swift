import ControlPlane
import DataPlane
import GatewayModel
import JSON

/// The control plane's view of what executes methods.
struct MethodTestingAdapter: MethodTesting {
    let plane: DataPlane

    func testInvoke(_ invocation: REST.TestInvocation) async throws(TrafficError) -> REST.TestInvocationResult? {
        do throws(CompileError) { return try await plane.testInvoke(invocation) } catch {
            throw TrafficError(error.message)
        }
    }

    func testToken(_ token: String, of authorizer: REST.Authorizer) async -> OrderedMap<String>? {
        await plane.testToken(token, of: authorizer)
    }
}
