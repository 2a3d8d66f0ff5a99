import GatewayModel
import HashTreeCollections
import IAMPolicy
import JSON

extension IAM {
    /// What functions, services and callers become to do something.
    struct Role: IAMDocument {
        let name: String
        let path: String
        /// `AROA…`: it tells a role from an earlier one of the same name.
        let id: String
        let created: String
        /// As it was written.
        var trust: String
        /// The ids of the users and roles that the trust policy names, by their names in it.
        var principals: OrderedMap<String>?
        var description: String?
        var maxSessionDuration: Int
        /// The policy's ARN.
        var boundary: String?
        var tags: OrderedMap<String>?
        /// By their names.
        var inline: OrderedMap<String> = [:]
        /// ARNs, in the order in which they were attached.
        var attached: [String] = []

        static let type = "iam.role"
        static let noun = "role"
        static var place: any WritableKeyPath<World, Roots<Role>> & Sendable { \.roles }

        func arn(_ account: AccountIdentity) -> String {
            "arn:\(account.partition):iam::\(account.accountId):role\(path)\(name)"
        }

        static func index(_ id: String, from old: Role?, to new: Role?, in world: inout World) {
            if let old { world.holders[old.id] = nil }
            if let new { world.holders[new.id] = id }
        }

        /// Who may assume the role; nil when that cannot be read.
        var trustPolicy: PolicyDocument? {
            guard let value = try? JSONValue(parsing: trust) else { return nil }
            return try? PolicyDocument(
                PolicyDocument.renamingPrincipals(of: value) { principals?[$0] }, kind: .trust)
        }

        /// The trust policy as it is shown: of whom it names and is gone, the id.
        func trust(_ identities: Identities) -> String {
            let renamed = (principals ?? [:]).filter { identities.arn(of: $0.value) != $0.key }
            guard !renamed.isEmpty, let value = try? JSONValue(parsing: trust) else { return trust }
            return PolicyDocument.renamingPrincipals(of: value) { name in
                principals?[name].map { identities.arn(of: $0) ?? $0 }
            }.text
        }
    }

    static var roles: [String: FormOperation] {
        [
            "CreateRole": createRole,
            "GetRole": { control, call throws(ServiceError) in
                let role = try control.world.named(Role.self, try call.roleName())
                return XMLMembers { result in
                    result.structure("Role") { $0.add(role, control.world, call.account, .alone) }
                }
            },
            "ListRoles": { control, call throws(ServiceError) in
                let prefix = call.members.string("PathPrefix") ?? "/"
                let world = control.world
                let roles = world.all(of: Role.self).filter { $0.path.hasPrefix(prefix) }
                return try call.list("Roles", roles, by: \.name) { $0.add($1, world, call.account, .listed) }
            },
            "UpdateRole": { control, call throws(ServiceError) in
                let description = try call.description()
                let duration = try call.maxSessionDuration()
                try await control.changeNamed(Role.self, try call.roleName()) { role, _ in
                    if let description { role.description = description.isEmpty ? nil : description }
                    if let duration { role.maxSessionDuration = duration }
                }
                return XMLMembers()
            },
            "UpdateRoleDescription": { control, call throws(ServiceError) in
                let description = try call.description() ?? ""
                let role = try await control.changeNamed(Role.self, try call.roleName()) { role, _ in
                    role.description = description.isEmpty ? nil : description
                    return role
                }
                return XMLMembers { result in
                    result.structure("Role") { $0.add(role, control.world, call.account, .alone) }
                }
            },
            "UpdateAssumeRolePolicy": { control, call throws(ServiceError) in
                let (trust, principals) = try call.trustPolicy("PolicyDocument", control.world)
                try await control.changeNamed(Role.self, try call.roleName()) { role, _ in
                    role.trust = trust
                    role.principals = principals
                }
                return nil
            },
            "DeleteRole": deleteRole,
            "TagRole": { control, call throws(ServiceError) in
                try await control.changeNamed(Role.self, try call.roleName()) { role, _ throws(ServiceError) in
                    role.tags = try call.tags(addedTo: role.tags)
                }
                return nil
            },
            "UntagRole": { control, call throws(ServiceError) in
                try await control.changeNamed(Role.self, try call.roleName()) { role, _ in
                    role.tags = call.tags(removedFrom: role.tags)
                }
                return nil
            },
            "ListRoleTags": { control, call throws(ServiceError) in
                try call.list(tags: try control.world.named(Role.self, try call.roleName()).tags)
            },
            "PutRolePermissionsBoundary": { control, call throws(ServiceError) in
                let boundary = try call.required("PermissionsBoundary")
                try await control.changeNamed(Role.self, try call.roleName()) { role, change throws(ServiceError) in
                    try call.checkBoundary(boundary, in: &change, control)
                    role.boundary = boundary
                }
                return nil
            },
            "DeleteRolePermissionsBoundary": { control, call throws(ServiceError) in
                try await control.changeNamed(Role.self, try call.roleName()) { role, _ in role.boundary = nil }
                return nil
            },
        ]
    }

    private static func createRole(
        _ control: ControlPlane, _ call: FormCall
    ) async throws(ServiceError) -> XMLMembers? {
        let (trust, principals) = try call.trustPolicy("AssumeRolePolicyDocument", control.world)
        var role = Role(
            name: try call.roleName(), path: try call.path() ?? "/", id: Identifiers.identity("AROA"),
            created: call.now.iso8601, trust: trust, principals: principals,
            maxSessionDuration: try call.maxSessionDuration() ?? 3600)
        if let description = try call.description(), !description.isEmpty { role.description = description }
        role.tags = try call.tags()
        role.boundary = call.members.string("PermissionsBoundary")
        let made = role
        try await control.create(
            made, quota: IAMQuotas.roles, "RolesPerAccount", exists: "Role with name \(made.name) already exists."
        ) { change throws(ServiceError) in
            if let boundary = made.boundary { try call.checkBoundary(boundary, in: &change, control) }
        }
        return XMLMembers { result in result.structure("Role") { $0.add(made, control.world, call.account, .made) } }
    }

    private static func deleteRole(
        _ control: ControlPlane, _ call: FormCall
    ) async throws(ServiceError) -> XMLMembers? {
        try await control.deleteNamed(Role.self, try call.roleName()) { role, change throws(ServiceError) in
            guard !change.readAll(InstanceProfile.self).contains(where: { $0.role == role.name }) else {
                throw IAMError.deleteConflict(
                    "Cannot delete entity, must remove roles from instance profile first.")
            }
            guard role.attached.isEmpty else {
                throw IAMError.deleteConflict("Cannot delete entity, must detach all policies first.")
            }
            guard role.inline.isEmpty else {
                throw IAMError.deleteConflict("Cannot delete entity, must delete policies first.")
            }
        }
        return nil
    }
}

extension FormCall {
    func roleName() throws(ServiceError) -> String { try name("RoleName", upTo: 64) }

    fileprivate func maxSessionDuration() throws(ServiceError) -> Int? {
        let duration = try members.integer("MaxSessionDuration")
        var constraints = Constraints()
        constraints.range(duration, "maxSessionDuration", 3600...43_200)
        try constraints.checkForm()
        return duration
    }

    /// A trust policy with the ids of those whom it names.
    fileprivate func trustPolicy(
        _ member: String, _ world: World
    ) throws(ServiceError) -> (text: String, principals: OrderedMap<String>?) {
        let text = try document(member, .trust)
        guard text.policySize <= IAMQuotas.trustPolicySize else {
            throw IAMError.limitExceeded("Cannot exceed quota for ACLSizePerRole: \(IAMQuotas.trustPolicySize)")
        }
        return (text, try TrustPolicy.principals(of: text, Identities(world, account)))
    }

    func list(tags: OrderedMap<String>?) throws(ServiceError) -> XMLMembers {
        let sorted = (tags ?? [:]).entries.sorted { $0.key < $1.key }
        return try list("Tags", sorted, by: \.key) { tag, entry in
            tag.add("Key", entry.key)
            tag.add("Value", entry.value)
        }
    }
}

/// Where a resource of IAM is shown: each answer has members of its own. Source: recorded answers.
enum IAMView {
    case made, alone, listed
}

extension XMLMembers {
    mutating func add(_ role: IAM.Role, _ world: World, _ account: AccountIdentity, _ view: IAMView) {
        add("Path", role.path)
        add("RoleName", role.name)
        add("RoleId", role.id)
        add("Arn", role.arn(account))
        add("CreateDate", role.created)
        add("AssumeRolePolicyDocument", document: role.trust(Identities(world, account)))
        add("Description", role.description)
        if view != .made { add("MaxSessionDuration", role.maxSessionDuration) }
        guard view != .listed else { return }
        add(boundary: role.boundary)
        add(tags: role.tags)
        if view == .alone { structure("RoleLastUsed") { _ in } }
    }

    mutating func add(boundary: String?) {
        guard let boundary else { return }
        structure("PermissionsBoundary") { member in
            member.add("PermissionsBoundaryType", "Policy")
            member.add("PermissionsBoundaryArn", boundary)
        }
    }
}
