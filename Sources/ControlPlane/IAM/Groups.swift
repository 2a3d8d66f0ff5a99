import GatewayModel
import JSON

extension IAM {
    /// Policies that several users have. Who is in it stands with the users.
    struct Group: IAMDocument {
        let name: String
        var path: String
        /// `AGPA…`
        let id: String
        let created: String
        var inline: OrderedMap<String> = [:]
        var attached: [String] = []

        static let type = "iam.group"
        static let noun = "group"
        static var place: any WritableKeyPath<World, Roots<Group>> & Sendable { \.groups }

        func arn(_ account: AccountIdentity) -> String {
            "arn:\(account.partition):iam::\(account.accountId):group\(path)\(name)"
        }
    }

    static var groups: [String: FormOperation] {
        [
            "CreateGroup": { control, call throws(ServiceError) in
                let group = Group(
                    name: try call.groupName(), path: try call.path() ?? "/", id: Identifiers.identity("AGPA"),
                    created: call.now.iso8601)
                try await control.create(
                    group, quota: IAMQuotas.groups, "GroupsPerAccount",
                    exists: "Group with name \(group.name) already exists.")
                return XMLMembers { result in result.structure("Group") { $0.add(group, call.account) } }
            },
            "GetGroup": { control, call throws(ServiceError) in
                let world = control.world
                let group = try world.named(Group.self, try call.groupName())
                let users = world.all(of: User.self).filter { $0.groups.contains(group.name) }
                let (page, marker) = try call.page(users, by: \.name)
                return XMLMembers { result in
                    result.structure("Group") { $0.add(group, call.account) }
                    result.list("Users", page) { $0.add($1, call.account, .listed) }
                    result.add("IsTruncated", marker != nil)
                    result.add("Marker", marker)
                }
            },
            "ListGroups": { control, call throws(ServiceError) in
                let prefix = call.members.string("PathPrefix") ?? "/"
                let groups = control.world.all(of: Group.self).filter { $0.path.hasPrefix(prefix) }
                return try call.list("Groups", groups, by: \.name) { $0.add($1, call.account) }
            },
            "UpdateGroup": { control, call throws(ServiceError) in
                let name = try call.groupName()
                let path = try call.path("NewPath")
                guard call.members.string("NewGroupName").map({ $0 == name }) ?? true else {
                    throw IAMError.invalidInput(
                        "Gatehouse does not rename groups: make a group of the new name instead.")
                }
                try await control.changeNamed(Group.self, name) { group, _ in if let path { group.path = path } }
                return nil
            },
            "DeleteGroup": { control, call throws(ServiceError) in
                try await control.deleteNamed(Group.self, try call.groupName()) { group, change throws(ServiceError) in
                    guard !change.readAll(User.self).contains(where: { $0.groups.contains(group.name) }) else {
                        throw IAMError.deleteConflict("Cannot delete entity, must remove users from group first.")
                    }
                    guard group.attached.isEmpty else {
                        throw IAMError.deleteConflict("Cannot delete entity, must detach all policies first.")
                    }
                    guard group.inline.isEmpty else {
                        throw IAMError.deleteConflict("Cannot delete entity, must delete policies first.")
                    }
                }
                return nil
            },
            "AddUserToGroup": { control, call throws(ServiceError) in
                let name = try call.groupName()
                try await control.changeNamed(User.self, try call.userName()) { user, change throws(ServiceError) in
                    guard change.read(Group.self, Group.id(ofName: name))?.name == name else {
                        throw Group.notFound(name)
                    }
                    guard !user.groups.contains(name) else { return }
                    guard user.groups.count < IAMQuotas.groupsOfUser else {
                        throw IAMError.limitExceeded("Cannot exceed quota for GroupsPerUser: \(IAMQuotas.groupsOfUser)")
                    }
                    user.groups.append(name)
                }
                return nil
            },
            "RemoveUserFromGroup": { control, call throws(ServiceError) in
                let name = try control.world.named(Group.self, try call.groupName()).name
                try await control.changeNamed(User.self, try call.userName()) { user, _ in
                    user.groups.removeAll { $0 == name }
                }
                return nil
            },
        ]
    }
}

extension IAM.Group: PolicyHolder {
    static let kind = "Group"
    static let nameLength = 128
    static let inlineSize = IAMQuotas.groupPolicySize
}

extension FormCall {
    fileprivate func groupName() throws(ServiceError) -> String { try name("GroupName", upTo: 128) }
}

extension XMLMembers {
    mutating func add(_ group: IAM.Group, _ account: AccountIdentity) {
        add("Path", group.path)
        add("GroupName", group.name)
        add("GroupId", group.id)
        add("Arn", group.arn(account))
        add("CreateDate", group.created)
    }
}
