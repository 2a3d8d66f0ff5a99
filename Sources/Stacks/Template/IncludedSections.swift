/// AWS::Include where it brings in sections, or what sections declare: resources, their bodies, mappings, outputs.
///
/// Source: CloudFormation User Guide, transform-aws-include; what stands in the template itself comes before what is
/// included.
struct IncludedSections {
    /// How many maps deep a section may take in what it declares.
    static let levels = ["Conditions": 1, "Mappings": 3, "Outputs": 2, "Resources": 2]
    private static let call = "Fn::Transform"

    /// With the parameters.
    private let resolver: IntrinsicResolver
    private let files: IncludedFiles

    init(_ resolver: IntrinsicResolver, _ source: TemplateSource) {
        self.resolver = resolver
        files = IncludedFiles(source)
    }

    /// Whether the template takes in anything, its properties included.
    static func areNamed(in root: TemplateMap) -> Bool {
        let transforms = root["Transform"].map { $0.list ?? [$0] } ?? []
        return transforms.contains { $0.map != nil } || isCalled(in: .map(root, line: 1), levels: TemplateLimits.depth)
    }

    static func stand(in section: TemplateMap.Entry) -> Bool {
        levels[section.key].map { isCalled(in: section.value, levels: $0) } ?? false
    }

    private static func isCalled(in value: TemplateValue, levels: Int) -> Bool {
        guard levels > 0 else { return false }
        if let list = value.list { return list.contains { isCalled(in: $0, levels: levels - 1) } }
        return value.map.map { map in
            map.contains { $0.key == call || isCalled(in: $0.value, levels: levels - 1) }
        } ?? false
    }

    func expanded(_ section: TemplateMap.Entry, problems: inout Problems) -> TemplateMap.Entry {
        var section = section
        section.value = expanded(
            section.value, levels: Self.levels[section.key] ?? 0, path: section.key, problems: &problems)
        return section
    }

    private func expanded(
        _ value: TemplateValue, levels: Int, path: String, problems: inout Problems
    ) -> TemplateValue {
        guard levels > 0, var map = value.map else { return value }
        if let call = map[Self.call] {
            map[Self.call] = nil
            var whole = document(call, path: path, problems: &problems) ?? TemplateMap()
            for own in map { whole[own.key] = own.value }
            map = whole
        }
        return .map(
            TemplateMap(
                map.map { entry in
                    var entry = entry
                    entry.value = expanded(
                        entry.value, levels: levels - 1, path: "\(path).\(entry.key)", problems: &problems)
                    return entry
                }), line: value.line)
    }

    /// The map that a call names; nil with a problem.
    ///
    /// - Parameter call: a map of Name and Parameters.
    func document(_ call: TemplateValue, path: String, problems: inout Problems) -> TemplateMap? {
        let location: TemplateValue
        switch Intrinsic.read(.map([Self.call: call], line: call.line)) {
        case .intrinsic(.include(let named)): location = named
        case .refused(let message):
            problems.add(message, line: call.line, path: path)
            return nil
        case .intrinsic, .literal: return nil
        }
        guard let text = try? resolver.resolve(location)?.text else {
            problems.add("the Location of an AWS::Include must be known", line: call.line, path: path)
            return nil
        }
        guard let file = files.read(text, what: Template.include, line: call.line, path: path, &problems) else {
            return nil
        }
        guard let map = file.value.map, !file.hasTransforms else {
            let reason = file.hasTransforms ? "uses Fn::Transform; an included file may not" : "is no map"
            problems.add("\(text) \(reason)", line: call.line, path: path)
            return nil
        }
        return map
    }
}
