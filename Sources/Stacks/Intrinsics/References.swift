/// What the values of a template refer to, found without working anything out.
struct References {
    struct Reference {
        let name: String
        /// Nil for a Ref.
        let attribute: String?
        let line: Int
        let path: String
    }

    private(set) var found: [Reference] = []

    /// Adds what `value` refers to; a function that cannot be worked out becomes a problem.
    mutating func collect(_ value: TemplateValue, path: String, problems: inout Problems) {
        switch Intrinsic.read(value) {
        case .refused(let message): problems.add(message, line: value.line, path: path)
        case .intrinsic(let intrinsic): collect(intrinsic, line: value.line, path: path, problems: &problems)
        case .literal:
            switch value.content {
            case .map(let map):
                for entry in map { collect(entry.value, path: "\(path).\(entry.key)", problems: &problems) }
            case .list(let list):
                for (position, item) in list.enumerated() {
                    collect(item, path: "\(path)[\(position)]", problems: &problems)
                }
            case .null: problems.add("'null' values are not allowed in templates", line: value.line, path: path)
            case .bool, .number, .string: break
            }
        }
    }

    private mutating func collect(_ intrinsic: Intrinsic, line: Int, path: String, problems: inout Problems) {
        switch intrinsic {
        case .ref(let name): found.append(Reference(name: name, attribute: nil, line: line, path: path))
        case .getAtt(let logicalId, let attribute):
            found.append(Reference(name: logicalId, attribute: attribute, line: line, path: path))
        case .sub(let template, let variables):
            for entry in variables { collect(entry.value, path: path, problems: &problems) }
            for case .variable(let name) in template.parts where variables[name] == nil {
                collect(SubTemplate.reference(name), line: line, path: path, problems: &problems)
            }
        }
    }
}
