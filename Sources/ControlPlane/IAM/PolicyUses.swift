import GatewayModel

/// How many users, groups and roles a managed policy is attached to, and of how many it is the boundary.
struct PolicyUses {
    var attachments = 0
    var boundaries = 0
}

/// A user, group or role that a managed policy is attached to.
struct PolicyEntity {
    /// As `EntityFilter` names it.
    let kind: String
    let name: String
    let path: String
    let id: String
    let attached: [String]
    let boundary: String?

    init(_ role: IAM.Role) {
        kind = "Role"
        name = role.name
        path = role.path
        id = role.id
        attached = role.attached
        boundary = role.boundary
    }
}

extension PolicyEntity {
    init(_ user: IAM.User) {
        kind = "User"
        name = user.name
        path = user.path
        id = user.id
        attached = user.attached
        boundary = user.boundary
    }

    init(_ group: IAM.Group) {
        kind = "Group"
        name = group.name
        path = group.path
        id = group.id
        attached = group.attached
        boundary = nil
    }
}

extension World {
    private var policyEntities: [PolicyEntity] {
        all(of: IAM.Role.self).map(PolicyEntity.init) + all(of: IAM.User.self).map(PolicyEntity.init)
            + all(of: IAM.Group.self).map(PolicyEntity.init)
    }

    /// Of all policies that are used, by their ARNs.
    var allUses: [String: PolicyUses] { Self.uses(policyEntities) }

    func uses(ofPolicy arn: String) -> PolicyUses { allUses[arn] ?? PolicyUses() }

    static func uses(_ entities: some Sequence<PolicyEntity>) -> [String: PolicyUses] {
        entities.reduce(into: [:]) { uses, entity in
            for arn in entity.attached { uses[arn, default: PolicyUses()].attachments += 1 }
            if let boundary = entity.boundary { uses[boundary, default: PolicyUses()].boundaries += 1 }
        }
    }

    /// - Parameter usage: as `PolicyUsageFilter` names it; nil is both.
    func entities(having arn: String, _ usage: String?) -> [PolicyEntity] {
        policyEntities.filter { entity in
            usage != "PermissionsBoundary" && entity.attached.contains(arn)
                || usage != "PermissionsPolicy" && entity.boundary == arn
        }
        .sorted { ($0.kind, $0.name) < ($1.kind, $1.name) }
    }
}

extension Change {
    /// Of all that may use it, none of which may be another one by the commit.
    mutating func uses(ofPolicy arn: String) -> PolicyUses {
        let entities =
            readAll(IAM.Role.self).map(PolicyEntity.init) + readAll(IAM.User.self).map(PolicyEntity.init)
            + readAll(IAM.Group.self).map(PolicyEntity.init)
        return World.uses(entities)[arn] ?? PolicyUses()
    }
}
