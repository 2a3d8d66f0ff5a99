import ControlPlane
package import Stacks
import TableStore

/// Deploys a template into a running server, through its management API.
package struct TemplateDeployment: Sendable {
    package let stack: StackDeployment
    /// Properties of the template that are kept and change nothing.
    package let storedOnly: [StoredOnlyProperty]

    package static func deploy(_ plan: StackPlan, to server: Gatehouse) async throws(TemplateError)
        -> TemplateDeployment
    {
        let stack = try await plan.deploy(through: InProcessManagement(controlPlane: server.controlPlane, tables: server.tables))
        return TemplateDeployment(stack: stack, storedOnly: plan.storedOnly)
    }
}
