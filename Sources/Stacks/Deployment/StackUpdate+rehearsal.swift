/// Tried on a draft.
extension StackUpdate {
    /// Takes all steps forward, whichever of them fail, and throws what they fail for.
    ///
    /// What depends on a resource that cannot be made is left out: it has no problem of its own.
    mutating func rehearse() async throws(TemplateError) {
        let order = try UpdateOrder(comparison)
        for resource in order.standing { comparison.exists(resource) }
        var problems: [TemplateProblem] = []
        var failed: Set<String> = []
        // Nor is what speaks of a resource of which its function alone tells what it is.
        var untold: Set<String> = []
        for resource in order.resources {
            guard !resource.dependencies.contains(where: { failed.contains($0.target) }) else {
                failed.insert(resource.logicalId)
                continue
            }
            guard !resource.references.contains(where: untold.contains) else {
                untold.insert(resource.logicalId)
                continue
            }
            do throws(TemplateError) { try await bring(resource) } catch {
                problems += error.problems
                failed.insert(resource.logicalId)
            }
            if comparison.isUnknown(resource.logicalId) { untold.insert(resource.logicalId) }
        }
        guard problems.isEmpty else { throw TemplateError(problems) }
        guard untold.isEmpty else { return }
        try checkExports(try comparison.outputs(), record)
    }
}
