import GatewayModel
import JSON
import Shapes

extension PoolOperation {
    private static let preference = Shape.structure([.may("Enabled", .boolean), .may("PreferredMfa", .boolean)])
    private static let preferences: [Shape.Member] = [
        .may("SMSMfaSettings", preference), .may("SoftwareTokenMfaSettings", preference),
        .may("EmailMfaSettings", preference), .may("WebAuthnMfaSettings", preference),
    ]

    static let mfa: [PoolOperation] = [
        PoolOperation("AssociateSoftwareToken", [.may("AccessToken", .token), .may("Session", .secret(20...16_384))]) {
            pools, input throws(PoolError) in
            let secret = Randomness.bytes(TOTP.secretBytes)
            var answer: JSONObject = ["SecretCode": .string(TOTP.text(secret))]
            if let token = input.text("AccessToken") {
                let (content, user, _) = try await pools.holder(of: token)
                guard content.pool.mfaMode != "OFF", content.pool.hasTOTP else { throw noTOTP }
                let sealed = try pools.seal(Hexadecimal.encode(secret), for: "totp of \(user.sub)")
                // The one in use stays until the new one is proved.
                try await pools.update(user, in: content.pool) { $0.newTOTP = sealed }
            } else {
                var session = try pools.session(input.text("Session"), of: nil, for: ["MFA_SETUP"])
                session.totp = Hexadecimal.encode(secret)
                answer["Session"] = .string(try pools.text(session))
            }
            return answer
        },
        PoolOperation(
            "VerifySoftwareToken",
            [
                .may("AccessToken", .token), .may("Session", .secret(20...16_384)),
                .need("UserCode", .text(6...6, digits)), .may("FriendlyDeviceName", .anyText),
            ]
        ) { pools, input throws(PoolError) in
            let code = input.needed("UserCode")
            if let token = input.text("AccessToken") {
                let (content, user, _) = try await pools.holder(of: token)
                guard let sealed = user.newTOTP,
                    let secret = pools.open(sealed, for: "totp of \(user.sub)").flatMap({ Hexadecimal.decode($0) })
                else { throw mismatch }
                try await pools.prove(code, secret, sealed, user, content.pool)
                return ["Status": "SUCCESS"]
            }
            var session = try pools.session(input.text("Session"), of: nil, for: ["MFA_SETUP"])
            let (content, _) = try pools.read { state throws(PoolError) in try state.client(session.client) }
            guard let sub = session.sub else { throw mismatch }
            let user = try content.user(sub: sub, mark: session.mark ?? "")
            guard let text = session.totp, let secret = Hexadecimal.decode(text), !secret.isEmpty, user.totp == nil
            else { throw mismatch }
            let sealed = try pools.seal(text, for: "totp of \(user.sub)")
            try await pools.prove(code, secret, sealed, user, content.pool)
            try pools.use(session)
            session = SignInSession(
                id: SessionId.new(pools.now), client: session.client, sub: sub, mark: session.mark,
                challenge: session.challenge,
                expires: session.expires, totp: "")
            return ["Status": "SUCCESS", "Session": .string(try pools.text(session))]
        },
        PoolOperation("SetUserMFAPreference", [.need("AccessToken", .token)] + preferences) {
            pools, input throws(PoolError) in
            let (content, user, _) = try await pools.holder(of: input.needed("AccessToken"))
            try await pools.setPreference(input, of: user, content.pool)
            return [:]
        },
        PoolOperation("AdminSetUserMFAPreference", userMembers + preferences) { pools, input throws(PoolError) in
            let content = try pools.content(input.needed("UserPoolId"))
            guard let user = content.user(input.needed("Username")) else { throw PoolError.noUser }
            try await pools.setPreference(input, of: user, content.pool)
            return [:]
        },
        PoolOperation("AdminDeleteSoftwareToken", userMembers) { pools, input throws(PoolError) in
            let (pool, user) = try pools.named(input)
            try await pools.update(user, in: pool) { user in
                user.totp = nil
                user.newTOTP = nil
                user.totpStep = nil
                user.usesTOTP = false
                user.prefersTOTP = false
            }
            return [:]
        },
        PoolOperation("AdminGetUserAuthFactors", userMembers) { pools, input throws(PoolError) in
            let (_, user) = try pools.named(input)
            let members: JSONObject = ["Username": .string(user.username), "ConfiguredUserAuthFactors": ["PASSWORD"]]
            return members.merged(user.mfaMembers)
        },
        PoolOperation("GetUserPoolMfaConfig", [.need("UserPoolId", .poolId)]) { pools, input throws(PoolError) in
            mfaMembers(of: try pools.content(input.needed("UserPoolId")).pool)
        },
        PoolOperation(
            "SetUserPoolMfaConfig",
            [
                .need("UserPoolId", .poolId),
                .may(
                    "SmsMfaConfiguration",
                    .structure([
                        .may("SmsAuthenticationMessage", .text(6...140)),
                        .may("SmsConfiguration", PoolRules.smsConfiguration),
                    ])), .may("SoftwareTokenMfaConfiguration", .structure([.may("Enabled", .boolean)])),
                .may(
                    "EmailMfaConfiguration",
                    .structure([.may("Message", .text(6...20_000)), .may("Subject", .text(1...140))])),
                .may("MfaConfiguration", .choice(["OFF", "ON", "OPTIONAL"])),
                .may("WebAuthnConfiguration", .structure([])),
            ]
        ) { pools, input throws(PoolError) in
            for (member, what) in [
                ("SmsMfaConfiguration", "MFA by SMS"), ("EmailMfaConfiguration", "MFA by email"),
                ("WebAuthnConfiguration", "passkeys"),
            ] where input[member] != nil {
                throw .unserved("\(what) (\(member))")
            }
            let now = pools.now
            let pool = try await pools.change { state, steps throws(PoolError) in
                let content = try state.content(input.needed("UserPoolId"))
                var pool = content.pool
                let mode = input.text("MfaConfiguration") ?? "OFF"
                let token = input["SoftwareTokenMfaConfiguration"]
                guard mode == "OFF" || token?["Enabled"]?.bool == true else {
                    throw .invalid("Invalid MFA configuration given, can't turn on MFA without any MFA options.")
                }
                var settings = pool.settings.object ?? [:]
                settings["MfaConfiguration"] = .string(mode)
                pool.settings = .object(settings)
                pool.mfa = .object(token.map { ["SoftwareTokenMfaConfiguration": $0] } ?? [:])
                pool.modified = now
                steps.append(.pool(pool, content.keys))
                return pool
            }
            return mfaMembers(of: pool)
        },
    ]

    /// Terraform takes a setting that nobody has made for a change.
    private static func mfaMembers(of pool: UserPool) -> JSONObject {
        var members = pool.mfa.object ?? [:]
        members["MfaConfiguration"] = .string(pool.mfaMode)
        return members
    }

    private static let digits = Shape.TextRule("[0-9]+") { $0.utf8.allSatisfy(\.isDigit) }
    private static let mismatch = PoolError("EnableSoftwareTokenMFAException", "Code mismatch")
    private static let noTOTP = PoolError(
        "SoftwareTokenMFANotFoundException", "Software Token MFA has not been enabled by the userPool")
}

extension UserPools {
    /// Takes a new secret for a user's own, once the user's app has shown that it knows it.
    fileprivate func prove(
        _ code: String, _ secret: [UInt8], _ sealed: String, _ user: PoolUser, _ pool: UserPool
    ) async throws(PoolError) {
        let attempt = "\(pool.id) \(user.sub) totp setup"
        guard attempts.mayTry(attempt, now: now) else { throw .notAuthorized("Password attempts exceeded") }
        guard let step = TOTP.step(of: code, secret, now: now, after: nil) else {
            attempts.failed(attempt, now: now)
            throw PoolError("EnableSoftwareTokenMFAException", "Code mismatch")
        }
        let known = user
        try await update(user, in: pool) { user throws(PoolError) in
            // Another app may have been set up meanwhile.
            guard user.totp == known.totp, user.newTOTP == known.newTOTP else {
                throw PoolError("EnableSoftwareTokenMFAException", "Code mismatch")
            }
            user.totp = sealed
            user.newTOTP = nil
            user.totpStep = step
            // A pool that asks everybody for it asks these from now on.
            if pool.mfaMode == "ON" { user.usesTOTP = true }
        }
    }

    fileprivate func setPreference(_ input: Input, of user: PoolUser, _ pool: UserPool) async throws(PoolError) {
        for (member, what) in [
            ("SMSMfaSettings", "SMS"), ("EmailMfaSettings", "email"), ("WebAuthnMfaSettings", "passkeys"),
        ] where input[member]?["Enabled"]?.bool == true || input[member]?["PreferredMfa"]?.bool == true {
            throw .unserved("MFA by \(what) (\(member))")
        }
        guard let settings = input["SoftwareTokenMfaSettings"] else { return }
        try await update(user, in: pool) { user throws(PoolError) in
            let isEnabled = settings["Enabled"]?.bool ?? user.usesTOTP
            guard !isEnabled || user.totp != nil else {
                throw .invalid("User has not verified software token mfa")
            }
            user.usesTOTP = isEnabled
            user.prefersTOTP = isEnabled && (settings["PreferredMfa"]?.bool ?? user.prefersTOTP)
        }
    }
}
