import GatewayModel
import JSON
import Shapes

/// What DescribeParameters and GetParametersByPath choose by. Values of a filter are alternatives, filters are not.
struct ParameterFilter {
    private let key: String
    private let option: String
    private let values: [String]

    static let shape = Shape.list(
        .structure([
            .need(
                "Key",
                .text(
                    1...132,
                    Shape.TextRule("^(tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType)$") { key in
                        keys.contains(key) || key.hasPrefix(tag) && key != tag
                    })),
            .may("Option", .text(1...10)), .may("Values", .list(.text(1...1_024), 1...50)),
        ]))
    /// Of `Filters`, which AWS keeps for older clients.
    static let olderShape = Shape.list(
        .structure([
            .need("Key", .choice(["Name", "Type", "KeyId"])), .need("Values", .list(.text(1...1_024), 1...50)),
        ]))

    private static let keys: Set = ["Name", "Type", "KeyId", "Path", "Label", "Tier", "DataType"]
    private static let tag = "tag:"
    /// Source: API Reference, ParameterStringFilter.
    private static let keysByPath = ["Type", "KeyId", "Label"]
    private static let keysOfDescriptions = ["Path", "Name", "Type", "KeyId", "Tier", "DataType"]

    static func all(_ input: Input, byPath: Bool) throws(ServiceError) -> [ParameterFilter] {
        let filters = input["ParameterFilters"]?.array ?? []
        let older = input["Filters"]?.array ?? []
        guard filters.isEmpty || older.isEmpty else {
            throw .validation("You can use either Filters or ParameterFilters in a single request.")
        }
        var all = older.map { ParameterFilter($0, standard: $0["Key"]?.string == "Name" ? "BeginsWith" : "Equals") }
        for value in filters {
            let filter = ParameterFilter(value, standard: value["Key"]?.string == "Path" ? "OneLevel" : "Equals")
            guard !all.contains(where: { $0.key == filter.key }) else {
                throw ServiceError(
                    "InvalidFilterKey", status: 400,
                    "The following filter is duplicated in the request: \(filter.key). A request can contain only one "
                        + "occurrence of a specific filter.")
            }
            try filter.check(byPath: byPath)
            all.append(filter)
        }
        return all
    }

    private init(_ value: JSONValue, standard option: String) {
        key = value["Key"]?.string ?? ""
        self.option = value["Option"]?.string ?? option
        values = (value["Values"]?.array ?? []).compactMap(\.string)
    }

    private func check(byPath: Bool) throws(ServiceError) {
        let keys = byPath ? Self.keysByPath : Self.keysOfDescriptions
        guard keys.contains(key) || !byPath && key.hasPrefix(Self.tag) else {
            throw ServiceError(
                "InvalidFilterKey", status: 400,
                "The following filter key is not valid: \(key). Valid filter keys include: "
                    + "[\(keys.joined(separator: ", "))].")
        }
        guard !values.isEmpty else {
            throw ServiceError(
                "InvalidFilterValue", status: 400,
                "The following filter values are missing : null for filter key \(key).")
        }
        let options = options
        guard options.contains(option) else {
            throw ServiceError(
                "InvalidFilterOption", status: 400,
                "The following filter option is not valid: \(option). Valid options include: "
                    + "[\(options.joined(separator: ", "))].")
        }
        if key == "Path" { for value in values { try ParameterName.checkPath(value) } }
        if key == "Type" { try checkValues(Parameter.Kind.allCases.map(\.rawValue)) }
        if key == "Tier" { try checkValues(["Standard", "Advanced", "Intelligent-Tiering"]) }
    }

    private var options: [String] {
        switch key {
        case "Path": ["Recursive", "OneLevel"]
        case "Name": ["BeginsWith", "Equals", "Contains"]
        case "Label": ["Equals"]
        default: ["BeginsWith", "Equals"]
        }
    }

    private func checkValues(_ known: [String]) throws(ServiceError) {
        guard let value = values.first(where: { !known.contains($0) }) else { return }
        throw ServiceError(
            "InvalidFilterOption", status: 400,
            "The following filter value is not valid: \(value). Valid values include: "
                + "[\(known.joined(separator: ", "))].")
    }

    func matches(_ parameter: Parameter) -> Bool {
        let latest = parameter.latest
        switch key {
        case "Name":
            // A name of one level is found with a slash in front and without.
            let name = Self.withSlash(parameter.name)
            return matches(option == "Contains" ? parameter.name : name) {
                option == "Contains" ? $0 : Self.withSlash($0)
            }
        case "Type": return matches(latest.type.rawValue)
        case "KeyId": return latest.type == .secure && matches(ParameterStore.ownKey)
        case "Path":
            return values.contains {
                ParameterName.lies(parameter.name, under: $0, isRecursive: option == "Recursive")
            }
        case "Label": return latest.labels.contains { label in values.contains(label) }
        case "Tier": return matches(latest.tier.rawValue)
        case "DataType": return matches("text")
        default: return parameter.tags[String(key.dropFirst(Self.tag.count))].map { matches($0) } ?? false
        }
    }

    private static func withSlash(_ name: String) -> String { name.hasPrefix("/") ? name : "/" + name }

    private func matches(_ text: String, _ form: (String) -> String = { $0 }) -> Bool {
        values.contains { value in
            switch option {
            case "BeginsWith": text.hasPrefix(form(value))
            case "Contains": text.contains(form(value))
            default: text == form(value)
            }
        }
    }
}
