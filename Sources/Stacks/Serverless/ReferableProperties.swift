extension TemplateValue {
    /// The value with SAM's referable properties replaced: `!Ref HttpApi.Stage` by a Ref to the stage that the
    /// transform made, and likewise within Fn::GetAtt and Fn::Sub. A layer goes by another logical id, too.
    func replacing(_ referable: [String: String]) -> TemplateValue {
        switch content {
        case .null, .bool, .number, .string: return self
        case .list(let list): return .list(list.map { $0.replacing(referable) }, line: line)
        case .map(let map):
            if case .intrinsic(let intrinsic) = Intrinsic.read(self) { return replacing(intrinsic, referable) }
            return .map(map.replacing(referable), line: line)
        }
    }

    private func replacing(_ intrinsic: Intrinsic, _ referable: [String: String]) -> TemplateValue {
        switch intrinsic {
        case .ref(let name): return referable[name].map { .ref($0, line: line) } ?? self
        case .getAtt(let logicalId, let attribute):
            if let made = referable[logicalId] { return .getAtt(made, attribute, line: line) }
            let parts = attribute.split(separator: ".", maxSplits: 1)
            guard parts.count == 2, let made = referable["\(logicalId).\(parts[0])"] else { return self }
            return .getAtt(made, String(parts[1]), line: line)
        case .sub(let template, let variables):
            let isTouched = template.parts.contains { part in
                if case .variable(let name) = part { Self.replaced(name, referable) != nil } else { false }
            }
            guard isTouched || !variables.isEmpty else { return self }
            let parts = template.parts.map { part in
                guard case .variable(let name) = part, variables[name] == nil else { return part }
                return .variable(Self.replaced(name, referable) ?? name)
            }
            let text = TemplateValue.string(SubTemplate(parts: parts).text, line: line)
            guard !variables.isEmpty else { return .map(["Fn::Sub": text], line: line) }
            let map = TemplateValue.map(variables.replacing(referable), line: line)
            return .map(["Fn::Sub": .list([text, map], line: line)], line: line)
        default:
            guard let map else { return self }
            return .map(map.replacing(referable), line: line)
        }
    }

    /// `Api.Stage` and `Api.Stage.Attribute` alike, `Layer` and `Layer.Attribute`, too.
    private static func replaced(_ name: String, _ referable: [String: String]) -> String? {
        let parts = name.split(separator: ".", maxSplits: 2)
        if let first = parts.first, let made = referable[String(first)] { return made + name.dropFirst(first.count) }
        guard parts.count >= 2, let made = referable["\(parts[0]).\(parts[1])"] else { return nil }
        return parts.count == 2 ? made : "\(made).\(parts[2])"
    }
}

extension TemplateMap {
    func replacing(_ referable: [String: String]) -> TemplateMap {
        TemplateMap(entries.map { Entry(key: $0.key, line: $0.line, value: $0.value.replacing(referable)) })
    }
}
