/// Puts the values of a document together.
///
/// Keys are text: a key that is a list or a mapping is refused where it begins, before anything is read that it holds.
struct YAMLComposer {
    /// A value with what it adds to the totals when an alias repeats it.
    private struct Part {
        var node: YAMLNode
        var values = 1
        var bytes = 0
        var height = 1
    }

    /// Repeated keys that are told of.
    private static let toldKeys = 100
    private static let mergeKey = "<<"
    private static let yamlTags = "tag:yaml.org,2002:"

    let events: YAMLEvents
    private(set) var repeatedKeys: [YAMLRepeatedKey] = []
    private let limits: YAMLLimits
    private var anchors: [String: Part] = [:]
    private var values = 0
    private var bytes = 0
    private var aliases = 0

    init(_ events: YAMLEvents, _ limits: YAMLLimits) {
        self.events = events
        self.limits = limits
    }

    mutating func document() throws(YAMLError) -> YAMLNode? {
        _ = try events.next()
        if case .streamEnd = try events.next().kind { return nil }
        let root = try part(try events.next(), depth: 0).node
        _ = try events.next()
        let end = try events.next()
        guard case .streamEnd = end.kind else {
            throw YAMLError(
                syntax: "expected a single document in the stream, but found another document", line: end.line,
                column: end.column)
        }
        return root
    }

    private mutating func part(_ event: YAMLEvent, depth: Int) throws(YAMLError) -> Part {
        guard depth < limits.depth else { throw tooDeep(event) }
        let properties: YAMLProperties
        var part: Part
        switch event.kind {
        case .alias(let name): return try expand(name, event, depth: depth)
        case .scalar(let text, let isPlain, let given):
            properties = given
            part = Part(node: node(.scalar(text, isPlain: isPlain), given, event), bytes: text.utf8.count)
        case .sequence(let given):
            properties = given
            part = try sequence(event, given, depth: depth + levels(of: given))
        case .mapping(let given):
            properties = given
            part = try mapping(event, given, depth: depth + levels(of: given))
        case .end, .streamEnd, .start: throw YAMLError(syntax: "did not find a value", line: event.line)
        }
        let tagged = levels(of: properties) - 1
        part.values += tagged
        part.height += tagged
        guard depth + part.height <= limits.depth else { throw tooDeep(event) }
        try count(1 + tagged, bytes: 0, event)
        if let anchor = properties.anchor { anchors[anchor] = part }
        return part
    }

    private func node(_ content: YAMLNode.Content, _ properties: YAMLProperties, _ event: YAMLEvent) -> YAMLNode {
        YAMLNode(content: content, tag: properties.tag, line: event.line, column: event.column)
    }

    /// How deep what is in a value lies below it: a tag of the document's own is read as a mapping around it.
    private func levels(of properties: YAMLProperties) -> Int {
        guard let tag = properties.tag, !tag.hasPrefix(Self.yamlTags) else { return 1 }
        return 2
    }

    private mutating func sequence(
        _ event: YAMLEvent, _ properties: YAMLProperties, depth: Int
    ) throws(YAMLError) -> Part {
        var whole = Part(node: node(.sequence([]), properties, event))
        var items: [YAMLNode] = []
        while true {
            let next = try events.next()
            if case .end = next.kind { break }
            let item = try part(next, depth: depth)
            items.append(item.node)
            whole.values += item.values
            whole.bytes += item.bytes
            whole.height = max(whole.height, item.height + 1)
        }
        whole.node = node(.sequence(items), properties, event)
        return whole
    }

    private mutating func mapping(
        _ event: YAMLEvent, _ properties: YAMLProperties, depth: Int
    ) throws(YAMLError) -> Part {
        var whole = Part(node: node(.mapping([]), properties, event))
        var entries: [YAMLNode.Entry] = []
        var positions: [String: Int] = [:]
        var merged: YAMLNode?
        while true {
            let next = try events.next()
            if case .end = next.kind { break }
            let (key, isMerge) = try key(next)
            let item = try part(try events.next(), depth: depth)
            whole.values += item.values
            whole.bytes += item.bytes + key.utf8.count
            whole.height = max(whole.height, item.height + 1)
            if isMerge {
                if merged != nil { tellRepeated(key, next) }
                merged = item.node
                continue
            }
            let entry = YAMLNode.Entry(key: key, line: next.line, value: item.node)
            if let position = positions[key] {
                tellRepeated(key, next)
                entries[position] = entry
            } else {
                positions[key] = entries.count
                entries.append(entry)
            }
        }
        for entry in try merged.map(mergedEntries) ?? [] where positions[entry.key] == nil {
            positions[entry.key] = entries.count
            entries.append(entry)
        }
        whole.node = node(.mapping(entries), properties, event)
        return whole
    }

    private mutating func key(_ event: YAMLEvent) throws(YAMLError) -> (text: String, isMerge: Bool) {
        switch event.kind {
        case .scalar(let text, let isPlain, let properties):
            if let anchor = properties.anchor {
                let node = node(.scalar(text, isPlain: false), properties, event)
                anchors[anchor] = Part(node: node, bytes: text.utf8.count)
            }
            return (text, isPlain && text == Self.mergeKey)
        case .alias(let name):
            guard case .scalar(let text, _) = try expand(name, event, depth: 0).node.content else {
                throw YAMLError(
                    "Keys must be strings; the alias *\(name) stands for a list or a map", line: event.line)
            }
            return (text, false)
        default: throw YAMLError("Keys must be strings", line: event.line, column: event.column)
        }
    }

    private mutating func tellRepeated(_ key: String, _ event: YAMLEvent) {
        guard repeatedKeys.count < Self.toldKeys else { return }
        repeatedKeys.append(YAMLRepeatedKey(key: key, line: event.line))
    }

    /// The entries that a merge key brings in (https://yaml.org/type/merge.html): of one mapping, or of several.
    private func mergedEntries(_ node: YAMLNode) throws(YAMLError) -> [YAMLNode.Entry] {
        let nodes: [YAMLNode]
        if case .sequence(let items) = node.content { nodes = items } else { nodes = [node] }
        var all: [YAMLNode.Entry] = []
        for node in nodes {
            guard case .mapping(let entries) = node.content else {
                throw YAMLError("A merge key (<<) takes a map or a list of maps", line: node.line)
            }
            all += entries
        }
        return all
    }

    private mutating func expand(_ name: String, _ event: YAMLEvent, depth: Int) throws(YAMLError) -> Part {
        guard let part = anchors[name] else {
            throw YAMLError(
                "The alias *\(name) has no anchor; text that begins with * needs quotes", line: event.line)
        }
        aliases += 1
        guard aliases <= limits.aliases else {
            throw YAMLError("More than \(limits.aliases) uses of YAML aliases", line: event.line)
        }
        guard depth + part.height <= limits.depth else { throw tooDeep(event) }
        try count(part.values, bytes: part.bytes, event)
        return part
    }

    private mutating func count(_ values: Int, bytes: Int, _ event: YAMLEvent) throws(YAMLError) {
        self.values += values
        self.bytes += bytes
        guard self.values <= limits.values else {
            throw YAMLError("More than \(limits.values) values", line: event.line)
        }
        guard self.bytes <= limits.textBytes else {
            throw YAMLError("More than \(limits.textBytes) bytes of text, aliases expanded", line: event.line)
        }
    }

    private func tooDeep(_ event: YAMLEvent) -> YAMLError {
        YAMLError("Nested more than \(limits.depth) deep", line: event.line)
    }
}
