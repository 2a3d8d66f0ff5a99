import Callers
import GatewayModel
import HashTreeCollections
import JSON

extension IAM {
    /// Somebody with keys of his own.
    struct User: IAMDocument {
        var name: String
        var path: String
        /// `AIDA…`
        let id: String
        let created: String
        var boundary: String?
        var tags: OrderedMap<String>?
        var inline: OrderedMap<String> = [:]
        var attached: [String] = []
        /// Names, in the order in which they were joined.
        var groups: [String] = []
        var keys: [AccessKey] = []

        static let type = "iam.user"
        static let noun = "user"
        static var place: any WritableKeyPath<World, Roots<User>> & Sendable { \.users }

        func arn(_ account: AccountIdentity) -> String {
            "arn:\(account.partition):iam::\(account.accountId):user\(path)\(name)"
        }

        static func index(_ id: String, from old: User?, to new: User?, in world: inout World) {
            for key in old?.keys ?? [] { world.usersOfKeys[key.id] = nil }
            for key in new?.keys ?? [] { world.usersOfKeys[key.id] = id }
            if let old { world.holders[old.id] = nil }
            if let new { world.holders[new.id] = id }
        }
    }

    static var users: [String: FormOperation] {
        [
            "CreateUser": createUser,
            "GetUser": { control, call throws(ServiceError) in
                let user = try call.userOrCaller(control)
                return XMLMembers { result in result.structure("User") { $0.add(user, call.account, .alone) } }
            },
            "ListUsers": { control, call throws(ServiceError) in
                let prefix = call.members.string("PathPrefix") ?? "/"
                let users = control.world.all(of: User.self).filter { $0.path.hasPrefix(prefix) }
                return try call.list("Users", users, by: \.name) { $0.add($1, call.account, .listed) }
            },
            "UpdateUser": updateUser,
            "DeleteUser": { control, call throws(ServiceError) in
                try await control.deleteNamed(User.self, try call.userName()) { user, _ throws(ServiceError) in
                    guard user.groups.isEmpty else {
                        throw IAMError.deleteConflict("Cannot delete entity, must remove users from group first.")
                    }
                    guard user.keys.isEmpty else {
                        throw IAMError.deleteConflict("Cannot delete entity, must delete access keys first.")
                    }
                    guard user.attached.isEmpty else {
                        throw IAMError.deleteConflict("Cannot delete entity, must detach all policies first.")
                    }
                    guard user.inline.isEmpty else {
                        throw IAMError.deleteConflict("Cannot delete entity, must delete policies first.")
                    }
                }
                return nil
            },
            "TagUser": { control, call throws(ServiceError) in
                try await control.changeNamed(User.self, try call.userName()) { user, _ throws(ServiceError) in
                    user.tags = try call.tags(addedTo: user.tags)
                }
                return nil
            },
            "UntagUser": { control, call throws(ServiceError) in
                try await control.changeNamed(User.self, try call.userName()) { user, _ in
                    user.tags = call.tags(removedFrom: user.tags)
                }
                return nil
            },
            "ListUserTags": { control, call throws(ServiceError) in
                try call.list(tags: try control.world.named(User.self, try call.userName()).tags)
            },
            "PutUserPermissionsBoundary": { control, call throws(ServiceError) in
                let boundary = try call.required("PermissionsBoundary")
                try await control.changeNamed(User.self, try call.userName()) { user, change throws(ServiceError) in
                    try call.checkBoundary(boundary, in: &change, control)
                    user.boundary = boundary
                }
                return nil
            },
            "DeleteUserPermissionsBoundary": { control, call throws(ServiceError) in
                try await control.changeNamed(User.self, try call.userName()) { user, _ in user.boundary = nil }
                return nil
            },
            "ListGroupsForUser": { control, call throws(ServiceError) in
                let world = control.world
                let user = try world.named(User.self, try call.userName())
                let groups = user.groups.compactMap { try? world.named(Group.self, $0) }.sorted { $0.name < $1.name }
                return try call.list("Groups", groups, by: \.name) { $0.add($1, call.account) }
            },
            // No user here has what these are about. Terraform asks for them before it deletes a user.
            "ListMFADevices": { control, call throws(ServiceError) in
                try call.list("MFADevices", [String](), by: \.self) { _, _ in }
            },
            "ListVirtualMFADevices": { control, call throws(ServiceError) in
                var constraints = Constraints()
                constraints.oneOf(
                    call.members.string("AssignmentStatus"), "assignmentStatus", ["Any", "Unassigned", "Assigned"])
                try constraints.checkForm()
                return try call.list("VirtualMFADevices", [String](), by: \.self) { _, _ in }
            },
            "ListSSHPublicKeys": { control, call throws(ServiceError) in
                try call.list("SSHPublicKeys", [String](), by: \.self) { _, _ in }
            },
            "ListSigningCertificates": { control, call throws(ServiceError) in
                try call.list("Certificates", [String](), by: \.self) { _, _ in }
            },
            "ListServiceSpecificCredentials": { control, call throws(ServiceError) in
                try call.list("ServiceSpecificCredentials", [String](), by: \.self) { _, _ in }
            },
            "GetLoginProfile": { control, call throws(ServiceError) in
                let name = try control.world.named(User.self, try call.userName()).name
                throw IAMError.noSuchEntity("Login Profile for User \(name) cannot be found.")
            },
            "DeleteLoginProfile": { control, call throws(ServiceError) in
                let name = try control.world.named(User.self, try call.userName()).name
                throw IAMError.noSuchEntity("Login Profile for User \(name) cannot be found.")
            },
        ]
    }

    private static func createUser(
        _ control: ControlPlane, _ call: FormCall
    ) async throws(ServiceError) -> XMLMembers? {
        var user = User(
            name: try call.name("UserName", upTo: 64), path: try call.path() ?? "/", id: Identifiers.identity("AIDA"),
            created: call.now.iso8601)
        user.tags = try call.tags()
        user.boundary = call.members.string("PermissionsBoundary")
        let made = user
        try await control.create(
            made, quota: IAMQuotas.users, "UsersPerAccount", exists: "User with name \(made.name) already exists."
        ) { change throws(ServiceError) in
            if let boundary = made.boundary { try call.checkBoundary(boundary, in: &change, control) }
        }
        return XMLMembers { result in result.structure("User") { $0.add(made, call.account, .made) } }
    }

    /// A path is changed in place; another name is refused.
    private static func updateUser(
        _ control: ControlPlane, _ call: FormCall
    ) async throws(ServiceError) -> XMLMembers? {
        let name = try call.userName()
        let path = try call.path("NewPath")
        guard call.members.string("NewUserName").map({ $0 == name }) ?? true else {
            throw IAMError.invalidInput("Gatehouse does not rename users: make a user of the new name instead.")
        }
        try await control.changeNamed(User.self, name) { user, _ in if let path { user.path = path } }
        return nil
    }
}

extension IAM.User: PolicyHolder {
    static let kind = "User"
    static let nameLength = 128
    static let inlineSize = IAMQuotas.userPolicySize
}

extension FormCall {
    func userName() throws(ServiceError) -> String { try name("UserName", upTo: 128) }

    /// The user that a call names, or the one who calls.
    func userOrCaller(_ control: ControlPlane) throws(ServiceError) -> IAM.User {
        if members.string("UserName") != nil { return try control.world.named(IAM.User.self, try userName()) }
        let kind = caller?.kind ?? .root
        if case .user(let own) = kind { return try control.world.named(IAM.User.self, own) }
        guard kind == .root else {
            throw IAMError.validation("Must specify userName when calling with non-User credentials")
        }
        return IAM.User(
            name: account.accountId, path: "/", id: account.accountId, created: Timestamp(milliseconds: 0).iso8601)
    }
}

extension XMLMembers {
    mutating func add(_ user: IAM.User, _ account: AccountIdentity, _ view: IAMView) {
        // The account itself is no user, and has the ARN of its root.
        let isRoot = user.name == account.accountId && user.id == account.accountId
        add("Path", user.path)
        add("UserName", user.name)
        add("UserId", user.id)
        add("Arn", isRoot ? "arn:\(account.partition):iam::\(account.accountId):root" : user.arn(account))
        add("CreateDate", user.created)
        guard view != .listed else { return }
        add(boundary: user.boundary)
        add(tags: user.tags)
    }
}
