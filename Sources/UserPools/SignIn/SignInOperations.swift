import JSON
import Shapes

extension PoolOperation {
    private static let flows = [
        "USER_SRP_AUTH", "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN", "CUSTOM_AUTH", "ADMIN_NO_SRP_AUTH",
        "USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH", "USER_AUTH",
    ]

    private static let initiation: [Shape.Member] = [
        .need("AuthFlow", .choice(flows)), .may("AuthParameters", .map), .may("ClientMetadata", .map),
        .need("ClientId", .clientId),
    ]

    static let signIn: [PoolOperation] = [
        PoolOperation("InitiateAuth", initiation) { pools, input throws(PoolError) in
            let flow = input.needed("AuthFlow")
            guard !flow.hasPrefix("ADMIN_") else { throw .invalid("Initiate Auth method not supported.") }
            return try await SignIn(pools, input, parameters: "AuthParameters", isAdmin: false).initiate(flow)
        },
        PoolOperation("AdminInitiateAuth", [.need("UserPoolId", .poolId)] + initiation) {
            pools, input throws(PoolError) in
            let flow = input.needed("AuthFlow")
            guard flow != "USER_PASSWORD_AUTH" else { throw .invalid("Initiate Auth method not supported.") }
            return try await SignIn(pools, input, parameters: "AuthParameters", isAdmin: true).initiate(flow)
        },
        PoolOperation("RespondToAuthChallenge", response) { pools, input throws(PoolError) in
            try await SignIn(pools, input, parameters: "ChallengeResponses", isAdmin: false).respond()
        },
        PoolOperation("AdminRespondToAuthChallenge", [.need("UserPoolId", .poolId)] + response) {
            pools, input throws(PoolError) in
            try await SignIn(pools, input, parameters: "ChallengeResponses", isAdmin: true).respond()
        },
        PoolOperation(
            "GetTokensFromRefreshToken",
            [
                .need("RefreshToken", .token), .need("ClientId", .clientId), .may("ClientSecret", .secret(24...64)),
                .may("DeviceKey", .anyText), .may("ClientMetadata", .map),
            ]
        ) { pools, input throws(PoolError) in
            let (content, client) = try pools.read { state throws(PoolError) in
                try state.client(input.needed("ClientId"))
            }
            try pools.checkSecret(input.text("ClientSecret"), client)
            guard client.refreshes else {
                throw .notAuthorized("REFRESH_TOKEN_AUTH is not enabled for the client.")
            }
            let grant = try pools.renewal(input.needed("RefreshToken"), client, content)
            return ["AuthenticationResult": .object(try await pools.renew(grant, input.metadata))]
        },
        PoolOperation(
            "GetClientToken",
            [
                .need("ClientId", .clientId), .need("Secret", .secret(24...64)),
                .may("Scopes", .list(.text(1...256), 0...50)), .may("ClientMetadata", .map),
            ]
        ) { pools, input throws(PoolError) in
            let (content, client) = try pools.read { state throws(PoolError) in
                try state.client(input.needed("ClientId"))
            }
            try pools.checkSecret(input.text("Secret"), client)
            guard client.hasOwnTokens else {
                throw .notAuthorized("\(PoolClient.ownTokenFlow) is not enabled for the client.")
            }
            let asked = input.texts("Scopes") ?? []
            guard asked.allSatisfy(client.customScopes.contains) else {
                throw .invalid("One of the scopes is not allowed for the client.")
            }
            let scopes = asked.isEmpty ? client.customScopes : asked
            let token = try await pools.machineToken(client, scopes, content, input.metadata)
            let result: JSONObject = [
                "AccessToken": .string(token), "ExpiresIn": .number(client.accessTokenSeconds), "TokenType": "Bearer",
            ]
            return ["ClientAuthenticationResult": .object(result)]
        },
        PoolOperation(
            "RevokeToken",
            [.need("Token", .token), .need("ClientId", .clientId), .may("ClientSecret", .secret(24...64))]
        ) { pools, input throws(PoolError) in
            let (_, client) = try pools.read { state throws(PoolError) in try state.client(input.needed("ClientId")) }
            try pools.checkSecret(input.text("ClientSecret"), client)
            try await pools.revoke(input.needed("Token"), client)
            return [:]
        },
    ]

    private static let response: [Shape.Member] = [
        .need("ClientId", .clientId),
        .need(
            "ChallengeName",
            .choice([
                "SMS_MFA", "EMAIL_OTP", "SOFTWARE_TOKEN_MFA", "SELECT_MFA_TYPE", "MFA_SETUP", "PASSWORD_VERIFIER",
                "CUSTOM_CHALLENGE", "SELECT_CHALLENGE", "DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER",
                "ADMIN_NO_SRP_AUTH", "NEW_PASSWORD_REQUIRED", "SMS_OTP", "PASSWORD", "WEB_AUTHN", "PASSWORD_SRP",
            ])), .may("Session", .secret(20...16_384)), .may("ChallengeResponses", .map), .may("ClientMetadata", .map),
    ]
}

extension SignIn {
    func initiate(_ flow: String) async throws(PoolError) -> JSONObject {
        guard client.allows(flow) else {
            if flow.hasPrefix("REFRESH") { throw .notAuthorized("REFRESH_TOKEN_AUTH is not enabled for the client.") }
            if isAdmin { throw .invalid("Auth flow not enabled for this client") }
            let name = flow == "USER_PASSWORD_AUTH" ? "USER_PASSWORD_AUTH flow" : "\(flow) is"
            throw .invalid("\(name) not enabled for \(flow == "USER_PASSWORD_AUTH" ? "this" : "the") client")
        }
        switch flow {
        case "USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH": return try await byPassword()
        case "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN": return try await byRefreshToken()
        case "USER_SRP_AUTH": return try await bySRP(isCustom: false)
        case "CUSTOM_AUTH":
            if parameters["CHALLENGE_NAME"] == "SRP_A" || parameters["SRP_A"] != nil {
                return try await bySRP(isCustom: true)
            }
            return try await byCustomChallenge()
        default: throw .unserved("the flow \(flow)")
        }
    }

    func byPassword() async throws(PoolError) -> JSONObject {
        let name = try parameter("USERNAME")
        let password = try password()
        try checkSecretHash([name])
        let call = try await withMigrated(name, password)
        try await call.askBefore(try call.find(name), name)
        let asked = try later()
        let user = try await asked.check(password, name, try asked.find(name))
        let (later, known) = try later(user)
        return try await later.proceed(known)
    }

    /// PreAuthentication, before anything is checked.
    func askBefore(_ user: PoolUser?, _ name: String) async throws(PoolError) {
        // A name that nobody has reaches the function only where clients do not learn that.
        guard user != nil || client.hidesUnknownUsers else { return }
        let occasion =
            user.map { Occasion(content.pool, client.id, $0) }
            ?? Occasion(content.pool, client.id, username: name, attributes: [:])
        let told: JSONObject = client.hidesUnknownUsers ? ["userNotFound": .bool(user == nil)] : [:]
        _ = try await pools.trigger(
            "PreAuthentication", "PreAuthentication_Authentication", occasion, told.merged(validation))
    }

    /// Before somebody is signed in, what a client sends comes as validation data. Source: Developer Guide, pre
    /// authentication, migrate user.
    var validation: JSONObject { input.metadata["clientMetadata"].map { ["validationData": $0] } ?? [:] }

    private func byRefreshToken() async throws(PoolError) -> JSONObject {
        guard !client.rotates else { throw .notAuthorized("REFRESH_TOKEN_AUTH is not enabled for the client.") }
        let text = try parameter("REFRESH_TOKEN")
        let grant = try pools.renewal(text, client, content)
        let user = grant.user
        let names = content.pool.signInAttributes.compactMap { user.attributes[$0] }
        try checkSecretHash([user.username, user.sub] + names)
        let tokens = try await pools.renew(grant, metadata)
        return ["ChallengeParameters": [:], "AuthenticationResult": .object(tokens)]
    }
}
