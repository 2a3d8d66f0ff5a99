/// A template taken apart into its sections, with nothing worked out yet.
struct Template {
    static let formatVersion = "2010-09-09"
    static let serverlessTransform = "AWS::Serverless-2016-10-31"
    static let languageExtensions = "AWS::LanguageExtensions"
    static let include = "AWS::Include"

    let source: TemplateSource
    /// As it was read.
    private(set) var root: TemplateMap
    private(set) var parameters: [ParameterDefinition] = []
    var description: String? { root["Description"]?.string }
    private(set) var globals = TemplateMap()
    private(set) var resources: [TemplateResource] = []
    private(set) var outputs: [TemplateOutput] = []
    private(set) var mappings = Mappings()
    private(set) var conditions: [TemplateMap.Entry] = []
    /// The section Rules, as it is written.
    private(set) var rules: [TemplateMap.Entry] = []
    private(set) var transforms: Set<String> = []
    /// Whether the template takes in documents with AWS::Include.
    let hasIncludes: Bool
    /// Whether anything makes another template of it.
    var hasMacros: Bool { !transforms.isEmpty || hasIncludes }
    /// What the template as a whole takes in.
    private var includes: [TemplateMap.Entry] = []
    /// Sections that take in something beside what they declare, which are read when that is known.
    private var including: [TemplateMap.Entry] = []
    /// Sections with loops, which are read when these can be written out.
    private var looped: [TemplateMap.Entry] = []
    /// What the template says of itself to others and that has no effect.
    private(set) var storedOnly: [StoredOnlyProperty] = []
    /// The names in the sections, also of entries that have problems: a reference to one of these is no second problem.
    private(set) var parameterNames: Set<String> = []
    private(set) var resourceNames: Set<String> = []

    init(_ source: TemplateSource, problems: inout Problems) throws(TemplateError) {
        self.source = source
        let root = try source.root(&problems)
        self.root = root
        hasIncludes = IncludedSections.areNamed(in: root)
        for section in root { read(section, problems: &problems) }
        if includes.isEmpty { checkResources(problems: &problems) }
        if !transforms.contains(Self.serverlessTransform) { refuseServerless(root, problems: &problems) }
    }

    private func checkResources(problems: inout Problems) {
        guard root["Resources"]?.map?.isEmpty ?? true else { return }
        problems.add(
            "Template format error: At least one Resources member must be defined.",
            line: root.entry("Resources")?.line, path: "")
    }

    /// Takes in what AWS::Include names in the template as a whole and in its sections; properties do so later.
    ///
    /// - Parameter resolver: with the parameters.
    mutating func include(_ resolver: IntrinsicResolver, problems: inout Problems) {
        let sections = IncludedSections(resolver, source)
        var changed: Set<String> = []
        for call in includes {
            guard let document = sections.document(call.value, path: call.key, problems: &problems) else { continue }
            for entry in document {
                guard IncludedSections.levels[entry.key] != nil else {
                    problems.add(
                        "the section \(entry.key) cannot be included", line: call.line, path: call.key)
                    continue
                }
                var whole = entry.value.map ?? TemplateMap()
                for own in root[entry.key]?.map ?? TemplateMap() { whole[own.key] = own.value }
                root[entry.key] = .map(whole, line: call.line)
                changed.insert(entry.key)
            }
        }
        for section in root where changed.contains(section.key) || including.contains(where: { $0.key == section.key })
        {
            let expanded = sections.expanded(section, problems: &problems)
            root[section.key] = expanded.value
            looped.removeAll { $0.key == section.key }
            read(expanded, isExpanded: true, problems: &problems)
        }
        if !includes.isEmpty { checkResources(problems: &problems) }
        (includes, including) = ([], [])
        if !transforms.contains(Self.serverlessTransform), hasIncludes {
            for resource in resources { refuse(serverless: resource, problems: &problems) }
        }
    }

    /// Reads the sections that have loops, which are written out with the values of parameters.
    ///
    /// - Parameter resolver: with the parameters and mappings.
    mutating func unroll(_ resolver: IntrinsicResolver, problems: inout Problems) {
        guard !looped.isEmpty else { return }
        let known = Set(resources.map(\.logicalId))
        var loops = TemplateLoops(resolver, hidden: Set(parameters.filter(\.isHidden).map(\.name)))
        for section in looped {
            guard transforms.contains(Self.languageExtensions) else {
                problems.add(
                    "Fn::ForEach needs `Transform: \(Self.languageExtensions)`", line: section.line, path: section.key)
                continue
            }
            let unrolled = loops.unrolled(section, problems: &problems)
            root[section.key] = unrolled.value
            read(unrolled, problems: &problems)
        }
        looped = []
        guard !transforms.contains(Self.serverlessTransform) else { return }
        for resource in resources where !known.contains(resource.logicalId) {
            refuse(serverless: resource, problems: &problems)
        }
    }

    private mutating func read(
        _ section: TemplateMap.Entry, isExpanded: Bool = false, problems: inout Problems
    ) {
        let (name, line) = (section.key, section.line)
        if !isExpanded, IncludedSections.stand(in: section) {
            including.append(section)
            return
        }
        if TemplateLoops.sections.contains(name), TemplateLoops.stand(in: section.value) {
            looped.append(section)
            return
        }
        switch name {
        case "AWSTemplateFormatVersion":
            if section.value.text != Self.formatVersion {
                problems.add(
                    "Template format error: unsupported value for AWSTemplateFormatVersion.", line: line, path: name)
            }
        case "Description":
            if section.value.string == nil {
                problems.add("Template format error: Description must be a string.", line: line, path: name)
            }
        case "Transform": readTransform(section.value, problems: &problems)
        case "Fn::Transform": includes.append(section)
        case "Parameters":
            let entries = entries(of: section, atMost: TemplateLimits.parameters, problems: &problems)
            parameterNames = Set(entries.map(\.key))
            parameters = entries.compactMap { ParameterDefinition($0, problems: &problems) }
        case "Globals":
            globals = TemplateMap(
                (section.value.map ?? TemplateMap()).map { entry in
                    // Nulls are nothing to SAM's translator.
                    let value = entry.value.map.map { TemplateValue.map($0.withoutNulls, line: entry.value.line) }
                    return TemplateMap.Entry(key: entry.key, line: entry.line, value: value ?? entry.value)
                })
            if section.value.map == nil {
                problems.add("'Globals' section is invalid. It must be a non-empty dictionary", line: line, path: name)
            }
        case "Resources":
            let entries = entries(of: section, atMost: TemplateLimits.resources, problems: &problems)
            resourceNames = Set(entries.map(\.key))
            resources = entries.compactMap { TemplateResource($0, problems: &problems) }
            for entry in entries {
                guard let metadata = entry.value.map?.entry("Metadata") else { continue }
                storedOnly.append(
                    StoredOnlyProperty(path: "\(name).\(entry.key).Metadata", line: metadata.line))
            }
        case "Mappings":
            mappings = Mappings(
                entries(of: section, atMost: TemplateLimits.mappings, problems: &problems), problems: &problems)
        case "Conditions":
            conditions = entries(of: section, atMost: TemplateLimits.conditions, problems: &problems)
        case "Rules": rules = entries(of: section, atMost: TemplateLimits.rules, problems: &problems)
        case "Metadata": storedOnly.append(StoredOnlyProperty(path: name, line: line))
        case "Outputs":
            let entries = entries(of: section, atMost: TemplateLimits.outputs, problems: &problems)
            outputs = entries.compactMap { TemplateOutput($0, problems: &problems) }
        default: problems.add("the section \(name) is not supported yet", line: line, path: name)
        }
    }

    private mutating func readTransform(_ value: TemplateValue, problems: inout Problems) {
        for transform in value.list ?? [value] {
            if let name = transform.string, [Self.serverlessTransform, Self.languageExtensions].contains(name) {
                transforms.insert(name)
            } else if let map = transform.map {
                guard let name = map["Name"], name.string != nil else {
                    problems.add(
                        "Key Name of transform definition must be a string.", line: transform.line, path: "Transform")
                    continue
                }
                includes.append(TemplateMap.Entry(key: "Transform", line: transform.line, value: transform))
            } else {
                problems.add(
                    "the transform \(transform.text ?? transform.kind) is not supported yet", line: transform.line,
                    path: "Transform")
            }
        }
    }

    private func entries(
        of section: TemplateMap.Entry, atMost limit: Int, problems: inout Problems
    ) -> [TemplateMap.Entry] {
        guard let map = section.value.map else {
            let message =
                section.key == "Resources" ? "Any Resources member must be an object." : "\(section.key) must be a map."
            problems.add("Template format error: \(message)", line: section.line, path: section.key)
            return []
        }
        guard map.count <= limit else {
            problems.add(
                "Template format error: Number of \(section.key.lowercased()), \(map.count), is greater than maximum "
                    + "allowed, \(limit)", line: section.line, path: section.key)
            return []
        }
        return map.entries
    }

    private func refuseServerless(_ root: TemplateMap, problems: inout Problems) {
        if let globals = root.entry("Globals") {
            problems.add("the section Globals \(Self.needsServerless)", line: globals.line, path: "Globals")
        }
        for resource in resources { refuse(serverless: resource, problems: &problems) }
    }

    private func refuse(serverless resource: TemplateResource, problems: inout Problems) {
        guard resource.type.hasPrefix("AWS::Serverless::") else { return }
        problems.add(
            "the resource type \(resource.type) \(Self.needsServerless)", line: resource.typeLine, path: resource.path)
    }

    private static let needsServerless = "needs `Transform: \(serverlessTransform)`"
}
