import GatewayModel
import JSON
import JSONWebToken
import Shapes

extension SignIn {
    /// The answer to a challenge.
    func respond() async throws(PoolError) -> JSONObject {
        let name = input.needed("ChallengeName")
        let username = try parameter("USERNAME")
        switch name {
        case "PASSWORD_VERIFIER": return try await verifyPassword()
        case "NEW_PASSWORD_REQUIRED", "SOFTWARE_TOKEN_MFA", "MFA_SETUP", "CUSTOM_CHALLENGE": break
        default: throw .unserved("the challenge \(name)")
        }
        let session = try pools.session(input.text("Session"), of: client, for: [name])
        var names = [username]
        let user = session.sub.flatMap { content.user(sub: $0) }
        if let user { names += [user.username, user.sub] }
        try checkSecretHash(names)
        // What the session rests on may have been taken back.
        if let user { _ = try content.user(sub: user.sub, mark: session.mark ?? "") }
        if name == "CUSTOM_CHALLENGE" {
            guard session.sub == nil || content.user(username)?.sub == session.sub else {
                throw .notAuthorized("Invalid session for the user.")
            }
            return try await answerCustom(session, user, username)
        }
        guard let user, content.user(username)?.sub == user.sub else {
            throw .notAuthorized("Invalid session for the user.")
        }
        switch name {
        case "NEW_PASSWORD_REQUIRED": return try await takeNewPassword(session, user)
        case "SOFTWARE_TOKEN_MFA": return try await checkCode(session, user)
        default: return try await finishSetup(session, user)
        }
    }

    // MARK: New password

    private func takeNewPassword(_ session: SignInSession, _ user: PoolUser) async throws(PoolError) -> JSONObject {
        let password = try parameter("NEW_PASSWORD")
        let pool = content.pool
        try await pools.checkPolicy(password, of: user, pool)
        var attributes: OrderedMap<String> = [:]
        for (name, value) in parameters where name.hasPrefix("userAttributes.") {
            attributes[String(name.dropFirst("userAttributes.".count))] = value
        }
        try AttributeRules.check(attributes, pool, client: isAdmin ? nil : client, former: user)
        var whole = user.attributes
        for (name, value) in attributes { whole[name] = value }
        try AttributeRules.checkRequired(whole, pool)
        try pools.use(session)
        let sealed = try await pools.sealed(password, of: user, pool)
        let changed = try await pools.update(user, in: pool) { user throws(PoolError) in
            // The session is of the time before: somebody else may have chosen one since.
            guard user.status == .forceChangePassword, user.mark == session.mark else {
                throw UserPools.sessionExpired
            }
            user.take(sealed, pool.passwordPolicy)
            user.status = .confirmed
            user.temporaryUntil = nil
            for (name, value) in attributes { user.set(name, value) }
        }
        return try await later().secondFactor(changed, "TokenGeneration_NewPasswordChallenge")
    }

    // MARK: Second factor

    private func checkCode(_ session: SignInSession, _ user: PoolUser) async throws(PoolError) -> JSONObject {
        let code = try parameter("SOFTWARE_TOKEN_MFA_CODE")
        try await pools.checkTOTP(code, of: user, content.pool)
        try pools.use(session)
        return try await finish(user, "TokenGeneration_Authentication")
    }

    private func finishSetup(_ session: SignInSession, _ user: PoolUser) async throws(PoolError) -> JSONObject {
        // VerifySoftwareToken has proved it, and says so in its session.
        guard user.usesTOTP, session.totp == "" else { throw .notAuthorized("Invalid session for the user.") }
        try pools.use(session)
        return try await finish(user, "TokenGeneration_Authentication")
    }

    // MARK: SRP

    func bySRP(isCustom: Bool) async throws(PoolError) -> JSONObject {
        let name = try parameter("USERNAME")
        try checkSecretHash([name])
        _ = try clientKey()
        let found = try find(name)
        if found == nil, !client.hidesUnknownUsers { throw PoolError.noUser }
        if isCustom {
            // The function says whether the password comes next. Source: Developer Guide, define auth challenge.
            let shown = client.hidesUnknownUsers ? try shown(found) : found
            return try await nextCustom(shown, name, [CustomRound(challengeName: "SRP_A", challengeResult: true)])
        }
        try await askBefore(found, name)
        let later = try later()
        return try await later.offer(name, try later.find(name), isCustom: false)
    }

    private func clientKey() throws(PoolError) -> SRPNumber {
        let digits = try parameter("SRP_A")
        guard digits.utf8.count <= 2 * SRPNumber.byteCount + 2,
            let bytes = Hexadecimal.decode((digits.utf8.count % 2 == 0 ? "" : "0") + digits),
            let key = SRPNumber(bytes), !key.isZero
        else { throw .invalid("Invalid SRP_A") }
        return key
    }

    /// The server's half of the exchange.
    func offer(_ name: String, _ found: PoolUser?, isCustom: Bool) async throws(PoolError) -> JSONObject {
        let clientKey = try clientKey()
        if found == nil, !client.hidesUnknownUsers { throw PoolError.noUser }
        let pool = content.pool
        let (stored, server) = try await pools.work.run { [pools] in
            let stored = pools.stored(found, name, pool)
            return (stored, SRP.Server(stored))
        }
        let userId = found?.username ?? pools.strangerId(name, pool)
        let block = SRPBlock(
            id: SessionId.new(pools.now), client: client.id, sub: found?.sub, name: userId, asked: name,
            clientKey: Hexadecimal.encode(clientKey.bytes), secret: Hexadecimal.encode(server.secret),
            expires: pools.now + Int64(client.sessionSeconds) * 1000, isCustom: isCustom)
        let sealed = try pools.seal(block, as: pools.blockPurpose)
        return [
            "ChallengeName": "PASSWORD_VERIFIER",
            "ChallengeParameters": [
                "SALT": .string(Hexadecimal.encode(stored.salt)),
                "SRP_B": .string(Hexadecimal.encode(server.publicKey.bytes)),
                "SECRET_BLOCK": .string(Base64.encode(sealed)), "USERNAME": .string(userId),
                "USER_ID_FOR_SRP": .string(userId),
            ],
        ]
    }

    private func verifyPassword() async throws(PoolError) -> JSONObject {
        let name = try parameter("USERNAME")
        let blockText = try parameter("PASSWORD_CLAIM_SECRET_BLOCK")
        let signature = Base64.decode(try parameter("PASSWORD_CLAIM_SIGNATURE")) ?? []
        let timestamp = try parameter("TIMESTAMP")
        guard let sealed = Base64.decode(blockText),
            let block = pools.open(sealed, SRPBlock.self, as: pools.blockPurpose), block.client == client.id
        else { throw PoolError.wrongPassword }
        let user = block.sub.flatMap { content.user(sub: $0) }
        var names = [name, block.name]
        if let user { names += [user.username, user.sub] }
        try checkSecretHash(names)
        guard block.expires > pools.now, pools.used.take(block.id, until: block.expires, now: pools.now) else {
            throw UserPools.sessionExpired
        }
        let attempt = attemptName(block.asked, user)
        let pool = content.pool
        let isProved = try await pools.work.run { [pools] in
            pools.attempts.attempt(attempt, now: pools.now) {
                let stored = pools.stored(user, block.asked, pool)
                guard let secret = Hexadecimal.decode(block.secret),
                    let clientKey = Hexadecimal.decode(block.clientKey).flatMap({ SRPNumber($0) }),
                    let key = SRP.key(clientKey, SRP.Server(stored, secret: secret), stored)
                else { return false }
                let signed = Array((pool.shortName + block.name).utf8) + sealed + Array(timestamp.utf8)
                return SRP.isProved(signature, by: key, signed) && user?.password != nil
            }
        }
        guard let isProved else { throw .notAuthorized("Password attempts exceeded") }
        guard isProved, let user else {
            if user?.status == .resetRequired, !client.hidesUnknownUsers { throw Self.resetRequired }
            throw PoolError.wrongPassword
        }
        let (later, known) = try later(user)
        if block.isCustom {
            try later.checkStatus(known)
            return try await later.nextCustom(
                known, known.username,
                [
                    CustomRound(challengeName: "SRP_A", challengeResult: true),
                    CustomRound(challengeName: "PASSWORD_VERIFIER", challengeResult: true),
                ])
        }
        return try await later.proceed(known)
    }
}
