import YAML

/// Reads a YAML template, CloudFormation's short-form tags included.
enum YAMLTemplateReader {
    private static let yamlTags = "tag:yaml.org,2002:"
    private static let limits = YAMLLimits(
        depth: TemplateLimits.depth, values: TemplateLimits.values, textBytes: TemplateLimits.textBytes,
        aliases: TemplateLimits.aliases)

    /// Nil when there is nothing in the text. A repeated key is no problem: CloudFormation takes the last one.
    static func read(
        _ bytes: [UInt8], file: String, onWarning: (TemplateProblem) -> Void = { _ in }
    ) throws(TemplateProblem) -> TemplateValue? {
        let document: YAMLDocument
        do throws(YAMLError) { document = try YAMLDocument(parsing: bytes, limits: limits) } catch {
            let column = error.column.map { " (column \($0))" } ?? ""
            throw TemplateProblem(
                file: file, line: error.line, path: "",
                message: (error.isSyntax ? "YAML not well-formed: " : "") + error.reason + column)
        }
        for repeated in document.repeatedKeys {
            onWarning(
                TemplateProblem(
                    file: file, line: repeated.line, path: "",
                    message: "the key \(repeated.key) is repeated; the last value counts"))
        }
        return try document.root.map { node throws(TemplateProblem) in try value(node, file) }
    }

    private static func value(_ node: YAMLNode, _ file: String) throws(TemplateProblem) -> TemplateValue {
        switch node.content {
        case .scalar(let text, let isPlain):
            let isUntagged = isPlain && node.tag == nil
            let content: TemplateValue.Content = isUntagged ? PlainScalar.content(text) : .string(text)
            return try tagged(TemplateValue(content, line: node.line), node, file, isPlain: isPlain)
        case .sequence(let nodes):
            var list: [TemplateValue] = []
            list.reserveCapacity(nodes.count)
            for node in nodes { list.append(try value(node, file)) }
            return try tagged(.list(list, line: node.line), node, file)
        case .mapping(let pairs):
            var entries: [TemplateMap.Entry] = []
            entries.reserveCapacity(pairs.count)
            for pair in pairs {
                entries.append(
                    TemplateMap.Entry(key: pair.key, line: pair.line, value: try value(pair.value, file)))
            }
            return try tagged(.map(TemplateMap(entries), line: node.line), node, file)
        }
    }

    /// The long form of a short-form tag: `!GetAtt Api.Arn` is `{"Fn::GetAtt": ["Api", "Arn"]}`.
    private static func tagged(
        _ value: TemplateValue, _ node: YAMLNode, _ file: String, isPlain: Bool = false
    ) throws(TemplateProblem) -> TemplateValue {
        var value = value
        let line = value.line
        guard let tag = node.tag else { return value }
        func problem(_ message: String) -> TemplateProblem {
            TemplateProblem(file: file, line: line, path: "", message: message)
        }
        if tag.hasPrefix(yamlTags) {
            switch tag.dropFirst(yamlTags.count) {
            case "str", "map", "seq": return value
            case "int", "float", "bool", "null":
                if isPlain, let text = value.string { value.content = PlainScalar.content(text) }
                return value
            case let name: throw problem("CloudFormation does not support the YAML tag !!\(name)")
            }
        }
        guard tag.hasPrefix("!") else { throw problem("Unknown YAML tag \(tag)") }
        let name = tag.dropFirst()
        if name == "GetAtt", let text = value.string {
            let names = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
            value.content = .list(names.map { .string(String($0), line: line) })
        }
        return .map([name == "Ref" || name == "Condition" ? String(name) : "Fn::\(name)": value], line: line)
    }
}
