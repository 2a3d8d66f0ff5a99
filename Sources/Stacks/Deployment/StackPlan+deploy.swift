import GatewayModel

extension StackPlan {
    /// Makes the stack where there is none yet, and keeps no record of it.
    package func deploy(through management: some Management) async throws(TemplateError) -> StackDeployment {
        let engine = StackEngine(
            management: management, code: FilesAsCode(DiskFiles()), now: { Timestamp(milliseconds: 0) })
        do throws(StackFailure) { return try await engine.deploy(self, over: nil).deployment } catch {
            throw error.error
        }
    }
}
