import JSON

/// A template as its macros leave it.
struct ProcessedTemplate {
    private let template: Template
    /// What SAM's transform has made.
    private let resources: [PlainResource]
    /// With what must not be shown masked, and without resources.
    private let resolver: IntrinsicResolver

    init(_ template: Template, _ resources: [PlainResource], _ resolver: IntrinsicResolver) {
        self.template = template
        self.resources = resources
        self.resolver = resolver
    }

    /// In JSON; nil where the template has no macros.
    var text: String? {
        guard template.hasMacros else { return nil }
        var root = template.root
        for name in ["Transform", "Fn::Transform", "Globals"] { root[name] = nil }
        if template.transforms.contains(Template.languageExtensions) {
            root = root.mapValues(extended)
        }
        var document = JSONObject(root.map { ($0.key, $0.value.json) })
        document["Resources"] = .object(JSONObject(processedResources(root["Resources"]?.map ?? TemplateMap())))
        return JSONValue.object(document).text
    }

    /// Those that only stand in the template are left as they are but for what they include; functions that are no
    /// macro's are worked out when the template is deployed.
    private func processedResources(_ written: TemplateMap) -> [(String, JSONValue)] {
        let isExtended = template.transforms.contains(Template.languageExtensions)
        let made = resources.map { resource in
            var resource = resource
            if isExtended {
                let properties = TemplateValue.map(resource.properties, line: resource.line)
                resource.properties = extended(properties).map ?? resource.properties
            }
            return resource
        }
        guard !template.transforms.contains(Template.serverlessTransform) else {
            return made.map { ($0.logicalId, $0.json) }
        }
        let byName = Dictionary(made.map { ($0.logicalId, $0) }, uniquingKeysWith: { first, _ in first })
        return written.map { entry in
            var body = entry.value.map ?? TemplateMap()
            for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
                body[policy] = body[policy].map { (try? resolver.resolve($0)) ?? $0 }
            }
            let properties = TemplateMap(body.entries.filter { $0.key == "Properties" })
            if IncludedSections.areNamed(in: properties), let whole = byName[entry.key] {
                body["Properties"] = .map(whole.properties, line: entry.line)
            }
            return (entry.key, TemplateValue.map(body, line: entry.line).json)
        }
    }

    /// With the functions of AWS::LanguageExtensions worked out. One that needs a resource stays.
    private func extended(_ value: TemplateValue) -> TemplateValue {
        if case .intrinsic(let intrinsic) = Intrinsic.read(value) {
            switch intrinsic {
            case .length, .toJsonString, .findInMap:
                if let resolved = try? resolver.resolve(value) { return resolved }
            default: break
            }
        }
        switch value.content {
        case .list(let items): return .list(items.map(extended), line: value.line)
        case .map(let map):
            return .map(map.mapValues(extended), line: value.line)
        case .null, .bool, .number, .string: return value
        }
    }
}
