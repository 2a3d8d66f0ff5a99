internal import Crypto
import GatewayModel
import JSON
import JSONWebToken
import Shapes

/// One call of InitiateAuth or RespondToAuthChallenge, or of an administrator's: who asks, for which client, with what.
struct SignIn: Sendable {
    let pools: UserPools
    let content: PoolContent
    let client: PoolClient
    let input: Input
    /// AuthParameters or ChallengeResponses.
    let parameters: OrderedMap<String>
    let isAdmin: Bool
    /// The answer to a challenge, not the beginning.
    let isAnswer: Bool
    /// On a page of the pool's own, which needs no secret hash, and gives no tokens itself.
    let isHosted: Bool

    init(_ pools: UserPools, _ input: Input, parameters: String, isAdmin: Bool) throws(PoolError) {
        self.pools = pools
        self.input = input
        self.isAdmin = isAdmin
        isHosted = false
        isAnswer = parameters == "ChallengeResponses"
        self.parameters = input.map(parameters)
        let id = input.needed("ClientId")
        let found = try pools.read { state throws(PoolError) in try state.client(id) }
        content = found.0
        client = found.1
        if isAdmin {
            let pool = input.needed("UserPoolId")
            _ = try pools.content(pool)
            guard client.poolId == pool else { throw .noClient(id) }
        }
    }

    init(
        _ pools: UserPools, hosted input: Input, _ parameters: OrderedMap<String>, _ content: PoolContent,
        _ client: PoolClient
    ) {
        self.pools = pools
        self.input = input
        self.parameters = parameters
        self.content = content
        self.client = client
        isAdmin = false
        isHosted = true
        isAnswer = false
    }

    /// The same call after something has taken its time: with everything as it is by now.
    func later() throws(PoolError) -> SignIn {
        let id = client.id
        let (content, client) = try pools.read { state throws(PoolError) in try state.client(id) }
        return SignIn(self, content, client)
    }

    /// The same, of a user who has shown who he is, if that still counts.
    func later(_ user: PoolUser) throws(PoolError) -> (SignIn, PoolUser) {
        let later = try later()
        return (later, try later.content.user(sub: user.sub, mark: user.mark))
    }

    private init(_ other: SignIn, _ content: PoolContent, _ client: PoolClient) {
        pools = other.pools
        self.content = content
        self.client = client
        input = other.input
        parameters = other.parameters
        isAdmin = other.isAdmin
        isAnswer = other.isAnswer
        isHosted = other.isHosted
    }

    func parameter(_ name: String) throws(PoolError) -> String {
        guard let value = parameters[name], !value.isEmpty else {
            throw .invalid("Missing required parameter \(name)")
        }
        return value
    }

    /// Passwords have no longer ones, and whoever sends a megabyte is not to have it hashed.
    func password() throws(PoolError) -> String {
        let password = try parameter("PASSWORD")
        guard password.unicodeScalars.count <= PasswordPolicy.longest else { throw PoolError.wrongPassword }
        return password
    }

    /// What a client tells functions. Those behind the beginning of a sign-in do not learn of it. Source: API Reference,
    /// InitiateAuth.
    var metadata: JSONObject { isAnswer ? input.metadata : [:] }

    // MARK: Secret hash

    /// - Parameter names: the hash may be of any of these.
    func checkSecretHash(_ names: [String]) throws(PoolError) {
        if isHosted { return }
        try pools.checkSecretHash(parameters["SECRET_HASH"], names, client)
    }

    // MARK: Who it is

    /// The user of that name, when somebody of that name may try now.
    func find(_ name: String) throws(PoolError) -> PoolUser? {
        guard name.unicodeScalars.count <= Self.nameLength else {
            throw .invalid("A username has at most \(Self.nameLength) characters.")
        }
        let user = content.user(name)
        guard pools.attempts.mayTry(attemptName(name, user), now: pools.now) else {
            throw .notAuthorized("Password attempts exceeded")
        }
        return user
    }

    /// AWS: 128 characters. Names of attempts are remembered, whoever makes them up.
    private static let nameLength = 128

    func attemptName(_ name: String, _ user: PoolUser?) -> String {
        "\(content.pool.id) \(user?.sub ?? content.pool.strangerKey(name))"
    }

    /// A name that nobody has is told only to clients that may know.
    var unknown: PoolError { client.hidesUnknownUsers ? .wrongPassword : .noUser }

    /// Checks a password, at the same cost for a name that nobody has.
    func check(_ password: String, _ name: String, _ user: PoolUser?) async throws(PoolError) -> PoolUser {
        let isRight = try await pools.isPassword(
            password, of: user, name, content.pool, attempt: attemptName(name, user))
        guard let isRight else { throw .notAuthorized("Password attempts exceeded") }
        guard let user else { throw unknown }
        guard isRight else {
            if user.status == .resetRequired, !client.hidesUnknownUsers { throw Self.resetRequired }
            throw PoolError.wrongPassword
        }
        return user
    }

    static var resetRequired: PoolError {
        PoolError("PasswordResetRequiredException", "Password reset required for the user")
    }

    /// What stands against a user who has told the right password.
    func checkStatus(_ user: PoolUser) throws(PoolError) {
        guard user.isEnabled else { throw .notAuthorized("User is disabled.") }
        switch user.status {
        case .unconfirmed: throw PoolError("UserNotConfirmedException", "User is not confirmed.")
        case .resetRequired: throw Self.resetRequired
        case .forceChangePassword:
            if let until = user.temporaryUntil, until < pools.now {
                throw .notAuthorized("Temporary password has expired and must be reset by an administrator.")
            }
        case .confirmed: break
        }
    }

    // MARK: What comes next

    /// Behind the right password: another challenge, or tokens.
    func proceed(_ user: PoolUser) async throws(PoolError) -> JSONObject {
        try checkStatus(user)
        if user.status == .forceChangePassword {
            var attributes: JSONObject = [:]
            for (name, value) in user.attributes { attributes[name] = .string(value) }
            let missing = content.pool.schema.filter {
                $0.isRequired && $0.name != "sub" && user.attributes[$0.name] == nil
            }
            return try challenge(
                "NEW_PASSWORD_REQUIRED", user,
                [
                    "requiredAttributes": .string(
                        JSONValue.array(missing.map { .string("userAttributes.\($0.name)") }).text),
                    "userAttributes": .string(JSONValue.object(attributes).text),
                ])
        }
        return try await secondFactor(user, "TokenGeneration_Authentication")
    }

    /// The second factor, if there is one, else tokens.
    func secondFactor(_ user: PoolUser, _ source: String) async throws(PoolError) -> JSONObject {
        // Who has proved an app in a pool that asks everybody is asked, whatever he prefers.
        let isAsked = user.usesTOTP || user.totp != nil && content.pool.mfaMode == "ON"
        if content.pool.mfaMode != "OFF", isAsked, content.pool.hasTOTP {
            return try challenge("SOFTWARE_TOKEN_MFA", user, ["FRIENDLY_DEVICE_NAME": "Authenticator"])
        }
        if content.pool.mfaMode == "ON" {
            guard content.pool.hasTOTP else { throw .unserved("MFA by SMS or email: users cannot sign in") }
            return try challenge("MFA_SETUP", user, ["MFAS_CAN_SETUP": "[\"SOFTWARE_TOKEN_MFA\"]"])
        }
        return try await finish(user, source)
    }

    func challenge(
        _ name: String, _ user: PoolUser?, _ parameters: JSONObject, _ change: (inout SignInSession) -> Void = { _ in }
    ) throws(PoolError) -> JSONObject {
        var session = pools.newSession(name, client, user)
        change(&session)
        var shown = parameters
        if let user, name != "CUSTOM_CHALLENGE" { shown["USER_ID_FOR_SRP"] = .string(user.username) }
        return [
            "ChallengeName": .string(name), "Session": .string(try pools.text(session)),
            "ChallengeParameters": .object(shown),
        ]
    }

    /// Tokens of a new session.
    func finish(_ user: PoolUser, _ source: String) async throws(PoolError) -> JSONObject {
        let (call, user) = try later(user)
        var answer: JSONObject = ["HostedSub": .string(user.sub)]
        if !isHosted {
            let grant = Grant(call.content, call.client, user, now: pools.now)
            let tokens = try await pools.issue(grant, source, metadata)
            answer = ["ChallengeParameters": [:], "AuthenticationResult": .object(tokens)]
        }
        _ = try await pools.trigger(
            "PostAuthentication", "PostAuthentication_Authentication", Occasion(call.content.pool, client.id, user),
            JSONObject([("newDeviceUsed", false)]).merged(metadata))
        _ = try later(user)
        return answer
    }
}

extension JSONObject {
    func merged(_ other: JSONObject) -> JSONObject {
        var merged = self
        for (name, value) in other { merged[name] = value }
        return merged
    }
}

extension UserPools {
    func checkSecretHash(_ hash: String?, _ names: [String], _ client: PoolClient) throws(PoolError) {
        guard let secret = try secret(of: client) else {
            // AWS's answer to a hash where there is no secret is the same as to a wrong one.
            if hash != nil { throw .notAuthorized("Unable to verify secret hash for client \(client.id)") }
            return
        }
        guard let hash else {
            throw .notAuthorized("Client \(client.id) is configured with secret but SECRET_HASH was not received")
        }
        let given = Base64.decode(hash) ?? []
        let key = SymmetricKey(data: Array(secret.utf8))
        for name in names
        where HMAC<SHA256>.isValidAuthenticationCode(given, authenticating: Array((name + client.id).utf8), using: key)
        {
            return
        }
        throw .notAuthorized("Unable to verify secret hash for client \(client.id)")
    }

    /// What is kept of a user's password, or what stands for it.
    func stored(_ user: PoolUser?, _ name: String, _ pool: UserPool) -> StoredPassword {
        if let user, let sealed = user.password, let text = open(sealed, for: "password of \(user.sub)"),
            let stored = StoredPassword(text: text)
        {
            return stored
        }
        return StoredPassword.ofStranger(pool.strangerKey(name), pool: pool.shortName, secret: strangers)
    }

    /// The username that a name has which nobody has: the same for the same name. Where people sign in with an address,
    /// usernames are other ones. Source: Developer Guide, managing user existence error responses.
    func strangerId(_ name: String, _ pool: UserPool) -> String {
        let isAddress =
            pool.signInAttributes.contains("email") && AttributeRules.isEmail(name)
            || pool.signInAttributes.contains("phone_number") && AttributeRules.isPhone(name)
        guard !pool.usernameAttributes.isEmpty || isAddress else { return name }
        return SessionId.text(Array(strangerBytes("id", name, pool).prefix(16)), version: 4)
    }

    /// What an unknown name is given in the place of what a user has: not to be guessed, and always the same.
    func strangerBytes(_ purpose: String, _ name: String, _ pool: UserPool) -> [UInt8] {
        let told = Array("\(purpose) \(pool.id) \(pool.strangerKey(name))".utf8)
        return Array(HMAC<SHA256>.authenticationCode(for: told, using: SymmetricKey(data: strangers)))
    }

    /// nil for who may not try now.
    func isPassword(
        _ password: String, of user: PoolUser?, _ name: String, _ pool: UserPool, attempt: String
    ) async throws(PoolError) -> Bool? {
        try await work.run { [self] in
            attempts.attempt(attempt, now: now) {
                stored(user, name, pool).isFrom(password, pool: pool.shortName, name: user?.username ?? name)
                    && user?.password != nil
            }
        }
    }

    /// A new password of a user, sealed.
    func sealed(_ password: String, of user: PoolUser, _ pool: UserPool) async throws(PoolError) -> String {
        let text = try await work.run { StoredPassword(password, pool: pool.shortName, name: user.username).text }
        return try seal(text, for: "password of \(user.sub)")
    }
}
