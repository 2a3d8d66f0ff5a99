/// One entry of the Resources section.
struct TemplateResource: Sendable {
    let logicalId: String
    let type: String
    let typeLine: Int
    /// As the template writes them.
    let written: TemplateMap
    /// With what is known before deploying worked out.
    var properties: TemplateMap
    /// Properties that the template sets to null: of a resource of SAM, not even the globals count then.
    private(set) var unset: Set<String> = []
    var dependsOn: [TemplateValue]
    var metadata: TemplateMap?
    /// How SAM's tools build the code; what is built goes without it, or with it beside what was built.
    let buildMethod: String?
    private(set) var attributes: ResourceAttributes
    let line: Int

    var path: String { "Resources.\(logicalId)" }

    private static let members: Set<String> = [
        "Type", "Properties", "DependsOn", "Condition", "DeletionPolicy", "UpdateReplacePolicy", "Metadata",
    ]

    /// Nil when there is not even a type.
    init?(_ entry: TemplateMap.Entry, problems: inout Problems) {
        let path = "Resources.\(entry.key)"
        if !LogicalId.isValid(entry.key) {
            problems.add(
                "Template format error: Resource name \(entry.key) is non alphanumeric.", line: entry.line, path: path)
        }
        guard let map = entry.value.map, let type = map["Type"], let name = type.string else {
            problems.add(
                "[/Resources/\(entry.key)] Every Resources object must contain a Type member.", line: entry.line,
                path: path)
            return nil
        }
        let isServerless = ServerlessTransform.types.contains(name)
        for attribute in map where !Self.members.contains(attribute.key) {
            Self.refuse(attribute, isServerless: isServerless, path: path, problems: &problems)
        }
        logicalId = entry.key
        self.type = name
        typeLine = type.line
        line = entry.line
        if let value = map["Properties"], value.map == nil {
            problems.add("Properties must be a map", line: value.line, path: path)
        }
        let given = map["Properties"]?.map ?? TemplateMap()
        if isServerless {
            unset = Set(given.entries.filter(\.value.isNull).map(\.key))
            written = given.withoutUnset(of: name)
        } else {
            written = given
        }
        properties = written
        metadata = map["Metadata"]?.map
        buildMethod = map["Metadata"]?.map?["BuildMethod"]?.text
        dependsOn = map["DependsOn"].map { $0.list ?? [$0] } ?? []
        attributes = ResourceAttributes(map, path: path, problems: &problems)
    }

    /// Works out the policies that are functions.
    mutating func settlePolicies(
        _ resolver: IntrinsicResolver, _ transforms: Set<String>, problems: inout Problems
    ) { attributes.settle(resolver, transforms, path: path, problems: &problems) }

    /// What SAM's translator does not know beside the properties of its own resources it leaves out, and so does
    /// CreationPolicy end.
    private static func refuse(
        _ attribute: TemplateMap.Entry, isServerless: Bool, path: String, problems: inout Problems
    ) {
        let name = attribute.key
        if ["UpdatePolicy", "Connectors", "IgnoreGlobals"].contains(name) || name == "CreationPolicy" && !isServerless {
            problems.add("the resource attribute \(name) is not supported yet", line: attribute.line, path: path)
        } else if isServerless {
            problems.warn("\(name) beside Properties has no effect", line: attribute.line, path: path)
        } else {
            problems.add("Invalid template resource property '\(name)'", line: attribute.line, path: path)
        }
    }
}

/// The attributes of a resource that the transform passes on to the resources that it makes from it.
struct ResourceAttributes: Sendable {
    var condition: String?
    var deletionPolicy: DeletionPolicy?
    var updateReplacePolicy: DeletionPolicy?
    /// Functions that give the policies, by the attributes' names.
    private var unsettled: [String: TemplateValue] = [:]

    init() {}

    init(_ resource: TemplateMap, path: String, problems: inout Problems) {
        if let value = resource["Condition"] {
            condition = value.string
            if condition == nil {
                problems.add("Condition must be the name of a condition", line: value.line, path: path)
            }
        }
        for (name, attribute, allowed) in Self.policies {
            guard let value = resource[name] else { continue }
            if Intrinsic.isCall(value) {
                unsettled[name] = value
            } else {
                self[keyPath: attribute] = Self.policy(name, value, allowed: allowed, path: path, problems: &problems)
            }
        }
    }

    private static var policies: [(String, WritableKeyPath<ResourceAttributes, DeletionPolicy?>, [DeletionPolicy])] {
        [
            ("DeletionPolicy", \.deletionPolicy, DeletionPolicy.allCases),
            ("UpdateReplacePolicy", \.updateReplacePolicy, [.delete, .retain]),
        ]
    }

    /// Fn::If may give policies; other functions with AWS::LanguageExtensions only.
    fileprivate mutating func settle(
        _ resolver: IntrinsicResolver, _ transforms: Set<String>, path: String, problems: inout Problems
    ) {
        for (name, attribute, allowed) in Self.policies {
            guard let value = unsettled[name] else { continue }
            guard transforms.contains(Template.languageExtensions) || value.map?["Fn::If"] != nil else {
                problems.add(
                    "a function in \(name) needs `Transform: \(Template.languageExtensions)`", line: value.line,
                    path: path)
                continue
            }
            do throws(IntrinsicResolver.Failure) {
                // What is left out has the policy that it has by itself.
                guard let settled = try resolver.resolve(value) else { continue }
                self[keyPath: attribute] = Self.policy(name, settled, allowed: allowed, path: path, problems: &problems)
            } catch { problems.add(error.message, line: error.line, path: path) }
        }
        unsettled = [:]
    }

    private static func policy(
        _ name: String, _ value: TemplateValue, allowed: [DeletionPolicy], path: String, problems: inout Problems
    ) -> DeletionPolicy? {
        if let policy = value.string.flatMap(DeletionPolicy.init), allowed.contains(policy) { return policy }
        let message =
            value.string == "Snapshot"
            ? "\(name) Snapshot is not supported: no resource here has snapshots"
            : "\(name) must be one of \(allowed.map(\.rawValue).joined(separator: ", "))"
        problems.add(message, line: value.line, path: path)
        return nil
    }
}

/// What becomes of a resource that its stack no longer has.
package enum DeletionPolicy: String, Sendable, Codable, CaseIterable {
    case delete = "Delete"
    case retain = "Retain"
    /// Deleted only when the very deployment that made it is rolled back.
    case retainExceptOnCreate = "RetainExceptOnCreate"
}
