import GatewayModel
import JSON
import JSONWebToken
import Shapes

/// The pages of sign-in. Plain: they stand in for managed login.
enum Pages {
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func document(_ content: String) -> String {
        """
        <!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sign in</title>\
        <meta name="viewport" content="width=device-width"><style>body{font:16px system-ui;max-width:22rem;\
        margin:4rem auto;padding:0 1rem}input,button{font:inherit;display:block;width:100%;box-sizing:border-box;\
        margin:.3rem 0 1rem;padding:.5rem}.fault{color:#a00}</style></head><body>\(content)</body></html>
        """
    }

    static func message(_ text: String) -> String { document("<p>\(escaped(text))</p>") }

    struct Field {
        let name: String
        let label: String
        var type = "text"
        var autocomplete = "off"
    }

    /// A form that is posted to where it came from.
    static func form(
        _ title: String, _ fields: [Field], hidden: [(String, String)], fault: String? = nil
    ) -> String {
        let hidden = hidden.map { #"<input type="hidden" name="\#($0)" value="\#(escaped($1))">"# }.joined()
        let inputs = fields.map { field in
            #"<label>\#(field.label)<input name="\#(field.name)" type="\#(field.type)" "#
                + #"autocomplete="\#(field.autocomplete)" required></label>"#
        }.joined()
        let told = fault.map { #"<p class="fault" role="alert">\#(escaped($0))</p>"# } ?? ""
        return document(
            #"<h1>\#(title)</h1>\#(told)<form method="post">\#(hidden)\#(inputs)<button name="signInSubmitButton" "#
                + #"type="submit">Sign in</button></form>"#)
    }

    static let credentials = [
        Field(name: "username", label: "Username", autocomplete: "username"),
        Field(name: "password", label: "Password", type: "password", autocomplete: "current-password"),
    ]
}

extension UserPools {
    private static let csrfCookie = "XSRF-TOKEN"

    func loginPage(_ request: OAuthRequest) -> OAuthResponse {
        do throws(Authorization) {
            _ = try authorization(request)
            return form(request, "Sign in", Pages.credentials)
        } catch { return refusal(error) }
    }

    /// A form carries a value that the browser's cookie has too: a page elsewhere knows neither.
    private func form(
        _ request: OAuthRequest, _ title: String, _ fields: [Pages.Field], session: String? = nil,
        challenge: String? = nil, username: String? = nil, fault: String? = nil
    ) -> OAuthResponse {
        let csrf = Hexadecimal.encode(Randomness.bytes(16))
        let hidden = [("_csrf", csrf), ("session", session), ("challenge", challenge), ("user", username)]
            .compactMap { name, value in value.map { (name, $0) } }
        return .page(
            fault == nil ? 200 : 400, Pages.form(title, fields, hidden: hidden, fault: fault),
            cookies: [cookie(Self.csrfCookie, csrf)])
    }

    func login(_ request: OAuthRequest) async -> OAuthResponse {
        let wanted: (AuthorizationRequest, PoolContent, PoolClient)
        do throws(Authorization) { wanted = try authorization(request) } catch { return refusal(error) }
        guard let form = request.form else { return .page(400, Pages.message("The form cannot be read.")) }
        func field(_ name: String) -> String { OAuthRequest.single(name, form) ?? "" }
        let origin = request.header("origin")
        let isOwn = origin.map { $0 == "http://\(request.host)" || $0 == "https://\(request.host)" } ?? true
        guard isOwn, let cookie = request.cookie(Self.csrfCookie), !cookie.isEmpty, Self.isSame(cookie, field("_csrf"))
        else { return .page(403, Pages.message("The form is not of this page, or too old. Sign in again.")) }
        let (content, client) = (wanted.1, wanted.2)
        let challenge = field("challenge")
        var parameters: OrderedMap<String> = [:]
        switch challenge {
        case "": parameters = ["USERNAME": field("username"), "PASSWORD": field("password")]
        case "NEW_PASSWORD_REQUIRED":
            parameters = ["USERNAME": field("user"), "NEW_PASSWORD": field("new_password")]
        default: parameters = ["USERNAME": field("user"), "SOFTWARE_TOKEN_MFA_CODE": field("authentication_code")]
        }
        let input = Input(members: [
            "ClientId": .string(client.id), "ChallengeName": .string(challenge), "Session": .string(field("session")),
        ])
        let signIn = SignIn(self, hosted: input, parameters, content, client)
        do throws(PoolError) {
            let answer = challenge.isEmpty ? try await signIn.byPassword() : try await signIn.respond()
            if let sub = answer["HostedSub"]?.string {
                // As it is now: a new password has changed the user.
                let content = try self.content(content.pool.id)
                guard let user = content.user(sub: sub) else { throw PoolError.noUser }
                return await granted(wanted.0, content, client, user, nil, cookies: [])
            }
            let name = answer["ChallengeName"]?.string ?? ""
            let session = answer["Session"]?.string
            let username = answer["ChallengeParameters"]?["USER_ID_FOR_SRP"]?.string
            switch name {
            case "NEW_PASSWORD_REQUIRED":
                return self.form(
                    request, "Choose a new password",
                    [Pages.Field(name: "new_password", label: "New password", type: "password")], session: session,
                    challenge: name, username: username)
            case "SOFTWARE_TOKEN_MFA":
                return self.form(
                    request, "Enter the code of your app",
                    [Pages.Field(name: "authentication_code", label: "Code", autocomplete: "one-time-code")],
                    session: session, challenge: name, username: username)
            default: throw .unserved("\(name) on this page: sign in with an SDK first")
            }
        } catch {
            return self.form(request, "Sign in", Pages.credentials, fault: error.message)
        }
    }
}
