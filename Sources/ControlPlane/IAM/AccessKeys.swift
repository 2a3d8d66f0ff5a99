import Callers
import GatewayModel
import HashTreeCollections
import Sealing
import Synchronization

extension IAM {
    /// What a user signs with.
    struct AccessKey: Codable, Equatable {
        /// `AKIA…`
        let id: String
        /// Sealed; it is told once, when the key is made.
        let secret: String
        var isActive: Bool
        let created: String

        static let purpose = "access key"
    }

    static var accessKeys: [String: FormOperation] {
        [
            "CreateAccessKey": { control, call throws(ServiceError) in
                let user = try call.keyHolder(control)
                let id = SessionTokens(key: control.settings.sealing).newKeyId("AKIA")
                let secret = Identifiers.apiKeyValue()
                let key = AccessKey(
                    id: id, secret: try control.seal(Array(secret.utf8), AccessKey.purpose, id), isActive: true,
                    created: call.now.iso8601)
                try await control.changeNamed(User.self, user) { user, _ throws(ServiceError) in
                    guard user.keys.count < IAMQuotas.accessKeys else {
                        throw IAMError.limitExceeded(
                            "Cannot exceed quota for AccessKeysPerUser: \(IAMQuotas.accessKeys)")
                    }
                    user.keys.append(key)
                }
                return XMLMembers { result in
                    result.structure("AccessKey") { member in
                        member.add(key, of: user)
                        member.add("SecretAccessKey", secret)
                    }
                }
            },
            "ListAccessKeys": { control, call throws(ServiceError) in
                let user = try control.world.named(User.self, try call.keyHolder(control))
                let keys = user.keys.sorted { $0.id < $1.id }
                return try call.list("AccessKeyMetadata", keys, by: \.id) { $0.add($1, of: user.name) }
            },
            "UpdateAccessKey": { control, call throws(ServiceError) in
                let id = try call.required("AccessKeyId")
                let status = try call.required("Status")
                var constraints = Constraints()
                constraints.oneOf(status, "status", ["Active", "Inactive"])
                try constraints.checkForm()
                try await control.changeNamed(User.self, try call.keyHolder(control)) { user, _ throws(ServiceError) in
                    guard let place = user.keys.firstIndex(where: { $0.id == id }) else { throw noKey(id) }
                    user.keys[place].isActive = status == "Active"
                }
                return nil
            },
            "DeleteAccessKey": { control, call throws(ServiceError) in
                let id = try call.required("AccessKeyId")
                try await control.changeNamed(User.self, try call.keyHolder(control)) { user, _ throws(ServiceError) in
                    guard user.keys.contains(where: { $0.id == id }) else { throw noKey(id) }
                    user.keys.removeAll { $0.id == id }
                }
                return nil
            },
            "GetAccessKeyLastUsed": { control, call throws(ServiceError) in
                let id = try call.required("AccessKeyId")
                let world = control.world
                guard let user = world.usersOfKeys[id].flatMap({ world[User.self, $0] }) else {
                    throw noKey(id)
                }
                let use = control.keyUses.withLock { $0[id] }
                return XMLMembers { result in
                    result.add("UserName", user.name)
                    result.structure("AccessKeyLastUsed") { member in
                        member.add("LastUsedDate", use?.at.iso8601)
                        member.add("ServiceName", use?.service ?? "N/A")
                        member.add("Region", use?.region ?? "N/A")
                    }
                }
            },
        ]
    }

    private static func noKey(_ id: String) -> ServiceError {
        IAMError.noSuchEntity("The Access Key with id \(id) cannot be found.")
    }
}

/// When and for what a key was used last, since the server was started.
struct KeyUse: Sendable {
    let at: Timestamp
    let service: String
    let region: String
}

extension FormCall {
    /// The user whose keys a call is about.
    fileprivate func keyHolder(_ control: ControlPlane) throws(ServiceError) -> String {
        let user = try userOrCaller(control)
        guard user.id != account.accountId else {
            throw ServiceError(
                "AccessDenied", status: 403,
                "Gatehouse makes no access keys of the account itself: name a user (UserName).")
        }
        return user.name
    }
}

extension ControlPlane {
    /// Whether an access key is one of this account, disabled or deleted or not.
    package func knows(accessKey id: String) -> Bool {
        world.usersOfKeys[id] != nil || callers.isOwn(keyId: id)
    }

    package func noteUse(ofKey id: String, service: String, region: String) {
        // Sessions come and go, and nobody can ask for theirs.
        guard world.usersOfKeys[id] != nil else { return }
        let use = KeyUse(at: settings.now(), service: service, region: region)
        keyUses.withLock { $0[id] = use }
    }

    /// nil when the key file is another one.
    func secret(of key: IAM.AccessKey) -> String? {
        unseal(key.secret, IAM.AccessKey.purpose, key.id).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension XMLMembers {
    fileprivate mutating func add(_ key: IAM.AccessKey, of user: String) {
        add("UserName", user)
        add("AccessKeyId", key.id)
        add("Status", key.isActive ? "Active" : "Inactive")
        add("CreateDate", key.created)
    }
}
