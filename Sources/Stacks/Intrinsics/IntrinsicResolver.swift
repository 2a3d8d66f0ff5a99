import GatewayModel

/// Works out the functions in values, from parameters and from the resources that exist so far.
struct IntrinsicResolver: Sendable {
    var parameters: [String: TemplateValue]
    let pseudoParameters: PseudoParameters
    /// The conditions of the template, by name.
    let conditions: [String: Bool]
    let mappings: Mappings
    /// The value that another stack exports by a name.
    let exportedValue: @Sendable (String) -> String?
    var resources: [String: ProvisionedResource] = [:]
    /// Whether resources that do not exist yet stand for what they will be.
    var isForecast = false
    /// Shared by the copies: it is the stack whose text has an end.
    private let budget = TextBudget(limit: TemplateLimits.resolvedBytes)

    struct Failure: Error {
        let message: String
        let line: Int
    }

    init(
        parameters: [String: TemplateValue], pseudoParameters: PseudoParameters, conditions: [String: Bool] = [:],
        mappings: Mappings = Mappings(), exportedValue: @escaping @Sendable (String) -> String? = { _ in nil }
    ) {
        self.parameters = parameters
        self.pseudoParameters = pseudoParameters
        self.conditions = conditions
        self.mappings = mappings
        self.exportedValue = exportedValue
    }

    /// The value without functions; nil when it is `AWS::NoValue`, which takes the property or the item away.
    func resolve(_ value: TemplateValue) throws(Failure) -> TemplateValue? {
        switch Intrinsic.read(value) {
        case .refused(let message): throw Failure(message: message, line: value.line)
        case .intrinsic(let intrinsic): return try resolve(intrinsic, line: value.line)
        case .literal:
            switch value.content {
            case .map(let map): return .map(try resolve(map), line: value.line)
            case .list(let list): return .list(try resolve(list), line: value.line)
            case .string(let text):
                try spend(text.utf8.count, line: value.line)
                return value
            case .null, .bool, .number: return value
            }
        }
    }

    func resolve(_ map: TemplateMap) throws(Failure) -> TemplateMap {
        var entries: [TemplateMap.Entry] = []
        entries.reserveCapacity(map.count)
        for entry in map {
            guard let value = try resolve(entry.value) else { continue }
            entries.append(TemplateMap.Entry(key: entry.key, line: entry.line, value: value))
        }
        return TemplateMap(entries)
    }

    private func resolve(_ list: [TemplateValue]) throws(Failure) -> [TemplateValue] {
        var resolved: [TemplateValue] = []
        resolved.reserveCapacity(list.count)
        for item in list {
            if let item = try resolve(item) { resolved.append(item) }
        }
        return resolved
    }

    private func resolve(_ intrinsic: Intrinsic, line: Int) throws(Failure) -> TemplateValue? {
        switch intrinsic {
        case .ref(PseudoParameters.noValue): return nil
        case .ref(let name): return try reference(name, line: line)
        case .getAtt(let logicalId, let attribute):
            let resource = resources[logicalId]
            let unknown = resource?.isUnknown == true ? UnknownText.of("\(logicalId).\(attribute)") : nil
            guard let text = resource?.attributes[attribute] ?? unknown else {
                throw Failure(
                    message: "Template error: resource \(logicalId) does not support attribute type \(attribute) "
                        + "in Fn::GetAtt", line: line)
            }
            return try spent(text, line: line)
        case .sub(let template, let variables):
            return try spent(try substitute(template, variables: variables, line: line), line: line)
        case .if(let name, let then, let otherwise):
            guard let holds = conditions[name] else {
                throw Failure(message: Self.unresolvedConditionOfIf(name), line: line)
            }
            return try resolve(holds ? then : otherwise)
        case .findInMap(let keys, let defaultValue):
            return try findInMap(keys, defaultValue: defaultValue, line: line)
        case .join, .split, .select, .length, .toJsonString, .cidr, .getAZs, .base64:
            return try computed(intrinsic, line: line)
        case .importValue(let name):
            let name = try text(
                name, "the attribute in Fn::ImportValue must be a string or a function that returns a string", line)
            guard let value = exportedValue(name) else {
                throw Failure(message: "No export named \(name) found.", line: line)
            }
            return try spent(value, line: line)
        case .include:
            throw Failure(message: "Fn::Transform is not allowed here", line: line)
        case .condition:
            throw Failure(message: "Conditions are allowed in the section Conditions only", line: line)
        }
    }

    static func unresolvedConditionOfIf(_ name: String) -> String {
        "Template error: unresolved condition dependency \(name) in Fn::If"
    }

    static func unresolvedCondition(_ name: String) -> String {
        "Template format error: Unresolved condition dependency \(name)"
    }

    private func reference(_ name: String, line: Int) throws(Failure) -> TemplateValue {
        if let resource = resources[name] { return try spent(resource.physicalId, line: line) }
        guard let value = parameters[name] ?? pseudoParameters.value(name, line: line) else {
            throw Failure(message: "Unresolved resource dependencies [\(name)]", line: line)
        }
        switch value.content {
        case .string(let text): try spend(text.utf8.count, line: line)
        case .list(let list):
            for item in list { try spend(item.text?.utf8.count ?? 0, line: line) }
        case .null, .bool, .number, .map: break
        }
        return TemplateValue(value.content, line: line)
    }

    /// Each variable is worked out once, however often it stands in the text.
    private func substitute(
        _ template: SubTemplate, variables: TemplateMap, line: Int
    ) throws(Failure) -> String {
        var known: [String: String] = [:]
        var text = ""
        for part in template.parts {
            let piece: String
            switch part {
            case .text(let literal): piece = literal
            case .variable(let name):
                if let earlier = known[name] {
                    piece = earlier
                } else {
                    piece = try self.variable(name, variables, line: line)
                    // Of what a variable of its own gives AWS shows the whole as not known.
                    if isForecast, variables[name] != nil, UnknownText.stands(in: piece) { return piece }
                    known[name] = piece
                }
            }
            try spend(piece.utf8.count, line: line)
            text += piece
        }
        return text
    }

    private func variable(_ name: String, _ variables: TemplateMap, line: Int) throws(Failure) -> String {
        let value =
            if let variable = variables[name] {
                try resolve(variable)
            } else {
                try resolve(SubTemplate.reference(name), line: line)
            }
        guard let text = value?.text else {
            throw Failure(
                message: "Template error: every value of the context object of every Fn::Sub object must be a string "
                    + "or a function that returns a string (\(name))", line: line)
        }
        return text
    }

    private func findInMap(
        _ keys: [TemplateValue], defaultValue: TemplateValue?, line: Int
    ) throws(Failure) -> TemplateValue? {
        var names: [String] = []
        for key in keys { names.append(try text(key, "Fn::FindInMap takes strings", line)) }
        if let found = mappings.value(names) { return try resolve(TemplateValue(found.content, line: line)) }
        if let defaultValue { return try resolve(defaultValue) }
        throw Failure(
            message: "Template error: Unable to get mapping for \(names.joined(separator: "::"))", line: line)
    }
}

extension IntrinsicResolver {
    /// The value as text; `message` when it is none.
    func text(_ value: TemplateValue, _ message: String, _ line: Int) throws(Failure) -> String {
        guard let text = try resolve(value)?.text else {
            throw Failure(message: "Template error: \(message)", line: line)
        }
        return text
    }

    func spent(_ text: String, line: Int) throws(Failure) -> TemplateValue {
        try spend(text.utf8.count, line: line)
        return .string(text, line: line)
    }

    func spend(_ bytes: Int, line: Int) throws(Failure) {
        guard budget.spend(bytes) else {
            throw Failure(
                message: "The functions of the template give more than \(TemplateLimits.resolvedBytes) bytes of text",
                line: line)
        }
    }
}
