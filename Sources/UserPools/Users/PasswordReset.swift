import GatewayModel
import JSON
import Shapes

extension PoolOperation {
    private static let who: [Shape.Member] = [
        .need("ClientId", .clientId), .may("SecretHash", .secretHash), .need("Username", .username),
        .may("ClientMetadata", .map),
    ]

    static let passwordReset: [PoolOperation] = [
        PoolOperation("ForgotPassword", who) { pools, input throws(PoolError) in
            var (content, client) = try pools.caller(input)
            let name = input.needed("Username")
            let pool = content.pool
            // Of names that nobody has too, or it would tell them apart.
            try pools.countRequest("\(pool.id) \(content.user(name)?.sub ?? pool.strangerKey(name)) forgot")
            if content.user(name) == nil {
                do throws(PoolError) {
                    try await pools.migrate(name, password: nil, content, client, input.metadata)
                } catch {
                    // The function's own words would tell that nobody of that name is here.
                    guard client.hidesUnknownUsers, error.status == 400 else { throw error }
                }
                content = try pools.content(pool.id)
            }
            let (user, delivery): (PoolUser, Delivery)
            do throws(PoolError) {
                guard let found = content.user(name) else { throw PoolError.noUser }
                (user, delivery) = (found, try Delivery.ofRecovery(found, pool))
            } catch {
                // Who cannot have a code is told what a stranger is told. Source: Developer Guide, managing user
                // existence error responses.
                guard client.hidesUnknownUsers else { throw error }
                pools.strangersCodes.sent("password", name, pool)
                try await pools.changeNobody(in: pool)
                return ["CodeDeliveryDetails": pools.inventedDelivery(name, pool, Delivery.recoveryAttributes(pool))]
            }
            let now = pools.now
            var code = ""
            let changed = try await pools.update(user, in: pool) { user in
                code = user.newCode(for: "password", to: delivery.attribute, pools.codes, now: now)
            }
            try await pools.send(
                code, "ForgotPassword", to: delivery, changed, pool, clientId: client.id, input.metadata)
            return ["CodeDeliveryDetails": delivery.details]
        },
        PoolOperation(
            "ConfirmForgotPassword", who + [.need("ConfirmationCode", .code), .need("Password", .password)]
        ) { pools, input throws(PoolError) in
            let (content, client) = try pools.caller(input)
            let pool = content.pool
            let (name, password, now) = (input.needed("Username"), input.needed("Password"), pools.now)
            // Before anybody is looked for, or it would tell who is there.
            try pool.passwordPolicy.check(password)
            func refusal(_ error: PoolError) -> PoolError {
                client.hidesUnknownUsers ? pools.strangersCodes.guess("password", name, pool) : error
            }
            guard let user = content.user(name), user.isEnabled else {
                if client.hidesUnknownUsers { try await pools.changeNobody(in: pool) }
                throw refusal(content.user(name) == nil ? .noUser : .notAuthorized("User is disabled."))
            }
            var fault: PoolError?
            // The code is used up before the work on the password: of two who come at once one has it.
            let known = try await pools.update(user, in: pool) { user throws(PoolError) in
                guard user.isEnabled else { throw refusal(.notAuthorized("User is disabled.")) }
                fault = user.take(input.needed("ConfirmationCode"), for: "password", pools.codes, now: now)
            }
            if let fault { throw fault }
            let changed = try await pools.setPassword(password, of: known, pool) { user in
                user.status = .confirmed
                user.temporaryUntil = nil
                user.signedOut = now
            }
            pools.attempts.succeeded("\(pool.id) \(user.sub)")
            try await pools.confirmed(changed, "ConfirmForgotPassword", pool, client.id, input.metadata)
            return [:]
        },
    ]
}

extension UserPools {
    /// Takes as long as it takes to change a user, where nobody is to be changed: else the time would tell.
    func changeNobody(in pool: UserPool) async throws(PoolError) {
        let nobody = PoolUser(
            username: Identifiers.uuid(), sub: Identifiers.uuid(), attributes: [:], status: .unconfirmed,
            created: now, modified: now)
        try await change { _, steps in steps += [.user(nobody, pool: pool.id), .removeUser(nobody, pool: pool.id)] }
    }

    /// Bounds how often somebody has codes sent.
    func countRequest(_ name: String) throws(PoolError) {
        guard requests.counted(name, now: now) else {
            throw .limit("Attempt limit exceeded, please try after some time.")
        }
    }

    /// Whether the pool's policy allows a user that password.
    func checkPolicy(_ password: String, of user: PoolUser, _ pool: UserPool) async throws(PoolError) {
        let policy = pool.passwordPolicy
        try policy.check(password)
        let former = ([user.password].compactMap(\.self) + user.formerPasswords).prefix(policy.historySize)
        for sealed in former {
            guard let stored = open(sealed, for: "password of \(user.sub)").flatMap({ StoredPassword(text: $0) })
            else { throw .internalFailure("A former password cannot be opened with this server's key.") }
            let isSame = try await work.run { stored.isFrom(password, pool: pool.shortName, name: user.username) }
            guard !isSame else {
                throw PoolError("PasswordHistoryPolicyViolationException", "Password has been used before.")
            }
        }
    }

    /// Gives a user another password, if the pool's policy allows it.
    @discardableResult
    func setPassword(
        _ password: String, of user: PoolUser, _ pool: UserPool, _ body: (inout PoolUser) -> Void
    ) async throws(PoolError) -> PoolUser {
        try await checkPolicy(password, of: user, pool)
        let sealed = try await sealed(password, of: user, pool)
        let known = user
        return try await update(user, in: pool) { user throws(PoolError) in
            // Another call may have changed it since the old one was checked.
            guard user.password == known.password else { throw PoolError.wrongPassword }
            user.take(sealed, pool.passwordPolicy)
            body(&user)
        }
    }
}

extension PoolUser {
    /// Another password in the place of the one that there is, which the pool may want to be remembered.
    ///
    /// - Parameter password: sealed.
    mutating func take(_ password: String, _ policy: PasswordPolicy) {
        formerPasswords = Array(([self.password].compactMap(\.self) + formerPasswords).prefix(policy.historySize))
        self.password = password
    }
}
