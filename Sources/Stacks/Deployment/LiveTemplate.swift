import GatewayModel

/// A template of which only what its conditions let through is left, with what is known before deploying worked out.
struct LiveTemplate {
    let source: TemplateSource
    let globals: TemplateMap
    let resources: [TemplateResource]
    let outputs: [TemplateOutput]
    /// For the few places where the transform needs to know what a Ref to a parameter gives.
    let resolver: IntrinsicResolver
    /// What nothing is left of.
    let leftOut: LeftOutResources

    init(
        _ template: Template, resolver: IntrinsicResolver,
        without leftOut: LeftOutResources = LeftOutResources(account: AccountIdentity()), problems: inout Problems
    ) {
        var known = KnownValues(resolver, source: template.source)
        let holds = { (condition: String?) in condition.flatMap { resolver.conditions[$0] } ?? true }
        source = template.source
        self.resolver = resolver
        self.leftOut = leftOut
        globals = leftOut.replacing(
            in: known.work(out: template.globals, path: "Globals", problems: &problems))
        let live = template.resources.filter { holds($0.attributes.condition) && !leftOut.contains($0.logicalId) }
        resources = live.map { resource in
            guard ReferenceCheck.isSupported(resource.type) else { return resource }
            var resource = resource
            resource.settlePolicies(resolver, template.transforms, problems: &problems)
            resource.properties = leftOut.replacing(
                in: known.work(
                    out: leftOut.withoutEvents(resource.written, of: resource.logicalId),
                    path: "\(resource.path).Properties",
                    problems: &problems))
            resource.metadata = resource.metadata.map(leftOut.replacing)
            resource.dependsOn.removeAll { $0.string.map(leftOut.contains) ?? false }
            return resource
        }
        outputs = template.outputs.filter { holds($0.condition) }.compactMap { output in
            var output = output
            let path = "\(output.path).Value"
            output.value = known.work(out: output.value, path: path, problems: &problems) ?? output.value
            output.exportName = output.exportName.flatMap {
                known.work(out: $0, path: "\(output.path).Export.Name", problems: &problems)
            }
            return leftOut.areNamed(in: output.value) ? nil : output
        }
    }
}
