import JSON
import Shapes

extension PoolOperation {
    static let adminChanges: [PoolOperation] = [
        PoolOperation(
            "AdminUpdateUserAttributes",
            userMembers + [.need("UserAttributes", .attributes), .may("ClientMetadata", .map)]
        ) { pools, input throws(PoolError) in
            let (pool, user) = try pools.named(input)
            let attributes = input.attributes("UserAttributes")
            try AttributeRules.check(attributes, pool, former: user)
            try await pools.update(user, in: pool) { user in
                for (name, value) in attributes where !name.hasSuffix("_verified") { user.set(name, value) }
                // An administrator may say that an address is proved, in the same call.
                for (name, value) in attributes where name.hasSuffix("_verified") {
                    user.set(name, value)
                    let address = String(name.dropLast("_verified".utf8.count))
                    if attributes[address] != nil { user.codes[address] = nil }
                }
            }
            return [:]
        },
        PoolOperation("AdminDeleteUserAttributes", userMembers + [.need("UserAttributeNames", .list(.attributeName))]) {
            pools, input throws(PoolError) in
            let (pool, user) = try pools.named(input)
            try await pools.removeAttributes(input, of: user, pool, nil)
            return [:]
        },
        PoolOperation("AdminEnableUser", userMembers) { pools, input throws(PoolError) in
            let (pool, user) = try pools.named(input)
            try await pools.update(user, in: pool) { $0.isEnabled = true }
            return [:]
        },
        PoolOperation("AdminDisableUser", userMembers) { pools, input throws(PoolError) in
            let (pool, user) = try pools.named(input)
            let now = pools.now
            try await pools.update(user, in: pool) { user in
                user.isEnabled = false
                user.signedOut = now
            }
            return [:]
        },
        PoolOperation("AdminUserGlobalSignOut", userMembers) { pools, input throws(PoolError) in
            let (pool, user) = try pools.named(input)
            let now = pools.now
            try await pools.update(user, in: pool) { $0.signedOut = now }
            return [:]
        },
        PoolOperation("AdminResetUserPassword", userMembers + [.may("ClientMetadata", .map)]) {
            pools, input throws(PoolError) in
            let (pool, user) = try pools.named(input)
            guard user.status != .forceChangePassword, user.status != .unconfirmed else {
                throw .notAuthorized("User password cannot be reset in the current state.")
            }
            let delivery = Delivery.forRecovery(user, pool)
            let now = pools.now
            var code: String?
            let changed = try await pools.update(user, in: pool) { user in
                user.status = .resetRequired
                code = delivery.map { user.newCode(for: "password", to: $0.attribute, pools.codes, now: now) }
            }
            if let delivery, let code {
                try await pools.send(
                    code, "ForgotPassword", to: delivery, changed, pool, clientId: UserPools.adminClient,
                    input.metadata)
            }
            return [:]
        },
    ]
}

extension UserPools {
    /// The pool and the user that an administrator's call names.
    func named(_ input: Input) throws(PoolError) -> (UserPool, PoolUser) {
        let content = try content(input.needed("UserPoolId"))
        guard let user = content.user(input.needed("Username")) else { throw PoolError.noUser }
        return (content.pool, user)
    }

    func removeAttributes(
        _ input: Input, of user: PoolUser, _ pool: UserPool, _ client: PoolClient?
    ) async throws(PoolError) {
        let names = input.texts("UserAttributeNames") ?? []
        for name in names {
            guard let attribute = pool.schema.first(where: { $0.name == name }) else {
                throw .invalid("user.\(name): Attribute does not exist in the schema.")
            }
            guard !attribute.isRequired, attribute.isMutable, !pool.usernameAttributes.contains(name) else {
                throw .invalid("Invalid attribute: \(name) cannot be deleted.")
            }
            if let client {
                guard client.writeAttributes?.contains(name) ?? !name.hasSuffix("_verified") else {
                    throw .notAuthorized("A client attempted to write unauthorized attribute")
                }
            }
        }
        try await update(user, in: pool) { user in
            for name in names {
                user.attributes[name] = nil
                guard ["email", "phone_number"].contains(name) else { continue }
                user.lose(name)
                user.attributes["\(name)_verified"] = nil
            }
        }
    }
}
