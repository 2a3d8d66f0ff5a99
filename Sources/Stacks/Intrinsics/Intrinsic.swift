/// A function call in a template, which CloudFormation works out while it deploys.
indirect enum Intrinsic {
    case ref(String)
    case getAtt(logicalId: String, attribute: String)
    /// The variables are those of the list form; they come before parameters and resources.
    case sub(SubTemplate, variables: TemplateMap)
    case join(separator: String, items: TemplateValue)
    case split(separator: String, text: TemplateValue)
    case select(index: TemplateValue, items: TemplateValue)
    /// Map name, top-level key and second-level key.
    case findInMap(keys: [TemplateValue], defaultValue: TemplateValue?)
    case `if`(condition: String, then: TemplateValue, otherwise: TemplateValue)
    case base64(TemplateValue)
    case cidr(block: TemplateValue, count: TemplateValue, bits: TemplateValue?)
    case getAZs(region: TemplateValue)
    case importValue(TemplateValue)
    case length(TemplateValue)
    case toJsonString(TemplateValue)
    /// Fn::Transform of AWS::Include.
    case include(location: TemplateValue)
    /// What conditions are made of.
    case condition(ConditionExpression)

    enum ConditionExpression {
        case named(String)
        case equals(TemplateValue, TemplateValue)
        case and([TemplateValue])
        case or([TemplateValue])
        case not(TemplateValue)
    }

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
        return read(entry.key, entry.value)
    }

    static func isCall(_ value: TemplateValue) -> Bool {
        guard let map = value.map else { return false }
        return map.entries.contains { isName($0, of: map) }
    }

    private static func isName(_ entry: TemplateMap.Entry, of map: TemplateMap) -> Bool {
        if entry.key.hasPrefix("Fn::") { return true }
        // `Ref` and `Condition` are ordinary keys too, of a policy statement for one.
        return map.count == 1 && (entry.key == "Ref" || entry.key == "Condition" && entry.value.string != nil)
    }
}

extension Intrinsic {
    /// The values that the function is given, which may be calls themselves.
    var arguments: [TemplateValue] {
        switch self {
        case .ref, .getAtt, .condition(.named): []
        case .sub(_, let variables): variables.entries.map(\.value)
        case .join(_, let value), .split(_, let value), .base64(let value), .getAZs(let value),
            .importValue(let value), .length(let value), .toJsonString(let value), .include(let value),
            .condition(.not(let value)):
            [value]
        case .select(let first, let second), .if(_, let first, let second), .condition(.equals(let first, let second)):
            [first, second]
        case .findInMap(let keys, let defaultValue): keys + [defaultValue].compactMap { $0 }
        case .cidr(let block, let count, let bits): [block, count] + [bits].compactMap { $0 }
        case .condition(.and(let operands)), .condition(.or(let operands)): operands
        }
    }

    /// The transform that the function is part of, where it is none of CloudFormation's own.
    var transform: String? {
        switch self {
        case .length, .toJsonString, .findInMap(_, .some): Template.languageExtensions
        default: nil
        }
    }
}
