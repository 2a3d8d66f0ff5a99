import GatewayModel

/// Resources of types that nobody serves and that whoever deploys has named: they are left out.
///
/// What refers to one keeps its form and gets a name that nothing has: so no statement of a policy, no permission and no
/// authorizer becomes less than it was, and none lets more through. What protects is never left out itself. Events of
/// functions that become such resources go with them.
package struct LeftOutResources: Sendable {
    package struct Resource: Sendable, Hashable {
        package let logicalId: String
        package let type: String
    }

    package private(set) var resources: [Resource] = []
    /// By the logical ids of resources of the template.
    private var types: [String: String] = [:]
    /// By the logical ids of functions: names of their events.
    private var events: [String: Set<String>] = [:]
    private let account: AccountIdentity

    /// What types begin with whose resources say who may do what, or keep something away.
    private static let protecting = [
        "AWS::ACMPCA::", "AWS::AccessAnalyzer::", "AWS::CertificateManager::", "AWS::Cognito::", "AWS::FMS::",
        "AWS::IAM::",
        "AWS::KMS::", "AWS::Lambda::CodeSigningConfig", "AWS::NetworkFirewall::", "AWS::SecretsManager::",
        "AWS::Shield::", "AWS::VerifiedPermissions::", "AWS::WAF",
    ]
    /// And what they end with.
    private static let protectingEnds = ["Authorizer", "Permission", "Policy", "UsagePlan", "UsagePlanKey"]

    static func protects(_ type: String) -> Bool {
        protecting.contains(where: type.hasPrefix) || protectingEnds.contains(where: type.hasSuffix)
    }

    /// Types of the template that nobody serves and that may be left out, to be named where it is deployed; sorted.
    package static func missingTypes(in source: TemplateSource) -> [String] {
        var unwanted = Problems(file: source.file)
        guard var template = try? Template(source, problems: &unwanted) else { return [] }
        template.unrollByDefaults()
        let types = template.resources.map(\.type) + template.resources.flatMap { ServerlessEvents.of($0).map(\.type) }
        return Set(types.filter { $0.contains("::") && !ReferenceCheck.isSupported($0) && !protects($0) }).sorted()
    }

    /// Nothing.
    init(account: AccountIdentity) { self.account = account }

    /// - Parameter types: that are named. Those that are served stay.
    init(
        _ template: Template, types: Set<String>, account: AccountIdentity, problems: inout Problems
    ) {
        self.init(account: account)
        for type in types.sorted() where Self.protects(type) {
            problems.add(
                "resources of the type \(type) protect what they are about, and are not left out", line: nil, path: "")
        }
        let missing = types.filter { !Self.protects($0) && !ReferenceCheck.isSupported($0) }
        for resource in template.resources {
            if missing.contains(resource.type) {
                resources.append(Resource(logicalId: resource.logicalId, type: resource.type))
                self.types[resource.logicalId] = resource.type
                // What the transform makes of it, which may be referred to.
                if resource.type == "AWS::Serverless::StateMachine" {
                    self.types[resource.logicalId + "Role"] = "AWS::IAM::Role"
                }
                continue
            }
            for event in ServerlessEvents.of(resource) where missing.contains(event.type) {
                resources.append(Resource(logicalId: resource.logicalId + event.name, type: event.type))
                events[resource.logicalId, default: []].insert(event.name)
            }
        }
    }

    func contains(_ logicalId: String) -> Bool { types[logicalId] != nil }

    /// A function's properties with the events that it keeps.
    func withoutEvents(_ properties: TemplateMap, of logicalId: String) -> TemplateMap {
        guard let names = events[logicalId] else { return properties }
        return TemplateMap(
            properties.entries.map { entry in
                guard entry.key == "Events", let events = entry.value.map else { return entry }
                var kept = entry
                kept.value = .map(
                    TemplateMap(events.entries.filter { !names.contains($0.key) }), line: entry.value.line)
                return kept
            })
    }

    /// Whether the value speaks of one of them.
    func areNamed(in value: TemplateValue) -> Bool {
        !types.isEmpty && value.references.contains { contains($0.name) }
    }

    /// As records have them; nil where there is nothing.
    var names: [String]? { resources.isEmpty ? nil : resources.map { "\($0.logicalId) (\($0.type))" } }

    /// One sentence for each.
    package var notes: [String] {
        resources.map { resource in
            "\(resource.logicalId) (\(resource.type)) is left out: nobody serves it, and what refers to it gets a name that "
                + "nothing has"
        }
    }
}

/// What stands in the place of references.
extension LeftOutResources {
    func replacing(in map: TemplateMap) -> TemplateMap {
        guard !types.isEmpty else { return map }
        return map.mapValues { replacing(in: $0) }
    }

    func replacing(in value: TemplateValue) -> TemplateValue {
        switch value.content {
        case .null, .bool, .number, .string: return value
        case .list(let items): return .list(items.map(replacing), line: value.line)
        case .map(let map):
            guard case .intrinsic(let intrinsic) = Intrinsic.read(value) else {
                return .map(replacing(in: map), line: value.line)
            }
            switch intrinsic {
            case .ref(let name) where contains(name): return .string(substitute(name, nil), line: value.line)
            case .getAtt(let name, let attribute) where contains(name):
                return .string(substitute(name, attribute), line: value.line)
            case .sub(let template, let variables): return substituted(template, variables, value)
            default: return .map(replacing(in: map), line: value.line)
            }
        }
    }

    private func substituted(
        _ template: SubTemplate, _ variables: TemplateMap, _ value: TemplateValue
    ) -> TemplateValue {
        let parts = template.parts.map { part -> SubTemplate.Part in
            guard case .variable(let name) = part, variables[name] == nil else { return part }
            switch SubTemplate.reference(name) {
            case .ref(let name) where contains(name): return .text(substitute(name, nil))
            case .getAtt(let name, let attribute) where contains(name): return .text(substitute(name, attribute))
            default: return part
            }
        }
        let text = TemplateValue.string(SubTemplate(parts: parts).text, line: value.line)
        guard !variables.isEmpty else { return .map(["Fn::Sub": text], line: value.line) }
        let map = TemplateValue.map(replacing(in: variables), line: value.line)
        return .map(["Fn::Sub": .list([text, map], line: value.line)], line: value.line)
    }

    /// In the form that is asked for, of no service.
    private func substitute(_ logicalId: String, _ attribute: String?) -> String {
        let name = "left-out-\(logicalId)"
        let arn = "arn:\(account.partition):left-out:\(account.region):\(account.accountId):left-out/\(name)"
        if let attribute { return attribute.hasSuffix("Arn") ? arn : name }
        let type = types[logicalId] ?? ""
        if type == "AWS::SQS::Queue" {
            return "https://left-out.\(account.region).\(account.urlSuffix)/\(account.accountId)/\(name)"
        }
        return Self.namedByARN.contains(type) ? arn : name
    }

    /// Types for whose resources `Ref` gives the ARN. Source: their pages in CloudFormation's reference, "Return values".
    private static let namedByARN: Set<String> = [
        "AWS::AppSync::GraphQLApi", "AWS::Batch::ComputeEnvironment", "AWS::Batch::JobDefinition",
        "AWS::Batch::JobQueue",
        "AWS::ECS::Service", "AWS::ECS::TaskDefinition", "AWS::ElasticLoadBalancingV2::Listener",
        "AWS::ElasticLoadBalancingV2::ListenerRule", "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::MSK::Cluster", "AWS::SNS::Subscription", "AWS::SNS::Topic",
        "AWS::Serverless::StateMachine", "AWS::StepFunctions::Activity", "AWS::StepFunctions::StateMachine",
    ]
}
