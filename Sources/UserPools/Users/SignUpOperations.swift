import JSON
import Shapes

extension PoolOperation {
    static let signUp: [PoolOperation] = [
        PoolOperation(
            "SignUp",
            [
                .need("ClientId", .clientId), .may("SecretHash", .secretHash), .need("Username", .username),
                .may("Password", .password), .may("UserAttributes", .attributes), .may("ValidationData", .attributes),
                .may("ClientMetadata", .map),
            ]
        ) { pools, input throws(PoolError) in
            let (content, client) = try pools.caller(input)
            let pool = content.pool
            guard !pool.onlyAdminsCreate else { throw .notAuthorized("SignUp is not permitted for this user pool") }
            guard let password = input.text("Password") else {
                throw .unserved("users without passwords (SignUp without Password)")
            }
            let attributes = input.attributes("UserAttributes")
            try AttributeRules.check(attributes, pool, client: client)
            var user = try NewUser.make(input.needed("Username"), attributes, pool, .unconfirmed, now: pools.now)
            for name in ["email", "phone_number"] where user.attributes[name] != nil {
                user.attributes["\(name)_verified"] = "false"
            }
            try NewUser.checkName(user, in: content)
            try pool.passwordPolicy.check(password)
            let response = try await pools.trigger(
                "PreSignUp", "PreSignUp_SignUp", Occasion(pool, client.id, user), input.validation,
                response: ["autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false])
            let isConfirmed = response?["autoConfirmUser"]?.bool ?? false
            for (member, name) in [("autoVerifyEmail", "email"), ("autoVerifyPhone", "phone_number")]
            where response?[member]?.bool == true && user.attributes[name] != nil {
                user.attributes["\(name)_verified"] = "true"
            }
            user.password = try await pools.sealed(password, of: user, pool)
            var code: (code: String, delivery: Delivery)?
            if isConfirmed {
                user.status = .confirmed
            } else if let delivery = Delivery.ofNew(user, pool) {
                code = (user.newCode(for: "signup", to: delivery.attribute, pools.codes, now: pools.now), delivery)
            }
            let made = user
            try await pools.change { state, steps throws(PoolError) in
                let content = try state.content(pool.id)
                try NewUser.checkName(made, in: content)
                try NewUser.checkAliases(made, in: content, &steps)
                steps.append(.user(made, pool: pool.id))
            }
            var answer: JSONObject = ["UserConfirmed": .bool(isConfirmed), "UserSub": .string(made.sub)]
            if let code {
                try await pools.send(
                    code.code, "SignUp", to: code.delivery, made, pool, clientId: client.id, input.metadata)
                answer["CodeDeliveryDetails"] = code.delivery.details
            } else if isConfirmed {
                try await pools.confirmed(made, "ConfirmSignUp", pool, client.id, input.metadata)
            }
            return answer
        },
        PoolOperation(
            "ConfirmSignUp",
            [
                .need("ClientId", .clientId), .may("SecretHash", .secretHash), .need("Username", .username),
                .need("ConfirmationCode", .code), .may("ForceAliasCreation", .boolean), .may("ClientMetadata", .map),
            ]
        ) { pools, input throws(PoolError) in
            let (content, client) = try pools.caller(input)
            let name = input.needed("Username")
            let now = pools.now
            if client.hidesUnknownUsers, content.user(name) == nil { try await pools.changeNobody(in: content.pool) }
            let (user, fault) = try await pools.change { state, steps throws(PoolError) -> (PoolUser, PoolError?) in
                let content = try state.content(content.pool.id)
                guard var user = content.user(name) else {
                    guard client.hidesUnknownUsers else {
                        throw PoolError("UserNotFoundException", "Username/client id combination not found.")
                    }
                    throw pools.strangersCodes.guess("signup", name, content.pool)
                }
                guard user.status == .unconfirmed else {
                    throw .notAuthorized("User cannot be confirmed. Current status is \(user.status.rawValue)")
                }
                if let fault = user.take(input.needed("ConfirmationCode"), for: "signup", pools.codes, now: now) {
                    steps.append(.user(user, pool: content.pool.id))
                    return (user, fault)
                }
                if let delivery = Delivery.ofNew(user, content.pool) {
                    user.attributes["\(delivery.attribute)_verified"] = "true"
                }
                user.status = .confirmed
                user.modified = now
                try NewUser.checkAliases(
                    user, in: content, takes: input.flag("ForceAliasCreation") ?? false, &steps)
                steps.append(.user(user, pool: content.pool.id))
                return (user, nil)
            }
            if let fault { throw fault }
            try await pools.confirmed(user, "ConfirmSignUp", content.pool, client.id, input.metadata)
            return [:]
        },
        PoolOperation(
            "ResendConfirmationCode",
            [
                .need("ClientId", .clientId), .may("SecretHash", .secretHash), .need("Username", .username),
                .may("ClientMetadata", .map),
            ]
        ) { pools, input throws(PoolError) in
            let (content, client) = try pools.caller(input)
            let name = input.needed("Username")
            let now = pools.now
            let pool = content.pool
            // Of names that nobody has too, or it would tell them apart.
            try pools.countRequest("\(pool.id) \(content.user(name)?.sub ?? pool.strangerKey(name)) resend")
            guard content.user(name)?.isEnabled ?? false || !client.hidesUnknownUsers else {
                pools.strangersCodes.sent("signup", name, pool)
                try await pools.changeNobody(in: pool)
                return ["CodeDeliveryDetails": pools.inventedDelivery(name, pool, Delivery.attributesOfNew(pool))]
            }
            let (user, code, delivery) = try await pools.change {
                state, steps throws(PoolError) -> (PoolUser, String, Delivery) in
                let content = try state.content(content.pool.id)
                guard var user = content.user(name) else { throw PoolError.noUser }
                guard user.status == .unconfirmed else { throw .invalid("User is already confirmed.") }
                guard let delivery = Delivery.ofNew(user, content.pool) else {
                    throw .invalid("Auto verification not turned on.")
                }
                let code = user.newCode(for: "signup", to: delivery.attribute, pools.codes, now: now)
                steps.append(.user(user, pool: content.pool.id))
                return (user, code, delivery)
            }
            try await pools.send(
                code, "ResendCode", to: delivery, user, content.pool, clientId: client.id, input.metadata)
            return ["CodeDeliveryDetails": delivery.details]
        },
    ]
}

extension UserPools {
    /// The client of an operation without a signature, and its pool; a client with a secret has to know it.
    func caller(_ input: Input) throws(PoolError) -> (PoolContent, PoolClient) {
        let (content, client) = try read { state throws(PoolError) in try state.client(input.needed("ClientId")) }
        let name = input.needed("Username")
        var names = [name]
        if let user = content.user(name) { names += [user.username, user.sub] }
        try checkSecretHash(input.text("SecretHash"), names, client)
        return (content, client)
    }

    /// PostConfirmation.
    func confirmed(
        _ user: PoolUser, _ source: String, _ pool: UserPool, _ clientId: String, _ metadata: JSONObject
    ) async throws(PoolError) {
        _ = try await trigger(
            "PostConfirmation", "PostConfirmation_\(source)", Occasion(pool, clientId, user), metadata)
    }

    /// Where a code would go that nobody gets: the same for the same name, and where that is an address, there. Source:
    /// Developer Guide, managing user existence error responses.
    ///
    /// - Parameter attributes: whose addresses the pool sends such codes to, the first one first.
    func inventedDelivery(_ name: String, _ pool: UserPool, _ attributes: [String]) -> JSONValue {
        if AttributeRules.isEmail(name), attributes.contains("email") {
            return Delivery(attribute: "email", value: name).details
        }
        if AttributeRules.isPhone(name), attributes.contains("phone_number") {
            return Delivery(attribute: "phone_number", value: name).details
        }
        let bytes = strangerBytes("address", name, pool)
        if attributes.first == "phone_number" {
            let digits = bytes.prefix(11).map { String($0 % 10) }.joined()
            return Delivery(attribute: "phone_number", value: "+\(digits)").details
        }
        let letters = bytes.prefix(2).map { String(UnicodeScalar(UInt8(ascii: "a") + $0 % 26)) }
        return Delivery(attribute: "email", value: letters.joined(separator: "@")).details
    }
}
