/// The section Mappings: values by the name of a map and two keys.
struct Mappings: Sendable {
    private var maps = TemplateMap()

    /// No mappings.
    init() {}

    /// Problems are those of the section's form; its values are literal.
    init(_ section: [TemplateMap.Entry], problems: inout Problems) {
        for map in section {
            let path = "Mappings.\(map.key)"
            guard let keys = Self.map(map, path: path, problems: &problems) else { continue }
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

    private static func map(_ entry: TemplateMap.Entry, path: String, problems: inout Problems) -> TemplateMap? {
        guard let map = entry.value.map else {
            problems.add(
                "Template format error: Every Mappings member \(entry.key) must be a map", line: entry.line, path: path)
            return nil
        }
        guard map.count <= TemplateLimits.mappingAttributes else {
            problems.add(
                "Template format error: Mappings member \(entry.key) has more than "
                    + "\(TemplateLimits.mappingAttributes) keys", line: entry.line, path: path)
            return nil
        }
        return map
    }

    private static func check(_ key: TemplateMap.Entry, path: String, problems: inout Problems) {
        guard let attributes = map(key, path: path, problems: &problems) else { return }
        for attribute in attributes
        where !(attribute.value.list ?? [attribute.value]).allSatisfy({ $0.text != nil }) {
            problems.add(
                "Template format error: Every Mappings attribute must be a String or a List.", line: attribute.line,
                path: "\(path).\(attribute.key)")
        }
    }
}
