import JSON

/// Compares properties as they are recorded: the order of members does not count, that of lists does.
enum PropertyDifference {
    /// The names of properties that differ, sorted.
    static func names(_ old: JSONValue, _ new: JSONValue) -> [String] {
        let (old, new) = (old.object ?? [:], new.object ?? [:])
        let names = Set(old.keys).union(new.keys)
        return names.filter { name in
            guard let before = old[name], let after = new[name] else { return true }
            return !isSame(before, after)
        }.sorted()
    }

    /// The depth is that of templates, which is bounded.
    static func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
        switch (left, right) {
        case (.object(let left), .object(let right)):
            left.count == right.count
                && left.allSatisfy { member in right[member.key].map { isSame(member.value, $0) } ?? false }
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { isSame($0, $1) }
        default: left == right
        }
    }
}

extension TemplateValue {
    /// What was recorded, as properties are read; the line is where the template has what it belongs to.
    init(json: JSONValue, line: Int) {
        switch json {
        case .null: self.init(.null, line: line)
        case .bool(let value): self.init(.bool(value), line: line)
        case .number(let text): self.init(.number(text), line: line)
        case .string(let text): self.init(.string(text), line: line)
        case .array(let values): self.init(.list(values.map { TemplateValue(json: $0, line: line) }), line: line)
        case .object(let object): self.init(.map(TemplateMap(json: object, line: line)), line: line)
        }
    }
}

extension TemplateMap {
    init(json object: JSONObject, line: Int) {
        self.init(object.map { Entry(key: $0.key, line: line, value: TemplateValue(json: $0.value, line: line)) })
    }
}
