import ControlPlane
package import Stacks

/// Deploys a template into a running server, through its management API.
package struct TemplateDeployment: Sendable {
    package let stack: StackDeployment
    /// Properties of the template that are kept and change nothing.
    package let storedOnly: [StoredOnlyProperty]

    package static func deploy(_ plan: StackPlan, to server: Gatehouse) async throws(TemplateError)
        -> TemplateDeployment
    {
        let stack = try await plan.deploy(through: InProcessManagement(controlPlane: server.controlPlane))
        return TemplateDeployment(stack: stack, storedOnly: plan.storedOnly)
    }
}

/// The management API without a socket. Only callers inside the process may hand over code as a local folder.
private struct InProcessManagement: Management {
    let controlPlane: ControlPlane

    func call(_ request: WireRequest) async -> WireResponse {
        await controlPlane.respond(to: request, allowsLocalCode: true)
    }
}
