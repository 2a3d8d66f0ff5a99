import GatewayModel
import JSON

extension IAM {
    /// All there is, in one answer, and how much of it.
    static var accountDetails: [String: FormOperation] {
        [
            "GetAccountAuthorizationDetails": { control, call throws(ServiceError) in
                try AccountDetail.page(call, control.world)
            },
            "GetAccountSummary": { control, _ throws(ServiceError) in
                let counts = control.world.summary
                return XMLMembers { result in
                    result.structure("SummaryMap") { map in
                        for (key, value) in counts {
                            map.structure("entry") { entry in
                                entry.add("key", key)
                                entry.add("value", value)
                            }
                        }
                    }
                }
            },
        ]
    }
}

/// One user, group, role or policy of GetAccountAuthorizationDetails.
private enum AccountDetail {
    case user(IAM.User)
    case group(IAM.Group)
    case role(IAM.Role)
    case policy(IAM.ManagedPolicy)
    case policyOfAWS(AWSManagedPolicies.Policy)

    private static let filters = ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"]

    /// In the order in which pages go through them.
    private var key: String {
        switch self {
        case .user(let user): "1 \(user.name)"
        case .group(let group): "2 \(group.name)"
        case .role(let role): "3 \(role.name)"
        case .policy(let policy): "4 \(policy.name)"
        case .policyOfAWS(let policy): "5 \(policy.path)\(policy.name)"
        }
    }

    static func page(_ call: FormCall, _ world: World) throws(ServiceError) -> XMLMembers {
        let filter = call.members.strings("Filter") ?? []
        var constraints = Constraints()
        for name in filter { constraints.oneOf(name, "filter", filters) }
        try constraints.checkForm()
        let uses = world.allUses
        let has = { (name: String) in filter.isEmpty || filter.contains(name) }
        var all: [AccountDetail] = []
        if has("User") { all += world.all(of: IAM.User.self).map(AccountDetail.user) }
        if has("Group") { all += world.all(of: IAM.Group.self).map(AccountDetail.group) }
        if has("Role") { all += world.all(of: IAM.Role.self).map(AccountDetail.role) }
        if has("LocalManagedPolicy") { all += world.all(of: IAM.ManagedPolicy.self).map(AccountDetail.policy) }
        // Of AWS's own those that are in use.
        if has("AWSManagedPolicy") {
            all += AWSManagedPolicies.list.filter { uses[$0.arn(call.account)] != nil }
                .sorted { ($0.path + $0.name) < ($1.path + $1.name) }.map(AccountDetail.policyOfAWS)
        }
        let (page, marker) = try call.page(all, by: \.key)
        return XMLMembers { result in
            result.list("UserDetailList", page.compactMap { if case .user(let user) = $0 { user } else { nil } }) {
                $0.addDetail($1, call.account)
            }
            result.list("GroupDetailList", page.compactMap { if case .group(let group) = $0 { group } else { nil } }) {
                $0.add($1, call.account)
                $0.add(policiesOf: $1)
            }
            result.list("RoleDetailList", page.compactMap { if case .role(let role) = $0 { role } else { nil } }) {
                $0.addDetail($1, call.account, world)
            }
            result.structure("Policies") { list in
                for detail in page { list.add(policy: detail, uses, call.account) }
            }
            result.add("IsTruncated", marker != nil)
            result.add("Marker", marker)
        }
    }
}

extension XMLMembers {
    fileprivate mutating func addDetail(_ user: IAM.User, _ account: AccountIdentity) {
        add(user, account, .alone)
        add(policiesOf: user)
        list("GroupList", user.groups)
        if user.tags == nil { add(tags: [:]) }
    }

    fileprivate mutating func addDetail(_ role: IAM.Role, _ account: AccountIdentity, _ world: World) {
        add("Path", role.path)
        add("RoleName", role.name)
        add("RoleId", role.id)
        add("Arn", role.arn(account))
        add("CreateDate", role.created)
        add("AssumeRolePolicyDocument", document: role.trust(Identities(world, account)))
        list("InstanceProfileList", world.all(of: IAM.InstanceProfile.self).filter { $0.role == role.name }) {
            $0.add($1, world, account, withTags: false)
        }
        add(policiesOf: role)
        add(boundary: role.boundary)
        add(tags: role.tags ?? [:])
        structure("RoleLastUsed") { _ in }
    }

    fileprivate mutating func add<Holder: PolicyHolder>(policiesOf holder: Holder) {
        list("\(Holder.kind)PolicyList", holder.inline) { member, policy in
            member.add("PolicyName", policy.key)
            member.add("PolicyDocument", document: policy.value)
        }
        list("AttachedManagedPolicies", holder.attached) { $0.add(attached: $1) }
    }

    fileprivate mutating func add(
        policy detail: AccountDetail, _ uses: [String: PolicyUses], _ account: AccountIdentity
    ) {
        switch detail {
        case .policy(let policy):
            structure("member") { member in
                member.add(policy, account, uses[policy.arn(account)] ?? PolicyUses(), .listed)
                member.list("PolicyVersionList", policy.versions) { $0.add($1, of: policy, withDocument: true) }
            }
        case .policyOfAWS(let policy):
            let arn = policy.arn(account)
            structure("member") { member in
                member.add(policy, arn, uses[arn] ?? PolicyUses(), .listed)
                member.list("PolicyVersionList", CollectionOfOne(policy)) {
                    $0.add(versionOf: $1, withDocument: true)
                }
            }
        case .user, .group, .role: break
        }
    }
}

extension World {
    /// Counts and quotas by AWS's names. Source: IAM API reference, GetAccountSummary.
    fileprivate var summary: [(key: String, value: Int)] {
        let versions = managedPolicies.reduce(0) { $0 + $1.value.root.versions.count }
        return [
            ("AccessKeysPerUserQuota", IAMQuotas.accessKeys), ("AccountAccessKeysPresent", 0), ("AccountMFAEnabled", 0),
            ("AccountPasswordPresent", 0), ("AccountSigningCertificatesPresent", 0),
            ("AssumeRolePolicySizeQuota", IAMQuotas.trustPolicySize),
            ("AttachedPoliciesPerGroupQuota", IAMQuotas.attachedPolicies),
            ("AttachedPoliciesPerRoleQuota", IAMQuotas.attachedPolicies),
            ("AttachedPoliciesPerUserQuota", IAMQuotas.attachedPolicies), ("GlobalEndpointTokenVersion", 1),
            ("GroupPolicySizeQuota", IAMQuotas.groupPolicySize), ("Groups", groups.count),
            ("GroupsPerUserQuota", IAMQuotas.groupsOfUser), ("GroupsQuota", IAMQuotas.groups),
            ("InstanceProfiles", instanceProfiles.count), ("InstanceProfilesQuota", IAMQuotas.instanceProfiles),
            ("MFADevices", 0), ("MFADevicesInUse", 0), ("Policies", managedPolicies.count),
            ("PoliciesQuota", IAMQuotas.managedPolicies), ("PolicySizeQuota", IAMQuotas.managedPolicySize),
            ("PolicyVersionsInUse", versions), ("PolicyVersionsInUseQuota", 10_000),
            ("Providers", openIDConnectProviders.count), ("RolePolicySizeQuota", IAMQuotas.rolePolicySize),
            ("Roles", roles.count), ("RolesQuota", IAMQuotas.roles), ("ServerCertificates", 0),
            ("ServerCertificatesQuota", 20), ("SigningCertificatesPerUserQuota", 2),
            ("UserPolicySizeQuota", IAMQuotas.userPolicySize), ("Users", users.count), ("UsersQuota", IAMQuotas.users),
            ("VersionsPerPolicyQuota", IAMQuotas.policyVersions),
        ]
    }
}
