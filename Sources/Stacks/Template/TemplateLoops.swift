import GatewayModel

/// Fn::ForEach of AWS::LanguageExtensions: parts of a template that are written once and stand there for each item of a
/// collection.
///
/// Source: Template Reference, intrinsic-function-reference-foreach.
struct TemplateLoops {
    static let prefix = "Fn::ForEach::"
    /// The sections that may have them, their resources' properties included.
    static let sections: Set<String> = ["Conditions", "Outputs", "Resources"]

    /// With the parameters and mappings.
    private let resolver: IntrinsicResolver
    /// Parameters that must not be shown.
    private let hidden: Set<String>
    /// The line of each loop, by its name: the name is there once.
    private var lines: [String: Int] = [:]
    /// What may still be made.
    private var values = TemplateLimits.values
    private var bytes = TemplateLimits.textBytes

    /// Of the loops around, the outermost first.
    private typealias Bindings = [(identifier: String, item: String)]

    private struct Overflow: Error {}

    init(_ resolver: IntrinsicResolver, hidden: Set<String> = []) {
        self.resolver = resolver
        self.hidden = hidden
    }

    /// Whether there is a loop in the value. The recursion is as deep as the readers allow.
    static func stand(in value: TemplateValue) -> Bool {
        switch value.content {
        case .map(let map): map.entries.contains { $0.key.hasPrefix(prefix) || stand(in: $0.value) }
        case .list(let items): items.contains(where: stand)
        case .null, .bool, .number, .string: false
        }
    }

    /// The section with its loops written out.
    mutating func unrolled(_ section: TemplateMap.Entry, problems: inout Problems) -> TemplateMap.Entry {
        var section = section
        guard let map = section.value.map else { return section }
        do throws(Overflow) {
            let unrolled = try self.map(map, [], path: section.key, problems: &problems)
            section.value = .map(unrolled, line: section.value.line)
        } catch {
            problems.add(
                "the loops of the template make more than \(TemplateLimits.values) values, or more than "
                    + "\(TemplateLimits.textBytes) bytes of text", line: section.line, path: section.key)
            section.value = .map(TemplateMap(), line: section.value.line)
        }
        return section
    }

    private mutating func map(
        _ map: TemplateMap, _ bindings: Bindings, path: String, problems: inout Problems
    ) throws(Overflow) -> TemplateMap {
        var entries: [TemplateMap.Entry] = []
        var keys: Set<String> = []
        func add(_ entry: TemplateMap.Entry, _ problems: inout Problems) {
            guard keys.insert(entry.key).inserted else {
                problems.add(
                    "the key \(entry.key) is there twice when loops are written out", line: entry.line, path: path)
                return
            }
            entries.append(entry)
        }
        for entry in map {
            guard entry.key.hasPrefix(Self.prefix) else {
                let key = try text(entry.key, bindings)
                let value = try value(entry.value, bindings, path: "\(path).\(key)", problems: &problems)
                add(TemplateMap.Entry(key: key, line: entry.line, value: value), &problems)
                continue
            }
            for made in try loop(entry, bindings, path: path, problems: &problems) { add(made, &problems) }
        }
        return TemplateMap(entries)
    }

    private mutating func loop(
        _ entry: TemplateMap.Entry, _ outer: Bindings, path: String, problems: inout Problems
    ) throws(Overflow) -> [TemplateMap.Entry] {
        let name = String(entry.key.dropFirst(Self.prefix.utf8.count))
        let parts = entry.value.list ?? []
        guard parts.count == 3, let identifier = parts[0].string, LogicalId.isValid(identifier),
            let fragment = parts[2].map, !fragment.isEmpty, LogicalId.isValid(name)
        else {
            problems.add(
                "\(entry.key) takes a list of an identifier, a collection and a map; its name and the identifier are "
                    + "alphanumeric", line: entry.line, path: path)
            return []
        }
        guard lines[name, default: entry.line] == entry.line else {
            problems.add("the name of a loop is there once; \(name) is there twice", line: entry.line, path: path)
            return []
        }
        lines[name] = entry.line
        guard !outer.contains(where: { $0.identifier == identifier }) else {
            problems.add("the loop around \(name) has the identifier \(identifier), too", line: entry.line, path: path)
            return []
        }
        if let plain = fragment.entries.first(where: { !Self.isNamed($0.key, after: identifier) }) {
            problems.add(
                "the key \(plain.key) of \(entry.key) needs ${\(identifier)} or &{\(identifier)}", line: plain.line,
                path: path)
            return []
        }
        var made: [TemplateMap.Entry] = []
        for item in try collection(parts[1], outer, path: path, problems: &problems) {
            made += try map(fragment, outer + [(identifier, item)], path: path, problems: &problems).entries
        }
        return made
    }

    /// A loop in the loop has its own keys.
    private static func isNamed(_ key: String, after identifier: String) -> Bool {
        key.hasPrefix(prefix) || key.contains("${\(identifier)}") || key.contains("&{\(identifier)}")
    }

    private mutating func collection(
        _ value: TemplateValue, _ bindings: Bindings, path: String, problems: inout Problems
    ) throws(Overflow) -> [String] {
        let written = try self.value(value, bindings, path: path, problems: &problems)
        if let name = written.references.map(\.name).first(where: hidden.contains) {
            // What loops make is shown by names of resources and in the processed template.
            problems.add(
                "a loop cannot go through \(name), which has NoEcho: its items would be shown", line: value.line,
                path: path)
            return []
        }
        do throws(IntrinsicResolver.Failure) {
            let items = try resolver.resolve(written)?.list?.map(\.text)
            guard let items, !items.contains(nil) else {
                throw IntrinsicResolver.Failure(
                    message: "the collection of a loop is a list of strings, or what gives one before anything is made",
                    line: value.line)
            }
            return items.compactMap { $0 }
        } catch {
            problems.add(error.message, line: error.line, path: path)
            return []
        }
    }

    private mutating func value(
        _ value: TemplateValue, _ bindings: Bindings, path: String, problems: inout Problems
    ) throws(Overflow) -> TemplateValue {
        values -= 1
        guard values >= 0 else { throw Overflow() }
        switch value.content {
        case .null, .bool, .number: return value
        case .string(let text): return .string(try self.text(text, bindings), line: value.line)
        case .list(let items):
            var unrolled: [TemplateValue] = []
            for item in items { unrolled.append(try self.value(item, bindings, path: path, problems: &problems)) }
            return .list(unrolled, line: value.line)
        case .map(let map):
            if map.count == 1, let name = map["Ref"]?.string,
                let item = bindings.first(where: { $0.identifier == name })?.item
            {
                return .string(try text(item, []), line: value.line)
            }
            let unrolled = try self.map(map, bindings, path: path, problems: &problems)
            // What has no variables left is itself: it may stand where no function may.
            if !bindings.isEmpty, unrolled.count == 1, let text = unrolled["Fn::Sub"]?.string, !text.contains("${") {
                return .string(text, line: value.line)
            }
            return .map(unrolled, line: value.line)
        }
    }

    /// `${Name}` is the item, `&{Name}` the item without what no logical id may have.
    private mutating func text(_ text: String, _ bindings: Bindings) throws(Overflow) -> String {
        var result = text
        if !bindings.isEmpty, text.contains("{") {
            for (identifier, item) in bindings where result.contains("{\(identifier)}") {
                bytes -= result.utf8.count
                guard bytes >= 0 else { throw Overflow() }
                result = result.replacing("${\(identifier)}", with: item)
                result = result.replacing(
                    "&{\(identifier)}",
                    with: String(decoding: item.utf8.filter(LogicalId.isAlphanumeric), as: UTF8.self))
            }
        }
        bytes -= result.utf8.count
        guard bytes >= 0 else { throw Overflow() }
        return result
    }
}

extension Template {
    /// As far as the defaults of its parameters tell what loops make.
    mutating func unrollByDefaults() {
        var unwanted = Problems(file: "")
        let values = ParameterValues.bind(parameters, names: parameterNames, given: [], problems: &unwanted)
        let pseudoParameters = PseudoParameters(account: AccountIdentity(), stackName: "", stackId: nil)
        unroll(
            IntrinsicResolver(parameters: values, pseudoParameters: pseudoParameters, mappings: mappings),
            problems: &unwanted)
    }
}
