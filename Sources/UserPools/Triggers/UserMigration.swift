import JSON

/// Users of a former directory come over when they sign in with a password, or forget it: the pool's function says whether
/// it knows them.
extension UserPools {
    /// Asks the function for a user whom the pool has not, and takes him in. Does nothing where the pool has no function.
    ///
    /// - Parameters:
    ///   - password: as he told it; nil when he has forgotten it.
    ///   - request: what clients add for functions.
    func migrate(
        _ name: String, password: String?, _ content: PoolContent, _ client: PoolClient, _ request: JSONObject
    ) async throws(PoolError) {
        let pool = content.pool
        var asked = request
        asked["password"] = password.map { .string($0) }
        let answer = try await trigger(
            "UserMigration", password == nil ? "UserMigration_ForgotPassword" : "UserMigration_Authentication",
            Occasion(pool, client.id, username: name, attributes: nil), asked,
            response: [
                "userAttributes": nil, "finalUserStatus": nil, "messageAction": nil, "desiredDeliveryMediums": nil,
                "forceAliasCreation": nil, "enableSMSMFA": nil,
            ])
        guard let answer else { return }
        var user = try migrated(name, answer, pool)
        // As in AWS, the pool's policy is not asked: the password is one of the former directory.
        if let password { user.password = try await sealed(password, of: user, pool) }
        let made = user
        do throws(PoolError) {
            try await change { state, steps throws(PoolError) in
                let content = try state.content(pool.id)
                try NewUser.checkName(made, in: content)
                try NewUser.checkAliases(
                    made, in: content, takes: answer["forceAliasCreation"]?.bool ?? false, &steps)
                steps.append(.user(made, pool: pool.id))
            }
        } catch {
            // Who signs in twice at once comes over once.
            guard error.code == "UsernameExistsException" else { throw error }
        }
    }

    private func migrated(_ name: String, _ answer: JSONValue, _ pool: UserPool) throws(PoolError) -> PoolUser {
        guard answer["enableSMSMFA"]?.bool != true else { throw .unserved("MFA by SMS (enableSMSMFA)") }
        var attributes: OrderedMap<String> = [:]
        for (name, value) in answer["userAttributes"]?.object ?? [:] {
            // Functions write truth values and numbers, too.
            attributes[name] = value.string ?? value.text
        }
        guard !attributes.isEmpty else { throw Self.unrecognizable }
        // Where people sign in with an address, the function may name the user.
        let username = attributes["username"] ?? name
        attributes["username"] = nil
        try AttributeRules.check(attributes, pool)
        let status = answer["finalUserStatus"]?.string ?? PoolUser.Status.resetRequired.rawValue
        guard let status = PoolUser.Status(rawValue: status), status == .confirmed || status == .resetRequired else {
            throw Self.unrecognizable
        }
        let user = try NewUser.make(username, attributes, pool, status, now: now)
        try AttributeRules.checkRequired(user.attributes, pool)
        return user
    }
}

extension SignIn {
    /// The same call, when whoever is unknown has had his chance to come over.
    func withMigrated(_ name: String, _ password: String) async throws(PoolError) -> SignIn {
        guard try find(name) == nil else { return self }
        do throws(PoolError) {
            try await pools.migrate(name, password: password, content, client, validation)
        } catch {
            if error.code == "TooManyRequestsException" || error.status != 400 { throw error }
            pools.attempts.failed(attemptName(name, nil), now: pools.now)
            guard !client.hidesUnknownUsers else { throw PoolError.wrongPassword }
            throw PoolError("UserNotFoundException", "Exception migrating user in app client \(client.id)")
        }
        return try later()
    }
}
