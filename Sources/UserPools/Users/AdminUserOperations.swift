import JSON
import Shapes

extension PoolOperation {
    /// The members that nearly every operation of an administrator on a user has.
    static let userMembers: [Shape.Member] = [.need("UserPoolId", .poolId), .need("Username", .username)]

    static let adminUsers: [PoolOperation] = [
        PoolOperation(
            "AdminCreateUser",
            userMembers + [
                .may("UserAttributes", .attributes), .may("ValidationData", .attributes),
                .may("TemporaryPassword", .password), .may("ForceAliasCreation", .boolean),
                .may("MessageAction", .choice(["RESEND", "SUPPRESS"])),
                .may("DesiredDeliveryMediums", .list(.choice(["SMS", "EMAIL"]))), .may("ClientMetadata", .map),
            ]
        ) { pools, input throws(PoolError) in
            let pool = try pools.content(input.needed("UserPoolId")).pool
            let attributes = input.attributes("UserAttributes")
            try AttributeRules.check(attributes, pool)
            let temporary = input.text("TemporaryPassword") ?? pool.passwordPolicy.temporary
            try pool.passwordPolicy.check(temporary)
            let isAgain = input.text("MessageAction") == "RESEND"
            let user: PoolUser
            if isAgain {
                guard let found = try pools.content(pool.id).user(input.needed("Username")) else {
                    throw PoolError.noUser
                }
                guard found.status == .forceChangePassword else { throw Self.cannotResend(found) }
                user = found
            } else {
                user = try NewUser.make(
                    input.needed("Username"), attributes, pool, .forceChangePassword, now: pools.now)
                try NewUser.checkName(user, in: try pools.content(pool.id))
                _ = try await pools.trigger(
                    "PreSignUp", "PreSignUp_AdminCreateUser", Occasion(pool, UserPools.adminClient, user),
                    input.validation,
                    response: ["autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false])
            }
            let sealed = try await pools.sealed(temporary, of: user, pool)
            let (new, now) = (user, pools.now)
            let made = try await pools.change { state, steps throws(PoolError) in
                let content = try state.content(pool.id)
                var made = new
                if isAgain {
                    // As he is by now.
                    guard let user = content.user(sub: new.sub), user.status == .forceChangePassword else {
                        throw Self.cannotResend(new)
                    }
                    made = user
                } else {
                    try NewUser.checkName(made, in: content)
                }
                made.take(sealed, content.pool.passwordPolicy)
                made.temporaryUntil = now + Int64(pool.passwordPolicy.temporaryDays) * 86_400_000
                made.modified = now
                try NewUser.checkAliases(
                    made, in: content, takes: input.flag("ForceAliasCreation") ?? false, &steps)
                steps.append(.user(made, pool: pool.id))
                return made
            }
            if input.text("MessageAction") != "SUPPRESS" {
                let mediums = input.texts("DesiredDeliveryMediums") ?? ["SMS"]
                for (medium, name) in [("SMS", "phone_number"), ("EMAIL", "email")] where mediums.contains(medium) {
                    guard let value = made.attributes[name] else { continue }
                    try await pools.send(
                        temporary, "AdminCreateUser", to: Delivery(attribute: name, value: value), made, pool,
                        clientId: UserPools.adminClient, input.metadata)
                }
            }
            return ["User": .object(made.description())]
        },
        PoolOperation("AdminGetUser", userMembers) { pools, input throws(PoolError) in
            guard let user = try pools.content(input.needed("UserPoolId")).user(input.needed("Username")) else {
                throw PoolError.noUser
            }
            var answer = user.description()
            answer["UserAttributes"] = answer["Attributes"]
            answer["Attributes"] = nil
            return answer.merged(user.mfaMembers)
        },
        PoolOperation("AdminDeleteUser", userMembers) { pools, input throws(PoolError) in
            try await pools.change { state, steps throws(PoolError) in
                let content = try state.content(input.needed("UserPoolId"))
                guard let user = content.user(input.needed("Username")) else { throw PoolError.noUser }
                steps.append(.removeUser(user, pool: content.pool.id))
            }
            return [:]
        },
        PoolOperation(
            "AdminSetUserPassword", userMembers + [.need("Password", .password), .may("Permanent", .boolean)]
        ) { pools, input throws(PoolError) in
            let content = try pools.content(input.needed("UserPoolId"))
            guard let user = content.user(input.needed("Username")) else { throw PoolError.noUser }
            let password = input.needed("Password")
            try await pools.checkPolicy(password, of: user, content.pool)
            let sealed = try await pools.sealed(password, of: user, content.pool)
            let now = pools.now
            try await pools.update(user, in: content.pool) { user in
                user.take(sealed, content.pool.passwordPolicy)
                user.status = input.flag("Permanent") == true ? .confirmed : .forceChangePassword
                user.temporaryUntil =
                    user.status == .confirmed
                    ? nil : now + Int64(content.pool.passwordPolicy.temporaryDays) * 86_400_000
            }
            return [:]
        },
        PoolOperation("AdminConfirmSignUp", userMembers + [.may("ClientMetadata", .map)]) {
            pools, input throws(PoolError) in
            let user = try await pools.change { state, steps throws(PoolError) in
                let content = try state.content(input.needed("UserPoolId"))
                guard var user = content.user(input.needed("Username")) else { throw PoolError.noUser }
                guard user.status == .unconfirmed else {
                    throw .notAuthorized("User cannot be confirmed. Current status is \(user.status.rawValue)")
                }
                user.status = .confirmed
                user.codes["signup"] = nil
                try NewUser.checkAliases(user, in: content, &steps)
                steps.append(.user(user, pool: content.pool.id))
                return user
            }
            let pool = try pools.content(input.needed("UserPoolId")).pool
            try await pools.confirmed(user, "ConfirmSignUp", pool, UserPools.adminClient, input.metadata)
            return [:]
        },
    ]

    private static func cannotResend(_ user: PoolUser) -> PoolError {
        PoolError(
            "UnsupportedUserStateException",
            "Resend not possible. \(user.username) status is not FORCE_CHANGE_PASSWORD")
    }
}

extension UserPools {
    /// Changes a user as he is by now.
    @discardableResult
    func update(
        _ user: PoolUser, in pool: UserPool, _ body: (inout PoolUser) throws(PoolError) -> Void
    ) async throws(PoolError) -> PoolUser {
        let now = now
        return try await change { state, steps throws(PoolError) in
            let content = try state.content(pool.id)
            guard var changed = content.user(sub: user.sub) else { throw PoolError.noUser }
            try body(&changed)
            changed.modified = now
            try NewUser.checkAliases(changed, in: content, &steps)
            steps.append(.user(changed, pool: pool.id))
            return changed
        }
    }
}
