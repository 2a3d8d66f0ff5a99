import JSON

/// Sign-in in rounds that the pool's functions define.
extension SignIn {
    func byCustomChallenge() async throws(PoolError) -> JSONObject {
        let name = try parameter("USERNAME")
        try checkSecretHash([name])
        let user = try find(name)
        guard user != nil || client.hidesUnknownUsers else { throw PoolError.noUser }
        let shown = try shown(user)
        return try await nextCustom(shown, name, [])
    }

    /// Who is told that he cannot sign in before he has shown who he is: nobody, where the client hides who is there. A
    /// disabled user is a stranger there, and the others learn it in the place of their tokens.
    func shown(_ user: PoolUser?) throws(PoolError) -> PoolUser? {
        guard let user else { return nil }
        if client.hidesUnknownUsers { return user.isEnabled ? user : nil }
        try checkStatus(user)
        return user
    }

    /// A sign-in has no more rounds than a session can tell of.
    private static let roundLimit = 20

    /// Asks the functions what comes next: another challenge, tokens, or the end.
    func nextCustom(_ user: PoolUser?, _ name: String, _ history: [CustomRound]) async throws(PoolError) -> JSONObject {
        guard history.count <= Self.roundLimit else { throw PoolError.wrongPassword }
        let asked = request(user, history)
        guard
            let answer = try await pools.trigger(
                "DefineAuthChallenge", "DefineAuthChallenge_Authentication", occasion(user, name), asked,
                response: ["challengeName": nil, "issueTokens": nil, "failAuthentication": nil])
        else { throw .invalid("Custom auth lambda trigger is not configured for the user pool.") }
        if answer["failAuthentication"]?.bool == true { throw PoolError.wrongPassword }
        return try await behind(user) { call, user throws(PoolError) in
            try await call.next(answer, user, name, history, asked)
        }
    }

    /// Goes on behind a function, with everything as it is by now.
    private func behind(
        _ user: PoolUser?, _ next: (SignIn, PoolUser?) async throws(PoolError) -> JSONObject
    ) async throws(PoolError) -> JSONObject {
        guard let user else { return try await next(try later(), nil) }
        let (call, known) = try later(user)
        return try await next(call, known)
    }

    /// What DefineAuthChallenge wants.
    private func next(
        _ answer: JSONValue, _ user: PoolUser?, _ name: String, _ history: [CustomRound], _ asked: JSONObject
    ) async throws(PoolError) -> JSONObject {
        if answer["issueTokens"]?.bool == true {
            // Nobody issues tokens to a name that nobody has.
            guard let user else { throw PoolError.wrongPassword }
            try checkStatus(user)
            return try await finish(user, "TokenGeneration_Authentication")
        }
        guard let challengeName = answer["challengeName"]?.string else { throw UserPools.unrecognizable }
        if challengeName == "PASSWORD_VERIFIER", history.map(\.challengeName) == ["SRP_A"] {
            return try await offer(name, user, isCustom: true)
        }
        guard challengeName == "CUSTOM_CHALLENGE" else {
            throw .unserved("the challenge \(challengeName) of a function")
        }
        var creation = asked
        creation["challengeName"] = .string(challengeName)
        guard
            let created = try await pools.trigger(
                "CreateAuthChallenge", "CreateAuthChallenge_Authentication", occasion(user, name), creation,
                response: [
                    "publicChallengeParameters": nil, "privateChallengeParameters": nil, "challengeMetadata": nil,
                ])
        else { throw .invalid("Custom auth lambda trigger is not configured for the user pool.") }
        var shown: JSONObject = ["USERNAME": .string(user?.username ?? name)]
        for (name, value) in created["publicChallengeParameters"]?.object ?? [:] where value.string != nil {
            shown[name] = value
        }
        return try challenge("CUSTOM_CHALLENGE", user, shown) { session in
            session.history =
                history + [
                    CustomRound(
                        challengeName: challengeName, challengeResult: false,
                        challengeMetadata: created["challengeMetadata"]?.string)
                ]
            session.secrets = created["privateChallengeParameters"]
        }
    }

    /// The answer to the last round's challenge.
    func answerCustom(
        _ session: SignInSession, _ user: PoolUser?, _ name: String
    ) async throws(PoolError) -> JSONObject {
        let told = try parameter("ANSWER")
        try pools.use(session)
        guard session.sub == nil || user != nil else { throw PoolError.wrongPassword }
        _ = try shown(user)
        var history = session.history ?? []
        guard
            let answer = try await pools.trigger(
                "VerifyAuthChallengeResponse", "VerifyAuthChallengeResponse_Authentication", occasion(user, name),
                JSONObject([
                    ("privateChallengeParameters", session.secrets ?? [:]), ("challengeAnswer", .string(told)),
                    ("userNotFound", .bool(user == nil)),
                ]).merged(metadata), response: ["answerCorrect": nil])
        else { throw .invalid("Custom auth lambda trigger is not configured for the user pool.") }
        if !history.isEmpty { history[history.count - 1].challengeResult = answer["answerCorrect"]?.bool ?? false }
        let rounds = history
        return try await behind(user) { call, user throws(PoolError) in try await call.nextCustom(user, name, rounds) }
    }

    private func occasion(_ user: PoolUser?, _ name: String) -> Occasion {
        user.map { Occasion(content.pool, client.id, $0) }
            ?? Occasion(content.pool, client.id, username: name, attributes: [:])
    }

    private func request(_ user: PoolUser?, _ history: [CustomRound]) -> JSONObject {
        let rounds = history.map { round in
            var object: JSONObject = [
                "challengeName": .string(round.challengeName), "challengeResult": .bool(round.challengeResult),
            ]
            object["challengeMetadata"] = round.challengeMetadata.map { .string($0) }
            return JSONValue.object(object)
        }
        return JSONObject([("session", .array(rounds)), ("userNotFound", .bool(user == nil))]).merged(metadata)
    }
}
