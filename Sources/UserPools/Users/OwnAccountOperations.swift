import JSON
import JSONWebToken
import Shapes

extension PoolOperation {
    /// What users do about themselves, with their access tokens.
    static let ownAccount: [PoolOperation] = [
        PoolOperation("GetUser", [.need("AccessToken", .token)]) { pools, input throws(PoolError) in
            let (content, user, claims) = try await pools.holder(of: input.needed("AccessToken"))
            let client = claims.clientId.flatMap { content.clients[$0] }
            return JSONObject([
                ("Username", .string(user.username)),
                ("UserAttributes", user.attributeList(only: client?.readAttributes)),
            ]).merged(user.mfaMembers)
        },
        PoolOperation("DeleteUser", [.need("AccessToken", .token)]) { pools, input throws(PoolError) in
            let (content, user, _) = try await pools.holder(of: input.needed("AccessToken"))
            try await pools.change { _, steps in steps.append(.removeUser(user, pool: content.pool.id)) }
            return [:]
        },
        PoolOperation("GlobalSignOut", [.need("AccessToken", .token)]) { pools, input throws(PoolError) in
            let (content, user, _) = try await pools.holder(of: input.needed("AccessToken"))
            let now = pools.now
            try await pools.update(user, in: content.pool) { $0.signedOut = now }
            return [:]
        },
        PoolOperation(
            "ChangePassword",
            [
                .need("AccessToken", .token), .may("PreviousPassword", .password),
                .need("ProposedPassword", .password),
            ]
        ) { pools, input throws(PoolError) in
            let (content, user, _) = try await pools.holder(of: input.needed("AccessToken"))
            let pool = content.pool
            let isRight = try await pools.isPassword(
                input.text("PreviousPassword") ?? "", of: user, user.username, pool,
                attempt: "\(pool.id) \(user.sub)")
            guard let isRight else { throw .limit("Attempt limit exceeded, please try after some time.") }
            guard isRight else { throw PoolError.wrongPassword }
            try await pools.setPassword(input.needed("ProposedPassword"), of: user, pool) { $0.status = .confirmed }
            return [:]
        },
        PoolOperation(
            "UpdateUserAttributes",
            [.need("AccessToken", .token), .need("UserAttributes", .attributes), .may("ClientMetadata", .map)]
        ) { pools, input throws(PoolError) in
            let (content, user, claims) = try await pools.holder(of: input.needed("AccessToken"))
            let (pool, now) = (content.pool, pools.now)
            let client = try content.client(of: claims)
            let attributes = input.attributes("UserAttributes")
            try AttributeRules.check(attributes, pool, client: client, former: user)
            if attributes.contains(where: {
                ["email", "phone_number"].contains($0.key) && user.attributes[$0.key] != $0.value
            }) {
                try pools.countRequest("\(pool.id) \(user.sub) update")
            }
            var sent: [(String, Delivery)] = []
            let changed = try await pools.update(user, in: pool) { user in
                for (name, value) in attributes {
                    let isNew = user.attributes[name] != value
                    let waits = pool.verifiesBeforeUpdate.contains(name) && isNew && user.attributes[name] != nil
                    // The former address stays until the new one is proved.
                    if !waits { user.set(name, value) }
                    guard isNew, waits || pool.autoVerified.contains(name) else { continue }
                    let code = user.newCode(
                        for: name, to: name, pools.codes, now: now, newValue: waits ? value : nil)
                    sent.append((code, Delivery(attribute: name, value: value)))
                }
            }
            for (code, delivery) in sent {
                try await pools.send(
                    code, "UpdateUserAttribute", to: delivery, changed, pool, clientId: client.id, input.metadata)
            }
            return ["CodeDeliveryDetailsList": .array(sent.map(\.1.details))]
        },
        PoolOperation(
            "DeleteUserAttributes",
            [.need("AccessToken", .token), .need("UserAttributeNames", .list(.attributeName))]
        ) { pools, input throws(PoolError) in
            let (content, user, claims) = try await pools.holder(of: input.needed("AccessToken"))
            try await pools.removeAttributes(input, of: user, content.pool, try content.client(of: claims))
            return [:]
        },
        PoolOperation(
            "GetUserAttributeVerificationCode",
            [.need("AccessToken", .token), .need("AttributeName", .attributeName), .may("ClientMetadata", .map)]
        ) { pools, input throws(PoolError) in
            let (content, user, claims) = try await pools.holder(of: input.needed("AccessToken"))
            let name = input.needed("AttributeName")
            let now = pools.now
            guard ["email", "phone_number"].contains(name) else {
                throw .invalid("Invalid attribute name to verify: \(name)")
            }
            try pools.countRequest("\(content.pool.id) \(user.sub) \(name)")
            // The address is that of the moment in which the code is made: it may have changed since the token was read.
            var sent: (code: String, address: String)?
            let changed = try await pools.update(user, in: content.pool) { user in
                guard let value = user.codes[name]?.newValue ?? user.attributes[name] else { return }
                let newValue = user.codes[name]?.newValue
                sent = (user.newCode(for: name, to: name, pools.codes, now: now, newValue: newValue), value)
            }
            guard let (code, value) = sent else {
                throw .invalid("User has no \(name) attribute value to verify.")
            }
            let delivery = Delivery(attribute: name, value: value)
            try await pools.send(
                code, "VerifyUserAttribute", to: delivery, changed, content.pool,
                clientId: try content.client(of: claims).id, input.metadata)
            return ["CodeDeliveryDetails": delivery.details]
        },
        PoolOperation(
            "VerifyUserAttribute",
            [.need("AccessToken", .token), .need("AttributeName", .attributeName), .need("Code", .code)]
        ) { pools, input throws(PoolError) in
            let (content, user, _) = try await pools.holder(of: input.needed("AccessToken"))
            let name = input.needed("AttributeName")
            guard ["email", "phone_number"].contains(name) else {
                throw .invalid("Invalid attribute name to verify: \(name)")
            }
            let now = pools.now
            var fault: PoolError?
            try await pools.update(user, in: content.pool) { user in
                let newValue = user.codes[name]?.newValue
                fault = user.take(input.needed("Code"), for: name, pools.codes, now: now)
                guard fault == nil else { return }
                if let newValue { user.set(name, newValue) }
                user.attributes["\(name)_verified"] = "true"
            }
            if let fault { throw fault }
            return [:]
        },
        PoolOperation("GetUserAuthFactors", [.need("AccessToken", .token)]) { pools, input throws(PoolError) in
            let (_, user, _) = try await pools.holder(of: input.needed("AccessToken"))
            let members: JSONObject = ["Username": .string(user.username), "ConfiguredUserAuthFactors": ["PASSWORD"]]
            return members.merged(user.mfaMembers)
        },
    ]
}

extension PoolContent {
    /// The client that an access token was issued to.
    func client(of claims: TokenClaims) throws(PoolError) -> PoolClient {
        guard let client = claims.clientId.flatMap({ clients[$0] }) else {
            throw .notAuthorized("Invalid Access Token")
        }
        return client
    }
}
