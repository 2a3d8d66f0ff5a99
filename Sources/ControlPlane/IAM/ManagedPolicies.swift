import GatewayModel
import JSON

extension IAM {
    /// A policy that stands for itself, in up to five versions.
    struct ManagedPolicy: IAMDocument {
        struct Version: Codable, Equatable {
            let number: Int
            let document: String
            let created: String
        }

        let name: String
        let path: String
        /// `ANPA…`
        let id: String
        let created: String
        var updated: String
        var description: String?
        var tags: OrderedMap<String>?
        var versions: [Version]
        var defaultVersion = 1
        /// The number of the last version that was made, which no later one has again.
        var lastVersion = 1

        static let type = "iam.policy"
        static let noun = "policy"
        static var place: any WritableKeyPath<World, Roots<ManagedPolicy>> & Sendable { \.managedPolicies }

        func arn(_ account: AccountIdentity) -> String {
            "arn:\(account.partition):iam::\(account.accountId):policy\(path)\(name)"
        }

        /// What it says now.
        var document: String { versions.first { $0.number == defaultVersion }?.document ?? "" }
    }

    static var managedPolicies: [String: FormOperation] {
        [
            "CreatePolicy": createPolicy,
            "GetPolicy": { control, call throws(ServiceError) in
                let arn = try call.policyARN()
                if let policy = AWSManagedPolicies.named(arn) {
                    return XMLMembers { result in
                        result.structure("Policy") { $0.add(policy, arn, control.world.uses(ofPolicy: arn), .alone) }
                    }
                }
                let policy = try control.world.policy(arn, call.account)
                return XMLMembers { result in
                    result.structure("Policy") {
                        $0.add(policy, call.account, control.world.uses(ofPolicy: arn), .alone)
                    }
                }
            },
            "ListPolicies": listPolicies,
            "DeletePolicy": deletePolicy,
            "ListEntitiesForPolicy": listEntities,
            "TagPolicy": { control, call throws(ServiceError) in
                try await control.changePolicy(call) { policy, _ throws(ServiceError) in
                    policy.tags = try call.tags(addedTo: policy.tags)
                }
                return nil
            },
            "UntagPolicy": { control, call throws(ServiceError) in
                try await control.changePolicy(call) { policy, _ in
                    policy.tags = call.tags(removedFrom: policy.tags)
                }
                return nil
            },
            "ListPolicyTags": { control, call throws(ServiceError) in
                let arn = try call.policyARN()
                if AWSManagedPolicies.named(arn) != nil { return try call.list(tags: nil) }
                return try call.list(tags: try control.world.policy(arn, call.account).tags)
            },
        ]
    }

    private static func createPolicy(
        _ control: ControlPlane, _ call: FormCall
    ) async throws(ServiceError) -> XMLMembers? {
        let now = call.now.iso8601
        var policy = ManagedPolicy(
            name: try call.name("PolicyName", upTo: 128), path: try call.path() ?? "/",
            id: Identifiers.identity("ANPA"), created: now, updated: now,
            versions: [.init(number: 1, document: try call.managedDocument(), created: now)])
        if let description = try call.description(), !description.isEmpty { policy.description = description }
        policy.tags = try call.tags()
        let made = policy
        try await control.create(
            made, quota: IAMQuotas.managedPolicies, "PoliciesPerAccount",
            exists: "A policy called \(made.name) already exists. Duplicate names are not allowed.")
        return XMLMembers { result in
            result.structure("Policy") { $0.add(made, call.account, PolicyUses(), .made) }
        }
    }

    private static func listPolicies(
        _ control: ControlPlane, _ call: FormCall
    ) async throws(ServiceError) -> XMLMembers? {
        let scope = call.members.string("Scope") ?? "All"
        let prefix = call.members.string("PathPrefix") ?? "/"
        let onlyAttached = try call.members.bool("OnlyAttached") ?? false
        let usage = call.members.string("PolicyUsageFilter")
        var constraints = Constraints()
        constraints.oneOf(scope, "scope", ["All", "AWS", "Local"])
        constraints.oneOf(usage, "policyUsageFilter", ["PermissionsPolicy", "PermissionsBoundary"])
        try constraints.checkForm()
        let world = control.world
        let all = world.allUses
        var found: [(arn: String, write: (inout XMLMembers) -> Void)] = []
        func take(_ arn: String, _ path: String, _ write: @escaping (inout XMLMembers, PolicyUses) -> Void) {
            let uses = all[arn] ?? PolicyUses()
            guard path.hasPrefix(prefix), !onlyAttached || uses.attachments + uses.boundaries > 0 else { return }
            switch usage {
            case "PermissionsPolicy" where uses.attachments == 0: return
            case "PermissionsBoundary" where uses.boundaries == 0: return
            default: found.append((arn, { write(&$0, uses) }))
            }
        }
        if scope != "AWS" {
            for policy in world.all(of: ManagedPolicy.self) {
                take(policy.arn(call.account), policy.path) { $0.add(policy, call.account, $1, .listed) }
            }
        }
        if scope != "Local" {
            for policy in AWSManagedPolicies.list {
                let arn = policy.arn(call.account)
                take(arn, policy.path) { $0.add(policy, arn, $1, .listed) }
            }
        }
        found.sort { $0.arn < $1.arn }
        return try call.list("Policies", found, by: \.arn) { $1.write(&$0) }
    }

    private static func deletePolicy(
        _ control: ControlPlane, _ call: FormCall
    ) async throws(ServiceError) -> XMLMembers? {
        let arn = try call.policyARN()
        try call.checkOwn(arn)
        let name = try control.world.policy(arn, call.account).name
        try await control.deleteNamed(ManagedPolicy.self, name) { policy, change throws(ServiceError) in
            let uses = change.uses(ofPolicy: arn)
            guard uses.attachments == 0 else {
                throw IAMError.deleteConflict("Cannot delete a policy attached to entities.")
            }
            guard uses.boundaries == 0 else {
                throw IAMError.deleteConflict("Cannot delete a policy that is a permissions boundary of entities.")
            }
            guard policy.versions.count == 1 else {
                throw IAMError.deleteConflict(
                    "This policy has more than one version. Before you delete a policy, you must delete the policy's "
                        + "versions. The default version is deleted with the policy.")
            }
        }
        return nil
    }

    private static func listEntities(
        _ control: ControlPlane, _ call: FormCall
    ) async throws(ServiceError) -> XMLMembers? {
        let arn = try call.policyARN()
        if AWSManagedPolicies.named(arn) == nil { _ = try control.world.policy(arn, call.account) }
        let filter = call.members.string("EntityFilter")
        let prefix = call.members.string("PathPrefix") ?? "/"
        let usage = call.members.string("PolicyUsageFilter")
        let entities = control.world.entities(having: arn, usage).filter {
            (filter == nil || $0.kind == filter) && $0.path.hasPrefix(prefix)
        }
        let (page, marker) = try call.page(entities) { "\($0.kind) \($0.name)" }
        return XMLMembers { result in
            for kind in ["Group", "User", "Role"] {
                result.list("Policy\(kind)s", page.filter { $0.kind == kind }) { member, entity in
                    member.add("\(kind)Name", entity.name)
                    member.add("\(kind)Id", entity.id)
                }
            }
            result.add("IsTruncated", marker != nil)
            result.add("Marker", marker)
        }
    }
}

extension XMLMembers {
    mutating func add(
        _ policy: IAM.ManagedPolicy, _ account: AccountIdentity, _ uses: PolicyUses, _ view: IAMView
    ) {
        add("PolicyName", policy.name)
        add("PolicyId", policy.id)
        add("Arn", policy.arn(account))
        add("Path", policy.path)
        add("DefaultVersionId", "v\(policy.defaultVersion)")
        add(uses)
        if view == .alone { add("Description", policy.description) }
        add("CreateDate", policy.created)
        add("UpdateDate", policy.updated)
        switch view {
        case .alone: add(tags: policy.tags ?? [:])
        case .made: add(tags: policy.tags)
        case .listed: break
        }
    }

    mutating func add(_ policy: AWSManagedPolicies.Policy, _ arn: String, _ uses: PolicyUses, _ view: IAMView) {
        add("PolicyName", policy.name)
        add("PolicyId", policy.id)
        add("Arn", arn)
        add("Path", policy.path)
        add("DefaultVersionId", policy.version)
        add(uses)
        add("CreateDate", policy.created)
        add("UpdateDate", policy.updated)
        if view == .alone { add(tags: [:]) }
    }

    private mutating func add(_ uses: PolicyUses) {
        add("AttachmentCount", uses.attachments)
        add("PermissionsBoundaryUsageCount", uses.boundaries)
        add("IsAttachable", true)
    }
}
