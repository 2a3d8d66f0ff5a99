/// What a caller has to acknowledge before a template is deployed.
///
/// Source: API Reference, CreateStack, `Capabilities`.
package struct Capabilities: Sendable, Equatable {
    package static let iam = "CAPABILITY_IAM"
    package static let namedIAM = "CAPABILITY_NAMED_IAM"
    package static let autoExpand = "CAPABILITY_AUTO_EXPAND"
    package static let all: Set = [iam, namedIAM, autoExpand]

    /// The property that gives a resource of that type its name; nil where names do not count.
    private static let iamTypes: [String: String?] = [
        "AWS::IAM::AccessKey": nil, "AWS::IAM::Group": "GroupName",
        "AWS::IAM::InstanceProfile": "InstanceProfileName", "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
        "AWS::IAM::Policy": nil, "AWS::IAM::Role": "RoleName", "AWS::IAM::User": "UserName",
        "AWS::IAM::UserToGroupAddition": nil,
    ]

    /// In AWS's order.
    package private(set) var names: [String] = []
    /// Types of resources that need them.
    package private(set) var types: [String] = []

    init(_ resources: some Sequence<(type: String, properties: TemplateMap)>, hasMacros: Bool) {
        var isNamed = false
        for (type, properties) in resources {
            guard let name = Self.iamTypes[type] else { continue }
            if !types.contains(type) { types.append(type) }
            if let name, properties[name] != nil { isNamed = true }
        }
        if !types.isEmpty { names.append(isNamed ? Self.namedIAM : Self.iam) }
        if hasMacros { names.append(Self.autoExpand) }
    }

    /// Those that are needed and not acknowledged: to let through names lets through the rest of IAM.
    package func missing(in given: [String]) -> [String] {
        names.filter { name in
            !given.contains(name) && !(name == Self.iam && given.contains(Self.namedIAM))
        }
    }

    /// In AWS's words; nil where nothing is needed.
    package var reason: String? {
        types.isEmpty ? nil : "The following resource(s) require capabilities: [\(types.joined(separator: ", "))]"
    }
}
