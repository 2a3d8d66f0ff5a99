/// Each function from what is written behind its name. The sentences are CloudFormation's.
extension Intrinsic {
    static func read(_ name: String, _ value: TemplateValue) -> Reading {
        switch name {
        case "Ref": ref(value)
        case "Fn::GetAtt": getAtt(value)
        case "Fn::Sub": sub(value)
        case "Fn::Join": join(value)
        case "Fn::Split": split(value)
        case "Fn::Select": select(value)
        case "Fn::FindInMap": findInMap(value)
        case "Fn::If": `if`(value)
        case "Fn::Base64": .intrinsic(.base64(value))
        case "Fn::Cidr": cidr(value)
        case "Fn::GetAZs": .intrinsic(.getAZs(region: value))
        case "Fn::ImportValue": .intrinsic(.importValue(value))
        case "Fn::Length": .intrinsic(.length(value))
        case "Fn::ToJsonString": .intrinsic(.toJsonString(value))
        case "Fn::Transform": transform(value)
        case "Condition", "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not": condition(name, value)
        default: .refused("the function \(name) is not supported yet")
        }
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
        guard names.count == 2, let logicalId = names[0], let attribute = names[1], !logicalId.isEmpty,
            !attribute.isEmpty
        else {
            return .refused(
                "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the "
                    + "resource attribute")
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

    private static func join(_ value: TemplateValue) -> Reading {
        guard let list = value.list, list.count == 2, let separator = list[0].text, isListOrCall(list[1]) else {
            return .refused(
                "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list "
                    + "of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be "
                    + "joined.")
        }
        return .intrinsic(.join(separator: separator, items: list[1]))
    }

    private static func split(_ value: TemplateValue) -> Reading {
        guard let list = value.list, list.count == 2, let separator = list[0].text, !separator.isEmpty,
            list[1].text != nil || isCall(list[1])
        else {
            return .refused(
                "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a "
                    + "string to be split or a function that returns a string to be split.")
        }
        return .intrinsic(.split(separator: separator, text: list[1]))
    }

    private static func select(_ value: TemplateValue) -> Reading {
        guard let list = value.list, list.count == 2, list[0].integer != nil || isCall(list[0]),
            isListOrCall(list[1]), !isBeyond(list[0], list[1])
        else {
            return .refused(
                "Template error: Fn::Select requires a list argument with two elements: an integer index and a list")
        }
        return .intrinsic(.select(index: list[0], items: list[1]))
    }

    /// Whether an index as it is written leads out of a list as it is written.
    private static func isBeyond(_ index: TemplateValue, _ items: TemplateValue) -> Bool {
        guard let position = index.integer, let items = items.list else { return false }
        return !items.indices.contains(position)
    }

    private static func findInMap(_ value: TemplateValue) -> Reading {
        let list = value.list ?? []
        let keys = Array(list.prefix(3))
        guard keys.count == 3, list.count <= 4, keys.allSatisfy({ $0.text != nil || isCall($0) }) else {
            return .refused(
                "Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the "
                    + "attribute for return value")
        }
        guard list.count == 4 else { return .intrinsic(.findInMap(keys: keys, defaultValue: nil)) }
        guard let options = list[3].map, options.count == 1, let defaultValue = options["DefaultValue"] else {
            return .refused("the fourth parameter of Fn::FindInMap is a map with the key DefaultValue")
        }
        return .intrinsic(.findInMap(keys: keys, defaultValue: defaultValue))
    }

    private static func `if`(_ value: TemplateValue) -> Reading {
        guard let list = value.list, list.count == 3, let condition = list[0].string else {
            return .refused(
                "Template error: Fn::If requires a list argument with three elements: the name of a condition, the "
                    + "value if it is true, and the value if it is false")
        }
        return .intrinsic(.if(condition: condition, then: list[1], otherwise: list[2]))
    }

    private static func cidr(_ value: TemplateValue) -> Reading {
        guard let list = value.list, (2...3).contains(list.count) else {
            return .refused("Fn::Cidr takes a list of an IP block, a count and the bits of each block")
        }
        return .intrinsic(.cidr(block: list[0], count: list[1], bits: list.count == 3 ? list[2] : nil))
    }

    private static func transform(_ value: TemplateValue) -> Reading {
        guard let map = value.map, let name = map["Name"]?.string else {
            return .refused("Fn::Transform takes a map of a Name and Parameters")
        }
        guard name == Template.include else { return .refused("the transform \(name) is not supported yet") }
        let parameters = map["Parameters"]?.map ?? TemplateMap()
        guard parameters.count == 1, let location = parameters["Location"], map.count == 2 else {
            return .refused("\(name) takes one parameter, its Location")
        }
        return .intrinsic(.include(location: location))
    }

    private static func condition(_ name: String, _ value: TemplateValue) -> Reading {
        let operands = value.list ?? []
        switch name {
        case "Condition":
            return value.string.map { .intrinsic(.condition(.named($0))) }
                ?? .refused("Condition takes the name of a condition")
        case "Fn::Equals":
            guard operands.count == 2 else {
                return .refused("Template error: every Fn::Equals object requires a list of 2 string parameters.")
            }
            return .intrinsic(.condition(.equals(operands[0], operands[1])))
        case "Fn::Not":
            guard operands.count == 1 else {
                return .refused("Template error: every Fn::Not object requires one boolean parameter.")
            }
            return .intrinsic(.condition(.not(operands[0])))
        default:
            guard TemplateLimits.operands.contains(operands.count) else {
                return .refused(
                    "Template error: every \(name) object requires a list of at least 2 and at most 10 boolean "
                        + "parameters.")
            }
            return .intrinsic(.condition(name == "Fn::And" ? .and(operands) : .or(operands)))
        }
    }

    private static func isListOrCall(_ value: TemplateValue) -> Bool { value.list != nil || isCall(value) }
}
