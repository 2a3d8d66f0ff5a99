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
    /// The conditions that Fn::If names.
    private(set) var conditions: [Reference] = []
    private let transforms: Set<String>
    /// How many functions the value that is looked at stands in.
    private var depth = 0

    /// - Parameter transforms: those that the template names; some functions are part of one.
    init(transforms: Set<String> = []) { self.transforms = transforms }

    /// Adds what `value` refers to; a function that cannot be worked out becomes a problem.
    mutating func collect(_ value: TemplateValue, path: String, problems: inout Problems) {
        if let map = value.map, map.count > 1, let transform = map["Fn::Transform"] {
            // What is included is put among the keys that stand beside it.
            var beside = map
            beside["Fn::Transform"] = nil
            collect(.map(["Fn::Transform": transform], line: transform.line), path: path, problems: &problems)
            collect(.map(beside, line: value.line), path: path, problems: &problems)
            return
        }
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
            case .string(let text):
                // A function may put the rest of a reference behind it.
                checkDynamic(text, isWhole: depth == 0, line: value.line, path: path, problems: &problems)
            case .bool, .number: break
            }
        }
    }

    private mutating func collect(_ intrinsic: Intrinsic, line: Int, path: String, problems: inout Problems) {
        if let transform = intrinsic.transform, !transforms.contains(transform) {
            problems.add("this function needs `Transform: \(transform)`", line: line, path: path)
        }
        depth += 1
        for argument in intrinsic.arguments { collect(argument, path: path, problems: &problems) }
        depth -= 1
        switch intrinsic {
        case .ref(let name): found.append(Reference(name: name, attribute: nil, line: line, path: path))
        case .getAtt(let logicalId, let attribute):
            found.append(Reference(name: logicalId, attribute: attribute, line: line, path: path))
        case .sub(let template, let variables):
            for part in template.parts {
                switch part {
                // Variables stand within references.
                case .text(let text):
                    checkDynamic(text, isWhole: false, line: line, path: path, problems: &problems)
                case .variable(let name) where variables[name] == nil:
                    collect(SubTemplate.reference(name), line: line, path: path, problems: &problems)
                case .variable: break
                }
            }
        case .if(let name, _, _):
            conditions.append(Reference(name: name, attribute: nil, line: line, path: path))
        case .condition:
            problems.add(
                "the functions of conditions are allowed in the section Conditions only", line: line, path: path)
        default: break
        }
    }

    /// Only properties of resources have them: what an output says is told to everybody.
    private func checkDynamic(
        _ text: String, isWhole: Bool, line: Int, path: String, problems: inout Problems
    ) {
        guard DynamicReference.stands(in: text) else { return }
        guard !path.hasPrefix("Outputs") else {
            return problems.add(
                "dynamic references ({{resolve:...}}) are resolved in properties of resources only", line: line,
                path: path)
        }
        for case .refused(let reason) in DynamicReference.pieces(of: text) where isWhole {
            problems.add(reason, line: line, path: path)
        }
    }
}

extension TemplateValue {
    /// What the value names, in Ref, Fn::GetAtt and Fn::Sub.
    var references: [References.Reference] {
        var references = References()
        // The template's own values are checked as the template writes them; here only names are wanted.
        var unwanted = Problems(file: "")
        references.collect(self, path: "", problems: &unwanted)
        return references.found
    }
}
