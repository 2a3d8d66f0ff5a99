extension StackPlan {
    /// Stands for values that must not be shown.
    package static let mask = "****"

    /// The value of a parameter that must not be shown, as it is shown.
    static func masked(_ value: TemplateValue) -> TemplateValue {
        guard let list = value.list else { return .string(mask, line: value.line) }
        return .list(list.map { .string(mask, line: $0.line) }, line: value.line)
    }

    /// What stands in the parameter store for those that are looked up there.
    package var resolvedParameters: [String: String] {
        Dictionary(
            uniqueKeysWithValues: storedNames.keys.compactMap { name in
                parameters[name].map { (name, hiddenParameters.contains(name) ? Self.mask : $0.parameterText) }
            })
    }

    /// As CloudFormation shows them.
    package var shownParameters: [String: String] {
        Dictionary(
            uniqueKeysWithValues: parameters.map { name, value in
                (name, hiddenParameters.contains(name) ? Self.mask : storedNames[name] ?? value.parameterText)
            })
    }
}

extension IntrinsicResolver {
    /// With masks in the place of these parameters.
    func masking(_ names: Set<String>) -> IntrinsicResolver {
        var masked = self
        for name in names { masked.parameters[name] = parameters[name].map(StackPlan.masked) }
        return masked
    }
}
