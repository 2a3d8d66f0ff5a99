/// Works out the functions in values, from parameters and from the resources that exist so far.
struct IntrinsicResolver {
    let parameters: [String: TemplateValue]
    let pseudoParameters: PseudoParameters
    var resources: [String: ProvisionedResource] = [:]

    struct Failure: Error {
        let message: String
        let line: Int
    }

    init(parameters: [String: TemplateValue], pseudoParameters: PseudoParameters) {
        self.parameters = parameters
        self.pseudoParameters = pseudoParameters
    }

    /// The value without functions; nil when it is `AWS::NoValue`, which takes the property or the item away.
    func resolve(_ value: TemplateValue) throws(Failure) -> TemplateValue? {
        switch Intrinsic.read(value) {
        case .refused(let message): throw Failure(message: message, line: value.line)
        case .intrinsic(let intrinsic): return try resolve(intrinsic, line: value.line)
        case .literal:
            switch value.content {
            case .map(let map): return .map(try resolve(map), line: value.line)
            case .list(let list):
                var resolved: [TemplateValue] = []
                for item in list {
                    if let item = try resolve(item) { resolved.append(item) }
                }
                return .list(resolved, line: value.line)
            case .null, .bool, .number, .string: return value
            }
        }
    }

    func resolve(_ map: TemplateMap) throws(Failure) -> TemplateMap {
        var entries: [TemplateMap.Entry] = []
        for entry in map {
            guard let value = try resolve(entry.value) else { continue }
            entries.append(TemplateMap.Entry(key: entry.key, line: entry.line, value: value))
        }
        return TemplateMap(entries)
    }

    private func resolve(_ intrinsic: Intrinsic, line: Int) throws(Failure) -> TemplateValue? {
        switch intrinsic {
        case .ref(PseudoParameters.noValue): return nil
        case .ref(let name):
            if let resource = resources[name] { return .string(resource.physicalId, line: line) }
            guard let value = parameters[name] ?? pseudoParameters.value(name, line: line) else {
                throw Failure(message: "Unresolved resource dependencies [\(name)]", line: line)
            }
            return TemplateValue(value.content, line: line)
        case .getAtt(let logicalId, let attribute):
            guard let text = resources[logicalId]?.attributes[attribute] else {
                throw Failure(
                    message: "Template error: resource \(logicalId) does not support attribute type \(attribute) "
                        + "in Fn::GetAtt", line: line)
            }
            return .string(text, line: line)
        case .sub(let template, let variables):
            var text = ""
            for part in template.parts {
                switch part {
                case .text(let literal): text += literal
                case .variable(let name): text += try substitute(name, variables: variables, line: line)
                }
            }
            return .string(text, line: line)
        }
    }

    private func substitute(_ name: String, variables: TemplateMap, line: Int) throws(Failure) -> String {
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
}
