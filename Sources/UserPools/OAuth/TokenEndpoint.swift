import GatewayModel
import JSON
import JSONWebToken

/// `/oauth2/token`, `/oauth2/revoke` and `/oauth2/userInfo`.
extension UserPools {
    private enum Fault: Error {
        /// RFC 6749 section 5.2.
        case named(String)
        /// There is too much to do.
        case busy

        var response: OAuthResponse {
            switch self {
            case .named(let name): .error(name)
            case .busy: .error("temporarily_unavailable", status: 429)
            }
        }

        /// What an operation would answer.
        static func of(_ error: PoolError) -> Fault {
            switch error.code {
            case "TooManyRequestsException": .busy
            case "InternalErrorException": .named("server_error")
            default: .named("invalid_grant")
            }
        }
    }

    private typealias Form = [(name: String, value: String)]

    /// The client that a form is of, which shows its secret if it has one: in the form or in Authorization.
    private func client(_ form: Form, _ request: OAuthRequest) throws(Fault) -> (PoolContent, PoolClient) {
        var id = OAuthRequest.single("client_id", form)
        var secret = OAuthRequest.single("client_secret", form)
        if let header = request.header("authorization") {
            guard header.lowercased().hasPrefix("basic "), let bytes = Base64.decode(String(header.dropFirst(6))),
                let text = String(validating: bytes, as: UTF8.self), let colon = text.firstIndex(of: ":"),
                secret == nil
            else { throw .named("invalid_client") }
            let named = String(text[..<colon])
            guard id == nil || id == named else { throw .named("invalid_client") }
            id = named
            secret = String(text[text.index(after: colon)...])
        }
        guard let (content, client) = client(id, of: request) else { throw .named("invalid_client") }
        var own: String?
        // One that cannot be opened fits nothing.
        do throws(PoolError) { own = try self.secret(of: client) } catch { throw .named("invalid_client") }
        switch (own, secret) {
        case (nil, nil), (nil, ""): break
        case (let own?, let secret?) where Self.isSame(own, secret): break
        default: throw .named("invalid_client")
        }
        return (content, client)
    }

    func token(_ request: OAuthRequest) async -> OAuthResponse {
        guard let form = request.form else { return .error("invalid_request") }
        do throws(Fault) {
            guard let type = OAuthRequest.single("grant_type", form) else { throw .named("invalid_request") }
            let (content, client) = try client(form, request)
            switch type {
            case "authorization_code": return try await exchange(form, content, client)
            case "refresh_token": return try await refresh(form, content, client)
            case "client_credentials": return try await machine(form, content, client)
            default: throw .named("unsupported_grant_type")
            }
        } catch { return error.response }
    }

    private func exchange(
        _ form: Form, _ content: PoolContent, _ client: PoolClient
    ) async throws(Fault) -> OAuthResponse {
        guard let text = OAuthRequest.single("code", form), let redirect = OAuthRequest.single("redirect_uri", form)
        else { throw .named("invalid_request") }
        guard let sealed = Base64URL.decode(text),
            let code = open(sealed, AuthorizationCode.self, as: codePurpose), code.request.client == client.id,
            code.request.redirect == redirect, code.expires > now
        else { throw .named("invalid_grant") }
        let verifier = OAuthRequest.single("code_verifier", form)
        switch (code.request.challenge, verifier) {
        case (nil, nil): break
        case (let challenge?, let verifier?) where Self.isVerifier(verifier, of: challenge): break
        default: throw .named("invalid_grant")
        }
        guard client.allowsOAuth, client.oauthFlows.contains("code") else { throw .named("unauthorized_client") }
        guard used.take(code.id, until: code.expires, now: now) else {
            // Whoever comes second may have stolen it, and so may the first: what it gave ends.
            let longest = Int64(ClientRules.longestRefreshSeconds + ClientRules.longestAccessSeconds) * 1000
            do throws(PoolError) {
                try await end(code.session, of: code.sub, content.pool.id, until: code.expires + longest)
            } catch { throw .named("server_error") }
            throw .named("invalid_grant")
        }
        guard let user = try? content.user(sub: code.sub, mark: code.mark) else { throw .named("invalid_grant") }
        var grant = Grant(content, client, user, session: code.session, signedInAt: code.signedInAt)
        grant.scopes = code.request.scopes
        grant.nonce = code.request.nonce
        return try await answer(grant)
    }

    private func refresh(
        _ form: Form, _ content: PoolContent, _ client: PoolClient
    ) async throws(Fault) -> OAuthResponse {
        guard let text = OAuthRequest.single("refresh_token", form) else { throw .named("invalid_request") }
        guard client.allowsOAuth, client.refreshes else { throw .named("unauthorized_client") }
        do throws(PoolError) {
            let grant = try renewal(text, client, content)
            return Self.response(try await renew(grant, [:]), grant)
        } catch { throw .of(error) }
    }

    private func answer(_ grant: Grant) async throws(Fault) -> OAuthResponse {
        do throws(PoolError) {
            return Self.response(try await issue(grant, "TokenGeneration_HostedAuth", [:]), grant)
        } catch { throw .of(error) }
    }

    private static func response(_ tokens: JSONObject, _ grant: Grant) -> OAuthResponse {
        var answer: JSONObject = [:]
        if grant.scopes.contains("openid") || grant.scopes.contains(Grant.ownScope) {
            answer["id_token"] = tokens["IdToken"]
        }
        answer["access_token"] = tokens["AccessToken"]
        answer["refresh_token"] = tokens["RefreshToken"]
        answer["expires_in"] = tokens["ExpiresIn"]
        answer["token_type"] = "Bearer"
        return .json(200, .object(answer))
    }

    /// Tokens for a client itself.
    private func machine(
        _ form: Form, _ content: PoolContent, _ client: PoolClient
    ) async throws(Fault) -> OAuthResponse {
        // A client without a secret is anybody.
        guard client.hasSecret else { throw .named("invalid_client") }
        guard client.allowsOAuth else { throw .named("invalid_grant") }
        guard client.oauthFlows.contains("client_credentials") else { throw .named("unauthorized_client") }
        let custom = client.customScopes
        let asked = (OAuthRequest.single("scope", form) ?? "").split(separator: " ").map(String.init)
        guard asked.allSatisfy(custom.contains) else { throw .named("invalid_scope") }
        let scopes = asked.isEmpty ? custom : asked
        var made: String?
        // Source: Developer Guide, token endpoint: JSON, for the function of the pool.
        let told = OAuthRequest.single("aws_client_metadata", form).flatMap { try? JSONValue(parsing: Array($0.utf8)) }
        let metadata: JSONObject = told?.object.map { ["clientMetadata": .object($0)] } ?? [:]
        do throws(PoolError) { made = try await machineToken(client, scopes, content, metadata) } catch {
            throw .of(error)
        }
        guard let token = made else { throw .named("server_error") }
        return .json(
            200,
            [
                "access_token": .string(token), "expires_in": .number(client.accessTokenSeconds),
                "token_type": "Bearer",
            ])
    }

    /// The token of a client itself, when the pool's function has had its say.
    func machineToken(
        _ client: PoolClient, _ scopes: [String], _ content: PoolContent, _ metadata: JSONObject
    ) async throws(PoolError) -> String {
        let changes = try await changes(ofMachine: client, scopes, content.pool, metadata)
        // The function may have taken its time.
        let (content, client) = try read { state throws(PoolError) in try state.client(client.id) }
        let seconds = now / 1000
        var claims: JSONObject = [
            "sub": .string(client.id), "token_use": "access",
            "scope": .string(changes.scopes(of: scopes).joined(separator: " ")),
            "auth_time": .number(Int(seconds)), "iss": .string(issuer(of: content.pool.id)),
            "exp": .number(Int(seconds) + client.accessTokenSeconds), "iat": .number(Int(seconds)), "version": 2,
            "jti": .string(Identifiers.uuid()), "client_id": .string(client.id),
        ]
        TokenWriter.change(&claims, changes)
        let key = content.keys.access
        let said = claims
        guard let token = try await work.run({ try? key.token(.object(said)) }) else {
            throw .internalFailure("The token could not be signed.")
        }
        return token
    }

    func revoke(_ request: OAuthRequest) async -> OAuthResponse {
        guard let form = request.form, let token = OAuthRequest.single("token", form) else {
            return .error("invalid_request")
        }
        do throws(Fault) {
            let (_, client) = try client(form, request)
            do throws(PoolError) { try await revoke(token, client) } catch {
                switch error.code {
                case "UnsupportedTokenTypeException": throw .named("unsupported_token_type")
                case "UnauthorizedException": throw .named("unauthorized_client")
                default: throw .named("invalid_request")
                }
            }
            return OAuthResponse(200)
        } catch { return error.response }
    }

    func userInfo(_ request: OAuthRequest) async -> OAuthResponse {
        func refused(_ description: String) -> OAuthResponse {
            OAuthResponse(
                401,
                [
                    ("content-type", "application/json;charset=UTF-8"),
                    ("www-authenticate", #"error="invalid_token", error_description="\#(description)""#),
                ], JSONValue.object(["error": "invalid_token", "error_description": .string(description)]).bytes)
        }
        let header = request.header("authorization") ?? ""
        guard header.lowercased().hasPrefix("bearer ") else { return refused("Access token is missing") }
        let found: (PoolContent, PoolUser, TokenClaims)
        do throws(PoolError) { found = try await holder(of: String(header.dropFirst(7)), needs: "openid") } catch {
            if error.code == "TooManyRequestsException" { return Fault.busy.response }
            return refused("Access token is expired, disabled, or deleted, or the user has globally signed out.")
        }
        let (content, user, claims) = found
        guard request.pool == nil || request.pool == content.pool.id,
            let client = claims.clientId.flatMap({ content.clients[$0] })
        else { return refused("Access token is of another pool.") }
        var grant = Grant(content, client, user, now: now)
        grant.scopes = claims.scopes
        var answer: JSONObject = ["sub": .string(user.sub)]
        // All are texts here, truth values too (unlike in ID tokens).
        for (name, value) in user.attributes where TokenWriter(grant: grant, issuer: "", now: 0).isReadable(name) {
            answer[name] = .string(value)
        }
        answer["username"] = .string(user.username)
        return .json(200, .object(answer))
    }
}
