/// The section Mappings: values by the name of a map and two keys.
struct Mappings: Sendable {
    private var maps = TemplateMap()

    /// No mappings.
    init() {}

    /// Problems are those of the section's form; its values are literal.
    init(_ section: [TemplateMap.Entry], problems: inout Problems) {
        for map in section {
            let path = "Mappings.\(map.key)"
            guard let keys = map.value.map, keys.count <= TemplateLimits.mappingAttributes else {
                problems.add(
                    "Template format error: Every Mappings member \(map.key) must be a map of at most "
                        + "\(TemplateLimits.mappingAttributes) keys", line: map.line, path: path)
                continue
            }
            for key in keys { Self.check(key, path: "\(path).\(key.key)", problems: &problems) }
        }
        maps = TemplateMap(section)
    }

    func value(_ names: [String]) -> TemplateValue? {
        var value: TemplateValue = .map(maps, line: 1)
        for name in names {
            guard let next = value.map?[name] else { return nil }
            value = next
        }
        return value
    }

    private static func check(_ key: TemplateMap.Entry, path: String, problems: inout Problems) {
        guard let attributes = key.value.map, attributes.count <= TemplateLimits.mappingAttributes else {
            problems.add(
                "Template format error: Every Mappings attribute must be a map of at most "
                    + "\(TemplateLimits.mappingAttributes) values", line: key.line, path: path)
            return
        }
        for attribute in attributes
        where !(attribute.value.list ?? [attribute.value]).allSatisfy({ $0.text != nil }) {
            problems.add(
                "Template format error: Every Mappings attribute must be a String or a List.", line: attribute.line,
                path: "\(path).\(attribute.key)")
        }
    }
}
