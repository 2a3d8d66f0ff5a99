/// A function call in a template, which CloudFormation works out while it deploys.
enum Intrinsic {
    case ref(String)
    case getAtt(logicalId: String, attribute: String)
    /// The variables are those of the list form; they come before parameters and resources.
    case sub(SubTemplate, variables: TemplateMap)

    enum Reading {
        case literal
        case intrinsic(Intrinsic)
        /// A function that is not supported yet, or one that is not written as it must be.
        case refused(String)
    }

    /// A map with one key that is `Ref`, `Condition` or begins with `Fn::` is a call; every other value is itself.
    static func read(_ value: TemplateValue) -> Reading {
        guard let map = value.map, let entry = map.entries.first(where: { isName($0, of: map) }) else {
            return .literal
        }
        guard map.count == 1 else { return .refused("\(entry.key) must be the only key of its map") }
        switch entry.key {
        case "Ref": return ref(entry.value)
        case "Fn::GetAtt": return getAtt(entry.value)
        case "Fn::Sub": return sub(entry.value)
        case let name: return .refused("the function \(name) is not supported yet")
        }
    }

    static func isCall(_ value: TemplateValue) -> Bool {
        if case .literal = read(value) { false } else { true }
    }

    private static func isName(_ entry: TemplateMap.Entry, of map: TemplateMap) -> Bool {
        if entry.key.hasPrefix("Fn::") { return true }
        // `Ref` and `Condition` are ordinary keys too, of a policy statement for one.
        return map.count == 1 && (entry.key == "Ref" || entry.key == "Condition" && entry.value.string != nil)
    }

    private static func ref(_ value: TemplateValue) -> Reading {
        guard let name = value.string, !name.isEmpty else { return .refused("Ref takes the name of something") }
        return .intrinsic(.ref(name))
    }

    private static func getAtt(_ value: TemplateValue) -> Reading {
        let names: [String?]
        if let list = value.list {
            names = list.map(\.string)
        } else {
            names = value.string?.split(separator: ".", maxSplits: 1).map { String($0) } ?? []
        }
        guard names.count == 2, let logicalId = names[0], let attribute = names[1], !attribute.isEmpty else {
            return .refused("Fn::GetAtt takes a logical id and the name of an attribute")
        }
        return .intrinsic(.getAtt(logicalId: logicalId, attribute: attribute))
    }

    private static func sub(_ value: TemplateValue) -> Reading {
        var text = value.string
        var variables = TemplateMap()
        if let list = value.list {
            guard list.count == 2, let map = list[1].map else {
                return .refused("Fn::Sub takes a string, or a list of a string and a map of variables")
            }
            text = list[0].string
            variables = map
        }
        guard let text else { return .refused("Fn::Sub takes a string, or a list of a string and a map of variables") }
        guard let template = SubTemplate(text) else {
            return .refused(
                "Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, "
                    + "underscores, periods, and colons")
        }
        return .intrinsic(.sub(template, variables: variables))
    }
}
