import Yams

/// Reads a YAML template, CloudFormation's short-form tags included.
///
/// To find repeated keys, Yams hashes them with all that is in them: a key blown up by aliases of aliases would keep it
/// busy for ever, and keys within keys (`? ? ? a`) for minutes. So Yams is shown stand-ins for `*` and `?`. It takes
/// an alias for a plain scalar, and the expansion below counts what it makes; keys that are no strings, which no
/// template has, it does not recognise.
struct YAMLTemplateReader {
    /// A value with what it adds to the totals when an alias repeats it.
    private struct Part {
        var value: TemplateValue
        var values = 1
        var bytes = 0
        var height = 1
    }

    /// In the private use area: no template has a reason to hold them, and YAML lets a plain scalar begin with them.
    private static let asterisk: Unicode.Scalar = "\u{E000}"
    private static let questionMark: Unicode.Scalar = "\u{E001}"
    /// The first byte of both in UTF-8.
    private static let firstByte: UInt8 = 0xEE
    private static let yamlTags = "tag:yaml.org,2002:"
    private static let notWellFormed = "YAML not well-formed"

    private let file: String
    private var anchors: [String: Part] = [:]
    private var values = 0
    private var bytes = 0
    private var aliases = 0

    private init(file: String) { self.file = file }

    static func read(_ text: String, file: String) throws(TemplateProblem) -> TemplateValue? {
        var reader = YAMLTemplateReader(file: file)
        let shown = try reader.shown(text)
        let root: Node?
        do {
            // The resolver without rules: PlainScalar decides what a scalar means, without regular expressions.
            let parser = try Parser(yaml: shown, resolver: .basic, constructor: .default, encoding: .utf8)
            root = try parser.singleRoot()
            guard let root else { return nil }
            // Anchors are the parser's; nodes hold them weakly.
            return try withExtendedLifetime(parser) { try reader.part(root, depth: 0).value }
        } catch let problem as TemplateProblem {
            throw problem
        } catch let error as YamlError {
            throw reader.problem(error)
        } catch {
            throw reader.problem("\(notWellFormed): \(error)", line: nil)
        }
    }

    private func shown(_ text: String) throws(TemplateProblem) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }) else { return text }
        guard !text.utf8.contains(Self.firstByte) || !text.unicodeScalars.contains(where: Self.isStandIn) else {
            throw problem("The characters U+E000 and U+E001 are not supported in a template", line: nil)
        }
        let asterisk = Array(String(Self.asterisk).utf8)
        let questionMark = Array(String(Self.questionMark).utf8)
        var shown: [UInt8] = []
        shown.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "*"): shown += asterisk
            case UInt8(ascii: "?"): shown += questionMark
            default: shown.append(byte)
            }
        }
        return String(decoding: shown, as: UTF8.self)
    }

    private func meant(_ text: String) -> String {
        guard text.utf8.contains(Self.firstByte), text.unicodeScalars.contains(where: Self.isStandIn) else {
            return text
        }
        var meant = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case Self.asterisk: meant.append("*")
            case Self.questionMark: meant.append("?")
            default: meant.append(scalar)
            }
        }
        return String(meant)
    }

    private static func isStandIn(_ scalar: Unicode.Scalar) -> Bool { scalar == asterisk || scalar == questionMark }

    private mutating func part(_ node: Node, depth: Int) throws(TemplateProblem) -> Part {
        let line = node.mark?.line ?? 1
        guard depth < TemplateLimits.depth else { throw tooDeep(line) }
        let part: Part
        switch node {
        case .scalar(let scalar):
            if let name = aliasName(scalar) { return try expand(name, line: line, depth: depth) }
            let value = TemplateValue(content(scalar), line: line)
            let whole = Part(value: value, bytes: scalar.string.utf8.count)
            part = try tagged(whole, scalar.tag.rawValue, plain: scalar.style == .plain)
        case .sequence(let sequence): part = try tagged(list(sequence, line: line, depth: depth), sequence.tag.rawValue)
        case .mapping(let mapping): part = try tagged(map(mapping, line: line, depth: depth), mapping.tag.rawValue)
        case .alias: throw problem("An alias that cannot be read", line: line)
        }
        try count(1, bytes: 0, line: line)
        if let anchor = node.anchor { anchors[anchor.rawValue] = part }
        return part
    }

    private func content(_ scalar: Node.Scalar) -> TemplateValue.Content {
        let text = meant(scalar.string)
        return scalar.style == .plain && scalar.tag.rawValue.isEmpty ? PlainScalar.content(text) : .string(text)
    }

    private mutating func list(_ sequence: Node.Sequence, line: Int, depth: Int) throws(TemplateProblem) -> Part {
        var whole = Part(value: .list([], line: line))
        var items: [TemplateValue] = []
        items.reserveCapacity(sequence.count)
        for child in sequence {
            let item = try part(child, depth: depth + 1)
            items.append(item.value)
            whole.values += item.values
            whole.bytes += item.bytes
            whole.height = max(whole.height, item.height + 1)
        }
        whole.value.content = .list(items)
        return whole
    }

    private mutating func map(_ mapping: Node.Mapping, line: Int, depth: Int) throws(TemplateProblem) -> Part {
        var whole = Part(value: .map(TemplateMap(), line: line))
        var entries: [TemplateMap.Entry] = []
        var merged: [TemplateMap.Entry] = []
        var names: Set<String> = []
        entries.reserveCapacity(mapping.count)
        for (key, child) in mapping {
            let name = try self.key(key)
            // Yams has seen to the keys that are written alike; an alias may stand for one of them.
            guard names.insert(name).inserted else { throw repeated(name, line: key.mark?.line) }
            let item = try part(child, depth: depth + 1)
            whole.values += item.values
            whole.bytes += item.bytes + name.utf8.count
            whole.height = max(whole.height, item.height + 1)
            if name == "<<", key.scalar?.style == .plain {
                merged += try merge(item.value)
            } else {
                entries.append(TemplateMap.Entry(key: name, line: key.mark?.line ?? line, value: item.value))
            }
        }
        var map = TemplateMap(entries)
        for entry in merged where map[entry.key] == nil { map[entry.key] = entry.value }
        whole.value.content = .map(map)
        return whole
    }

    /// The entries that a merge key brings in (https://yaml.org/type/merge.html): of one map, or of a list of maps.
    private func merge(_ value: TemplateValue) throws(TemplateProblem) -> [TemplateMap.Entry] {
        if let map = value.map { return map.entries }
        guard let maps = value.list?.map(\.map), maps.allSatisfy({ $0 != nil }) else {
            throw problem("A merge key (<<) takes a map or a list of maps", line: value.line)
        }
        return maps.flatMap { $0?.entries ?? [] }
    }

    private mutating func key(_ node: Node) throws(TemplateProblem) -> String {
        let line = node.mark?.line ?? 1
        guard case .scalar(let scalar) = node else { throw problem("Keys must be strings", line: line) }
        if let name = aliasName(scalar) {
            guard let text = try expand(name, line: line, depth: 0).value.text else {
                throw problem("Keys must be strings; the alias *\(name) stands for a list or a map", line: line)
            }
            return text
        }
        let text = meant(scalar.string)
        if let anchor = scalar.anchor { anchors[anchor.rawValue] = Part(value: .string(text, line: line)) }
        return text
    }

    private func aliasName(_ scalar: Node.Scalar) -> String? {
        guard scalar.style == .plain, scalar.tag.rawValue.isEmpty || scalar.tag.rawValue == Self.yamlTags + "str",
            scalar.string.unicodeScalars.first == Self.asterisk
        else { return nil }
        return String(scalar.string.unicodeScalars.dropFirst())
    }

    private mutating func expand(_ name: String, line: Int, depth: Int) throws(TemplateProblem) -> Part {
        guard let part = anchors[name] else {
            throw problem("The alias *\(meant(name)) has no anchor; text that begins with * needs quotes", line: line)
        }
        aliases += 1
        guard aliases <= TemplateLimits.aliases else {
            throw problem("More than \(TemplateLimits.aliases) uses of YAML aliases", line: line)
        }
        guard depth + part.height <= TemplateLimits.depth else { throw tooDeep(line) }
        try count(part.values, bytes: part.bytes, line: line)
        return part
    }

    /// The long form of a short-form tag: `!GetAtt Api.Arn` is `{"Fn::GetAtt": ["Api", "Arn"]}`.
    private func tagged(_ part: Part, _ tag: String, plain: Bool = false) throws(TemplateProblem) -> Part {
        var part = part
        let line = part.value.line
        if tag.isEmpty || tag == "!" { return part }
        if tag.hasPrefix(Self.yamlTags) {
            switch tag.dropFirst(Self.yamlTags.count) {
            case "str", "map", "seq": return part
            case "int", "float", "bool", "null":
                if plain, let text = part.value.string { part.value.content = PlainScalar.content(text) }
                return part
            case let name: throw problem("CloudFormation does not support the YAML tag !!\(name)", line: line)
            }
        }
        guard tag.hasPrefix("!") else { throw problem("Unknown YAML tag \(meant(tag))", line: line) }
        let name = meant(String(tag.dropFirst()))
        if name == "GetAtt", let text = part.value.string {
            let names = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
            part.value.content = .list(names.map { .string(String($0), line: line) })
        }
        part.value = .map([name == "Ref" || name == "Condition" ? name : "Fn::\(name)": part.value], line: line)
        part.values += 1
        part.height += 1
        return part
    }

    private mutating func count(_ values: Int, bytes: Int, line: Int) throws(TemplateProblem) {
        self.values += values
        self.bytes += bytes
        guard self.values <= TemplateLimits.values else {
            throw problem("More than \(TemplateLimits.values) values", line: line)
        }
        guard self.bytes <= TemplateLimits.textBytes else {
            throw problem("More than \(TemplateLimits.textBytes) bytes of text, aliases expanded", line: line)
        }
    }
}

extension YAMLTemplateReader {
    private func problem(_ message: String, line: Int?) -> TemplateProblem {
        TemplateProblem(file: file, line: line, path: "", message: message)
    }

    private func repeated(_ key: String, line: Int?) -> TemplateProblem {
        problem("\(Self.notWellFormed): repeated key \(key)", line: line)
    }

    private func tooDeep(_ line: Int) -> TemplateProblem {
        problem("Nested more than \(TemplateLimits.depth) deep", line: line)
    }

    private func problem(_ error: YamlError) -> TemplateProblem {
        switch error {
        case .scanner(let context, let text, let mark, _), .parser(let context, let text, let mark, _),
            .composer(let context, let text, let mark, _):
            let around = context.map { "\($0.text), " } ?? ""
            return problem("\(Self.notWellFormed): \(around)\(meant(text)) (column \(mark.column))", line: mark.line)
        case .reader(let text, let offset, _, let yaml):
            let line = offset.map { yaml.prefix($0).count { $0.isNewline } + 1 }
            return problem("\(Self.notWellFormed): \(text)", line: line)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.map { meant($0) }.joined(separator: ", ")
            return repeated(keys, line: context.mark.line)
        default: return problem("\(Self.notWellFormed): \(error)", line: nil)
        }
    }
}
