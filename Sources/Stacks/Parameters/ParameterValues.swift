import JSON

/// Brings the values given for parameters, and the defaults, together with what the template allows.
///
/// The sentences are CloudFormation's.
enum ParameterValues {
    /// The value of every parameter that has an allowed one; the others become problems.
    ///
    /// - Parameter names: of all parameters, also of those whose definitions have problems.
    static func bind(
        _ definitions: [ParameterDefinition], names: Set<String>, given: [(name: String, value: String)],
        stored: StoredParameters = .unasked, problems: inout Problems
    ) -> [String: TemplateValue] {
        let values = Dictionary(given.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        let unknown = given.map(\.name).filter { !names.contains($0) }
        if !unknown.isEmpty {
            problems.add(
                "Parameters: [\(unknown.joined(separator: ", "))] do not exist in the template", line: nil, path: "")
        }
        var bound: [String: TemplateValue] = [:]
        for definition in definitions {
            guard let text = values[definition.name] ?? definition.defaultValue else {
                let message =
                    definition.isStored
                    ? "Parameter \(definition.name) should either have input value or default value"
                    : "Parameters: [\(definition.name)] must have values"
                problems.add(message, line: definition.line, path: definition.path)
                continue
            }
            if let message = definition.objection(to: text) {
                problems.add(message, line: definition.line, path: definition.path)
            } else if !definition.isStored {
                bound[definition.name] = definition.value(text)
            } else if let value = stored.value(text) {
                bound[definition.name] = definition.value(value)
            } else {
                // Source: recorded, where the template has no default.
                let message =
                    definition.defaultValue == nil
                    ? "Parameter \(definition.name) should either have input value or default value"
                    : "Unable to fetch parameters [\(text)] from parameter store for this account."
                problems.add(message, line: definition.line, path: definition.path)
            }
        }
        return bound
    }
}

extension ParameterDefinition {
    /// The value that a Ref to the parameter gives.
    fileprivate func value(_ text: String) -> TemplateValue {
        switch kind {
        case .string, .number: .string(text, line: line)
        case .commaDelimitedList, .numberList:
            .list(items(text).map { .string($0, line: line) }, line: line)
        }
    }

    /// What is wrong with `text` as a value, in CloudFormation's words; nil when it is allowed.
    fileprivate func objection(to text: String) -> String? {
        guard text.utf8.count <= TemplateLimits.parameterBytes else {
            return "Parameter '\(name)' must be at most \(TemplateLimits.parameterBytes) bytes"
        }
        if let unlike = mismatch(of: text) { return unlike }
        // Of a stored one a name is given, whatever its value is.
        let kind = isStored ? Kind.string : kind
        let items = isStored ? [text] : items(text)
        guard let broken = brokenConstraint(text, items, kind) else { return nil }
        return said(broken)
    }

    /// What is wrong with a value whatever its form: it is no number, or none of those allowed.
    func mismatch(of text: String) -> String? {
        let items = isStored ? [text] : items(text)
        let isOfNumbers = !isStored && (kind == .number || kind == .numberList)
        if isOfNumbers, !items.allSatisfy({ Double(decimal: $0) != nil }) {
            return "Parameter '\(name)' must be a number."
        }
        guard let allowedValues, !items.allSatisfy(allowedValues.contains) else { return nil }
        return said("must be one of AllowedValues")
    }

    private func said(_ broken: String) -> String {
        "Parameter '\(name)' \(constraintDescription.map { "failed to satisfy constraint: \($0)" } ?? broken)"
    }

    private func brokenConstraint(_ text: String, _ items: [String], _ kind: Kind) -> String? {
        if let allowedPattern, !items.allSatisfy(allowedPattern.pattern.matches) {
            return "must match pattern \(allowedPattern.text)"
        }
        switch kind {
        case .string:
            if text.count < length.lowerBound { return "must contain at least \(length.lowerBound) characters" }
            if text.count > length.upperBound { return "must contain at most \(length.upperBound) characters" }
        case .number, .numberList:
            let numbers = items.compactMap(Double.init)
            if numbers.contains(where: { $0 < range.lowerBound }) {
                return "must be a number not less than \(plain(range.lowerBound))"
            }
            if numbers.contains(where: { $0 > range.upperBound }) {
                return "must be a number not greater than \(plain(range.upperBound))"
            }
        case .commaDelimitedList: break
        }
        return nil
    }

    private func items(_ text: String) -> [String] {
        guard kind == .commaDelimitedList || kind == .numberList else { return [text] }
        return text.split(separator: ",", omittingEmptySubsequences: false).map { item in
            var item = item.drop(while: \.isWhitespace)
            while item.last?.isWhitespace == true { item.removeLast() }
            return String(item)
        }
    }

    private func plain(_ number: Double) -> String { Int(exactly: number).map { "\($0)" } ?? "\(number)" }
}

extension TemplateValue {
    /// A parameter as it was given.
    var parameterText: String { list.map { $0.compactMap(\.text).joined(separator: ",") } ?? text ?? "" }
}
