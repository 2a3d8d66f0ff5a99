import JSON

/// Reads properties for a call. Like CloudFormation it takes a number for a string and `"30"` for a number.
struct PropertyReader: Sendable {
    let properties: TemplateMap

    func required(_ name: String) throws(ResourceFailure) -> String {
        guard let text = try text(name)?.string else { throw ResourceFailure(message: "\(name) is needed") }
        return text
    }

    func text(_ name: String) throws(ResourceFailure) -> JSONValue? {
        guard let value = properties[name] else { return nil }
        return .string(try Self.text(value, name))
    }

    func integer(_ name: String) throws(ResourceFailure) -> JSONValue? {
        guard let value = properties[name] else { return nil }
        guard let integer = value.integer else {
            throw ResourceFailure(message: "\(name) must be an integer; it is a \(value.kind)", line: value.line)
        }
        return .number(integer)
    }

    func boolean(_ name: String) throws(ResourceFailure) -> JSONValue? {
        guard let value = properties[name] else { return nil }
        guard let boolean = value.boolean else {
            throw ResourceFailure(message: "\(name) must be true or false; it is a \(value.kind)", line: value.line)
        }
        return .bool(boolean)
    }

    func texts(_ name: String) throws(ResourceFailure) -> JSONValue? {
        guard let value = properties[name] else { return nil }
        guard let list = value.list else {
            throw ResourceFailure(message: "\(name) must be a list; it is a \(value.kind)", line: value.line)
        }
        var texts: [JSONValue] = []
        for item in list { texts.append(.string(try Self.text(item, name))) }
        return .array(texts)
    }

    /// The texts of a list; none where it is not there.
    func textList(_ name: String) throws(ResourceFailure) -> [String] {
        (try texts(name)?.array ?? []).compactMap(\.string)
    }

    func textMap(_ name: String) throws(ResourceFailure) -> JSONValue? {
        guard let map = try map(name) else { return nil }
        var texts = JSONObject()
        for entry in map { texts[entry.key] = .string(try Self.text(entry.value, "\(name).\(entry.key)")) }
        return .object(texts)
    }

    func map(_ name: String) throws(ResourceFailure) -> TemplateMap? {
        guard let value = properties[name] else { return nil }
        guard let map = value.map else {
            throw ResourceFailure(message: "\(name) must be a map; it is a \(value.kind)", line: value.line)
        }
        return map
    }

    /// The properties of a property.
    func nested(_ name: String) throws(ResourceFailure) -> PropertyReader? {
        try map(name).map(PropertyReader.init)
    }

    /// Tags as a list of Key and Value, the way most types of CloudFormation have them, as a map.
    func tagList(_ name: String) throws(ResourceFailure) -> JSONValue? {
        guard let value = properties[name] else { return nil }
        var tags = JSONObject()
        for tag in value.list ?? [] {
            guard let map = tag.map, let key = map["Key"]?.text, let text = map["Value"]?.text else {
                throw ResourceFailure(message: "a tag needs a Key and a Value", line: tag.line)
            }
            tags[key] = .string(text)
        }
        return .object(tags)
    }

    private static func text(_ value: TemplateValue, _ name: String) throws(ResourceFailure) -> String {
        guard let text = value.text else {
            throw ResourceFailure(message: "\(name) must be a string; it is a \(value.kind)", line: value.line)
        }
        return text
    }
}
