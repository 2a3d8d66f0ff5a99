import GatewayModel
import JSON

extension IAM {
    /// What gives a role to a machine of EC2. Nothing here runs on one; templates and Terraform make them.
    struct InstanceProfile: IAMDocument {
        let name: String
        let path: String
        /// `AIPA…`
        let id: String
        let created: String
        var tags: OrderedMap<String>?
        /// A name; there can be one only.
        var role: String?

        static let type = "iam.instanceProfile"
        static let noun = "instance profile"
        static var place: any WritableKeyPath<World, Roots<InstanceProfile>> & Sendable { \.instanceProfiles }

        static func notFound(_ name: String) -> ServiceError {
            IAMError.noSuchEntity("Instance Profile \(name) cannot be found.")
        }

        func arn(_ account: AccountIdentity) -> String {
            "arn:\(account.partition):iam::\(account.accountId):instance-profile\(path)\(name)"
        }
    }

    static var instanceProfiles: [String: FormOperation] {
        [
            "CreateInstanceProfile": { control, call throws(ServiceError) in
                let profile = InstanceProfile(
                    name: try call.profileName(), path: try call.path() ?? "/", id: Identifiers.identity("AIPA"),
                    created: call.now.iso8601, tags: try call.tags())
                try await control.create(
                    profile, quota: IAMQuotas.instanceProfiles, "InstanceProfilesPerAccount",
                    exists: "Instance Profile \(profile.name) already exists.")
                return XMLMembers { result in
                    result.structure("InstanceProfile") { $0.add(profile, control.world, call.account) }
                }
            },
            "GetInstanceProfile": { control, call throws(ServiceError) in
                let world = control.world
                let profile = try world.named(InstanceProfile.self, try call.profileName())
                return XMLMembers { result in
                    result.structure("InstanceProfile") { $0.add(profile, world, call.account) }
                }
            },
            "ListInstanceProfiles": { control, call throws(ServiceError) in
                let world = control.world
                let prefix = call.members.string("PathPrefix") ?? "/"
                let profiles = world.all(of: InstanceProfile.self).filter { $0.path.hasPrefix(prefix) }
                return try call.list("InstanceProfiles", profiles, by: \.name) {
                    $0.add($1, world, call.account, withTags: false)
                }
            },
            "ListInstanceProfilesForRole": { control, call throws(ServiceError) in
                let world = control.world
                let role = try world.named(Role.self, try call.roleName())
                let profiles = world.all(of: InstanceProfile.self).filter { $0.role == role.name }
                return try call.list("InstanceProfiles", profiles, by: \.name) {
                    $0.add($1, world, call.account, withTags: false)
                }
            },
            "AddRoleToInstanceProfile": { control, call throws(ServiceError) in
                let name = try call.roleName()
                try await control.changeNamed(
                    InstanceProfile.self, try call.profileName()
                ) { profile, change throws(ServiceError) in
                    guard change.read(Role.self, Role.id(ofName: name))?.name == name else {
                        throw Role.notFound(name)
                    }
                    guard profile.role == nil else {
                        throw IAMError.limitExceeded("Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")
                    }
                    profile.role = name
                }
                return nil
            },
            "RemoveRoleFromInstanceProfile": { control, call throws(ServiceError) in
                let name = try call.roleName()
                try await control.changeNamed(
                    InstanceProfile.self, try call.profileName()
                ) { profile, _ throws(ServiceError) in
                    guard profile.role == name else { throw Role.notFound(name) }
                    profile.role = nil
                }
                return nil
            },
            "DeleteInstanceProfile": { control, call throws(ServiceError) in
                try await control.deleteNamed(
                    InstanceProfile.self, try call.profileName()
                ) { profile, _ throws(ServiceError) in
                    guard profile.role == nil else {
                        throw IAMError.deleteConflict(
                            "Cannot delete entity, must remove roles from instance profile first.")
                    }
                }
                return nil
            },
            "TagInstanceProfile": { control, call throws(ServiceError) in
                try await control.changeNamed(
                    InstanceProfile.self, try call.profileName()
                ) { profile, _ throws(ServiceError) in profile.tags = try call.tags(addedTo: profile.tags) }
                return nil
            },
            "UntagInstanceProfile": { control, call throws(ServiceError) in
                try await control.changeNamed(InstanceProfile.self, try call.profileName()) { profile, _ in
                    profile.tags = call.tags(removedFrom: profile.tags)
                }
                return nil
            },
            "ListInstanceProfileTags": { control, call throws(ServiceError) in
                try call.list(tags: try control.world.named(InstanceProfile.self, try call.profileName()).tags)
            },
        ]
    }
}

extension FormCall {
    fileprivate func profileName() throws(ServiceError) -> String { try name("InstanceProfileName", upTo: 128) }
}

extension XMLMembers {
    mutating func add(
        _ profile: IAM.InstanceProfile, _ world: World, _ account: AccountIdentity, withTags: Bool = true
    ) {
        add("Path", profile.path)
        add("InstanceProfileName", profile.name)
        add("InstanceProfileId", profile.id)
        add("Arn", profile.arn(account))
        add("CreateDate", profile.created)
        let role = profile.role.flatMap { try? world.named(IAM.Role.self, $0) }
        list("Roles", [role].compactMap(\.self)) { $0.add($1, world, account, .made) }
        if withTags { add(tags: profile.tags ?? [:]) }
    }
}
