/// One entry of the Parameters section.
struct ParameterDefinition: Sendable {
    enum Kind: Equatable {
        case string
        case number
        case commaDelimitedList
        case numberList

        /// Types of things that AWS would look up in the account are strings here, and lists of strings.
        ///
        /// Source: CloudFormation User Guide, "AWS-specific parameter types".
        private static let named: Set<String> = [
            "AWS::EC2::AvailabilityZone::Name", "AWS::EC2::Image::Id", "AWS::EC2::Instance::Id",
            "AWS::EC2::KeyPair::KeyName", "AWS::EC2::SecurityGroup::GroupName", "AWS::EC2::SecurityGroup::Id",
            "AWS::EC2::Subnet::Id", "AWS::EC2::VPC::Id", "AWS::EC2::Volume::Id", "AWS::Route53::HostedZone::Id",
        ]

        /// The one named type of which there is no list.
        private static let single = "AWS::EC2::KeyPair::KeyName"

        init?(type: String) {
            switch type {
            case "String", "AWS::SSM::Parameter::Name": self = .string
            case "Number": self = .number
            case "CommaDelimitedList", "List<String>": self = .commaDelimitedList
            case "List<Number>": self = .numberList
            case _ where Self.named.contains(type): self = .string
            case _ where type.hasPrefix("List<") && type.hasSuffix(">"):
                let item = String(type.dropFirst("List<".count).dropLast())
                guard Self.named.contains(item), item != Self.single else { return nil }
                self = .commaDelimitedList
            default: return nil
            }
        }
    }

    let name: String
    /// As the template writes it.
    let typeName: String
    let kind: Kind
    /// Whether its value is the name of a parameter in the parameter store, whose value counts.
    let isStored: Bool
    let line: Int
    let defaultValue: String?
    let allowedValues: [String]?
    let allowedPattern: (text: String, pattern: AllowedPattern)?
    let length: ClosedRange<Int>
    let range: ClosedRange<Double>
    /// Said instead of the constraint when a value breaks it.
    let constraintDescription: String?

    /// Whether the value must not be shown.
    let isHidden: Bool

    var path: String { "Parameters.\(name)" }

    private static let properties: Set<String> = [
        "Type", "Default", "AllowedValues", "AllowedPattern", "MinLength", "MaxLength", "MinValue", "MaxValue",
        "NoEcho", "Description", "ConstraintDescription",
    ]

    /// Nil when the definition has problems.
    init?(_ entry: TemplateMap.Entry, problems: inout Problems) {
        let path = "Parameters.\(entry.key)"
        let known = problems.list.count
        guard let map = entry.value.map else {
            problems.add("A parameter is a map", line: entry.line, path: path)
            return nil
        }
        if !LogicalId.isValid(entry.key) {
            problems.add(
                "Template format error: Parameter name \(entry.key) is non alphanumeric.", line: entry.line, path: path)
        }
        for property in map where !Self.properties.contains(property.key) {
            problems.add("Invalid template parameter property '\(property.key)'", line: property.line, path: path)
        }
        let type = map["Type"]
        let stored = type?.string.flatMap(Self.typeOfStored)
        guard let kind = (stored ?? type?.string).flatMap(Kind.init(type:)) else {
            let message =
                type.map { "the parameter type \($0.text ?? $0.kind) is not supported yet" }
                ?? "Template format error: Every Parameters object must contain a Type member."
            problems.add(message, line: type?.line ?? entry.line, path: path)
            return nil
        }
        name = entry.key
        typeName = type?.string ?? ""
        self.kind = kind
        isStored = stored != nil
        line = entry.line
        defaultValue = Self.text(map["Default"], "Default", path, &problems)
        constraintDescription = Self.text(map["ConstraintDescription"], "ConstraintDescription", path, &problems)
        length = Self.bounds(map, "MinLength", "MaxLength", 0...Int.max, path, &problems) { Int($0) }
        range = Self.bounds(map, "MinValue", "MaxValue", -Double.infinity...Double.infinity, path, &problems) {
            Double($0)
        }
        isHidden = Self.boolean(map["NoEcho"], path, &problems)
        // They are about what is given: a name.
        Self.refuseForeignBounds(map, isStored ? .string : kind, path, &problems)
        allowedPattern = Self.pattern(map["AllowedPattern"], path, &problems)
        allowedValues = Self.list(map["AllowedValues"], path, &problems)
        guard problems.list.count == known else { return nil }
        // Whether it is used or not.
        if let objection = defaultValue.flatMap(mismatch) {
            problems.add(objection, line: map["Default"]?.line ?? line, path: path)
            return nil
        }
    }

    /// What the value of a stored parameter is; nil for other types.
    private static func typeOfStored(_ type: String) -> String? {
        // A name whose value nobody asks for.
        if type == "AWS::SSM::Parameter::Name" { return nil }
        let prefix = "AWS::SSM::Parameter::Value<"
        guard type.hasPrefix(prefix), type.hasSuffix(">") else { return nil }
        let value = String(type.dropFirst(prefix.count).dropLast())
        // Source: CloudFormation User Guide, SSM parameter types: numbers are not among them.
        return ["Number", "List<Number>"].contains(value) ? nil : value
    }

    private static func boolean(_ value: TemplateValue?, _ path: String, _ problems: inout Problems) -> Bool {
        guard let value else { return false }
        // CloudFormation reads it as a word, whatever its case.
        switch value.text?.lowercased() {
        case "true": return true
        case "false": return false
        default:
            problems.add("NoEcho must be true or false", line: value.line, path: path)
            return true
        }
    }

    /// Lengths are of strings, ranges of numbers.
    private static func refuseForeignBounds(
        _ map: TemplateMap, _ kind: Kind, _ path: String, _ problems: inout Problems
    ) {
        let foreign = kind == .string ? ["MinValue", "MaxValue"] : ["MinLength", "MaxLength"]
        for name in foreign {
            guard let value = map[name] else { continue }
            problems.add("\(name) has no effect on a parameter of this type", line: value.line, path: path)
        }
    }

    private static func text(
        _ value: TemplateValue?, _ name: String, _ path: String, _ problems: inout Problems
    ) -> String? {
        guard let value else { return nil }
        if value.text == nil {
            problems.add("Every \(name) member must be a string.", line: value.line, path: path)
        }
        return value.text
    }

    private static func list(_ value: TemplateValue?, _ path: String, _ problems: inout Problems) -> [String]? {
        guard let value else { return nil }
        guard let texts = value.list?.map(\.text), texts.allSatisfy({ $0 != nil }) else {
            problems.add("AllowedValues must be a list of strings", line: value.line, path: path)
            return nil
        }
        return texts.compactMap { $0 }
    }

    private static func bounds<Bound: Comparable>(
        _ map: TemplateMap, _ low: String, _ high: String, _ whole: ClosedRange<Bound>, _ path: String,
        _ problems: inout Problems, _ read: (String) -> Bound?
    ) -> ClosedRange<Bound> {
        let lower = bound(map[low], low, path, &problems, read) ?? whole.lowerBound
        let upper = bound(map[high], high, path, &problems, read) ?? whole.upperBound
        guard lower <= upper else {
            problems.add("\(low) is greater than \(high)", line: map[low]?.line, path: path)
            return whole
        }
        return lower...upper
    }

    private static func bound<Bound>(
        _ value: TemplateValue?, _ name: String, _ path: String, _ problems: inout Problems,
        _ read: (String) -> Bound?
    ) -> Bound? {
        guard let value else { return nil }
        let number = value.text.flatMap(read)
        if number == nil { problems.add("\(name) must be a number", line: value.line, path: path) }
        return number
    }

    private static func pattern(
        _ value: TemplateValue?, _ path: String, _ problems: inout Problems
    ) -> (text: String, pattern: AllowedPattern)? {
        guard let value, let text = text(value, "AllowedPattern", path, &problems) else { return nil }
        do throws(AllowedPattern.Failure) {
            return (text, try AllowedPattern(text))
        } catch {
            problems.add("AllowedPattern \(text): \(error.reason)", line: value.line, path: path)
            return nil
        }
    }
}
