internal import Crypto
import GatewayModel
import JSON
import JSONWebToken

/// A request of a client to sign somebody in (RFC 6749 section 4.1.1), checked.
struct AuthorizationRequest: Codable, Sendable {
    let client: String
    let redirect: String
    let isCode: Bool
    let state: String?
    let scopes: [String]
    let nonce: String?
    /// Of PKCE, by S256.
    let challenge: String?
}

/// What a client exchanges for tokens, once. Sealed, as sessions are.
struct AuthorizationCode: Codable, Sendable {
    let id: String
    let request: AuthorizationRequest
    let sub: String
    let mark: String
    let session: String
    /// Seconds since 1970.
    let signedInAt: Int64
    /// Milliseconds.
    let expires: Int64
}

/// Who is signed in at a pool's pages: in a cookie, sealed.
struct BrowserSession: Codable, Sendable {
    let pool: String
    let sub: String
    let mark: String
    let session: String
    let signedInAt: Int64
    let expires: Int64

    static let cookie = "cognito"
    /// Source: Developer Guide, managed login: an hour.
    static let seconds: Int64 = 3_600
}

extension UserPools {
    /// A code lasts five minutes. Source: Developer Guide, authorize endpoint.
    private static let codeSeconds: Int64 = 300

    enum Authorization: Error {
        /// It may be told to nobody but the person: who knows whose address that is.
        case refused(String)
        /// It is told to the client.
        case failed(AuthorizationRequest, error: String)
    }

    /// Checks the client and its address first: before them nothing is sent anywhere.
    func authorization(_ request: OAuthRequest) throws(Authorization) -> (AuthorizationRequest, PoolContent, PoolClient)
    {
        guard let (content, client) = client(request.parameter("client_id"), of: request) else {
            throw .refused("Client does not exist.")
        }
        let sent = request.parameter("redirect_uri")
        let standard = client.settings["DefaultRedirectURI"]?.string ?? client.callbackURLs.first
        guard let redirect = request.query.contains(where: { $0.name == "redirect_uri" }) ? sent : standard,
            client.callbackURLs.contains(where: { $0.utf8.elementsEqual(redirect.utf8) })
        else { throw .refused("redirect_mismatch") }
        // Source: API Reference, CreateUserPoolClient: operations sign users in all the same.
        guard client.showsLogin else {
            throw .refused("Login pages unavailable. Please contact an administrator.")
        }
        let type = request.parameter("response_type")
        let asked = (request.parameter("scope") ?? "").split(separator: " ").map(String.init)
        let scopes = asked.isEmpty ? client.oauthScopes : asked
        let wanted = AuthorizationRequest(
            client: client.id, redirect: redirect, isCode: type != "token", state: request.parameter("state"),
            scopes: scopes, nonce: request.parameter("nonce"), challenge: request.parameter("code_challenge"))
        guard type == "code" || type == "token" else { throw .failed(wanted, error: "unsupported_response_type") }
        guard client.allowsOAuth, client.oauthFlows.contains(type == "code" ? "code" : "implicit") else {
            throw .failed(wanted, error: "unauthorized_client")
        }
        // What is told of people comes with openid only. Source: Developer Guide, authorize endpoint.
        let needsOpenid = asked.contains { ["email", "phone", "profile"].contains($0) }
        guard scopes.allSatisfy(client.oauthScopes.contains), !needsOpenid || asked.contains("openid") else {
            throw .failed(wanted, error: "invalid_scope")
        }
        let method = request.parameter("code_challenge_method")
        guard (wanted.challenge == nil) == (method == nil), method == nil || method == "S256",
            // SHA-256 in base64url.
            wanted.challenge.map({ $0.utf8.count == 43 && Base64URL.decode($0) != nil }) ?? true
        else { throw .failed(wanted, error: "invalid_request") }
        return (wanted, content, client)
    }

    func authorize(_ request: OAuthRequest) async -> OAuthResponse {
        do throws(Authorization) {
            let (wanted, content, client) = try authorization(request)
            let prompt = request.parameter("prompt")
            if prompt != "login", let known = signedIn(request, content) {
                return await granted(wanted, content, client, known.user, known.session, cookies: [])
            }
            // OpenID Connect Core, section 3.1.2.6.
            if prompt == "none" { throw .failed(wanted, error: "login_required") }
            return .redirect(request.prefix + "/login" + query(request))
        } catch { return refusal(error) }
    }

    func query(_ request: OAuthRequest) -> String {
        Location.of("", request.query.map { ($0.name, $0.value) })
    }

    func refusal(_ fault: Authorization) -> OAuthResponse {
        switch fault {
        case .refused(let reason): .page(400, Pages.message("The sign-in cannot go on: \(reason)"))
        case .failed(let wanted, let error):
            .redirect(
                Location.of(
                    wanted.redirect, [("error", error), ("state", wanted.state)], inFragment: !wanted.isCode))
        }
    }

    private func signedIn(_ request: OAuthRequest, _ content: PoolContent) -> (user: PoolUser, session: BrowserSession)?
    {
        guard let text = request.cookie(BrowserSession.cookie), let sealed = Base64URL.decode(text),
            let session = open(sealed, BrowserSession.self, as: "browser session"),
            session.pool == content.pool.id, session.expires > now,
            let user = try? content.user(sub: session.sub, mark: session.mark), user.status == .confirmed
        else { return nil }
        return (user, session)
    }

    /// Behind a sign-in on the page: the browser is remembered for an hour, and sent back to the client.
    func granted(
        _ wanted: AuthorizationRequest, _ content: PoolContent, _ client: PoolClient, _ user: PoolUser,
        _ known: BrowserSession?, cookies: [String]
    ) async -> OAuthResponse {
        let fresh = Grant(content, client, user, now: now)
        let session =
            known
            ?? BrowserSession(
                pool: content.pool.id, sub: user.sub, mark: user.mark, session: fresh.session,
                signedInAt: fresh.signedInAt,
                expires: now + BrowserSession.seconds * 1000)
        var cookies = cookies
        do throws(PoolError) {
            if known == nil {
                let sealed = Base64URL.encode(try seal(session, as: "browser session"))
                cookies.append(cookie(BrowserSession.cookie, sealed, seconds: BrowserSession.seconds))
            }
            if wanted.isCode {
                // Each client's tokens are a session of their own.
                let code = AuthorizationCode(
                    id: SessionId.new(now), request: wanted, sub: user.sub, mark: user.mark, session: fresh.session,
                    signedInAt: session.signedInAt, expires: now + Self.codeSeconds * 1000)
                let text = Base64URL.encode(try seal(code, as: codePurpose))
                return .redirect(
                    Location.of(wanted.redirect, [("code", text), ("state", wanted.state)]), cookies: cookies)
            }
            var grant = Grant(content, client, user, session: fresh.session, signedInAt: session.signedInAt)
            grant.scopes = wanted.scopes
            grant.nonce = wanted.nonce
            let tokens = try await issue(grant, "TokenGeneration_HostedAuth", [:], withRefresh: false)
            let id = wanted.scopes.contains("openid") ? tokens["IdToken"]?.string : nil
            return .redirect(
                Location.of(
                    wanted.redirect,
                    [
                        ("id_token", id), ("access_token", tokens["AccessToken"]?.string), ("token_type", "Bearer"),
                        ("expires_in", tokens["ExpiresIn"]?.integer.map(String.init)), ("state", wanted.state),
                    ], inFragment: true), cookies: cookies)
        } catch {
            return .redirect(
                Location.of(
                    wanted.redirect,
                    [("error", "server_error"), ("error_description", error.message), ("state", wanted.state)],
                    inFragment: !wanted.isCode), cookies: cookies)
        }
    }

    /// One that no script of a page reads, and that forms of other pages do not send.
    ///
    /// - Parameter seconds: how long the browser keeps it; nil: until it is closed.
    func cookie(_ name: String, _ value: String, seconds: Int64? = nil) -> String {
        let age = seconds.map { "; Max-Age=\($0)" } ?? ""
        return "\(name)=\(value); Path=/\(age); HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "")
    }

    /// Which codes were used is known as long as the process lives, and so long they are good.
    var codePurpose: String { "code \(instance)" }

    /// Whether the verifier is the one of the challenge (RFC 7636 section 4.6).
    static func isVerifier(_ verifier: String, of challenge: String) -> Bool {
        (43...128).contains(verifier.utf8.count)
            && isSame(Base64URL.encode(Array(SHA256.hash(data: Array(verifier.utf8)))), challenge)
    }

    func logout(_ request: OAuthRequest) -> OAuthResponse {
        guard let (_, client) = client(request.parameter("client_id"), of: request) else {
            return .page(400, Pages.message("Client does not exist."))
        }
        let gone = cookie(BrowserSession.cookie, "", seconds: 0)
        if let url = request.parameter("logout_uri") {
            guard client.logoutURLs.contains(where: { $0.utf8.elementsEqual(url.utf8) }) else {
                return .page(
                    400, Pages.message("Required String parameter 'redirect_uri' is not present or not allowed."))
            }
            return .redirect(url, cookies: [gone])
        }
        guard let url = request.parameter("redirect_uri"),
            client.callbackURLs.contains(where: { $0.utf8.elementsEqual(url.utf8) }),
            request.parameter("response_type") != nil
        else {
            return .page(400, Pages.message("Required String parameter 'redirect_uri' is not present or not allowed."))
        }
        return .redirect(request.prefix + "/login" + query(request), cookies: [gone])
    }
}
