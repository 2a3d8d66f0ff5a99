import GatewayModel
import JSON

/// A request of one of a pool's own pages or endpoints, which are no operations of the management API.
package struct OAuthRequest: Sendable {
    package let method: String
    /// Without what stands before the endpoint's own path.
    let path: String
    /// What stands before it: nothing, or `/_aws/cognito-idp`.
    let prefix: String
    let query: [(name: String, value: String)]
    /// Names in lower case.
    let headers: [(name: String, value: String)]
    let body: [UInt8]
    /// As the client calls it, with the port.
    let host: String
    /// Of the pool that the host names; else the client names it.
    let pool: String?

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// A cookie's value.
    func cookie(_ name: String) -> String? {
        for header in headers where header.name == "cookie" {
            for pair in header.value.split(separator: ";") {
                let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
                if parts.count == 2, parts[0] == name { return String(parts[1]) }
            }
        }
        return nil
    }

    /// A parameter of the query; one that stands twice is none: two readers might each take another.
    func parameter(_ name: String) -> String? { Self.single(name, query) }

    static func single(_ name: String, _ pairs: [(name: String, value: String)]) -> String? {
        let found = pairs.filter { $0.name == name }
        return found.count == 1 ? found[0].value : nil
    }

    /// The parameters of a form; nil for a body that is none.
    var form: [(name: String, value: String)]? {
        let type = header("content-type")?.lowercased() ?? ""
        guard type.hasPrefix("application/x-www-form-urlencoded"), let text = String(validating: body, as: UTF8.self)
        else { return nil }
        return PercentEncoding.query(text)
    }
}

package struct OAuthResponse: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    init(_ status: Int, _ headers: [(name: String, value: String)] = [], _ body: [UInt8] = []) {
        self.status = status
        // None of it is anybody else's business, nor a cache's.
        self.headers = headers + [("cache-control", "no-store"), ("x-content-type-options", "nosniff")]
        self.body = body
    }

    static func json(_ status: Int, _ value: JSONValue) -> OAuthResponse {
        OAuthResponse(status, [("content-type", "application/json;charset=UTF-8")], value.bytes)
    }

    /// Of the token endpoint.
    static func error(_ name: String, status: Int = 400) -> OAuthResponse { json(status, ["error": .string(name)]) }

    static func redirect(_ location: String, cookies: [String] = []) -> OAuthResponse {
        OAuthResponse(302, [("location", location)] + cookies.map { ("set-cookie", $0) })
    }

    static func page(_ status: Int, _ html: String, cookies: [String] = []) -> OAuthResponse {
        OAuthResponse(
            status,
            [
                ("content-type", "text/html; charset=utf-8"), ("x-frame-options", "DENY"),
                (
                    "content-security-policy",
                    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
                ), ("referrer-policy", "same-origin"),
            ] + cookies.map { ("set-cookie", $0) }, Array(html.utf8))
    }
}

/// An address with parameters behind it.
enum Location {
    static func of(_ url: String, _ parameters: [(String, String?)], inFragment: Bool = false) -> String {
        let pairs = parameters.compactMap { name, value in value.map { "\(name)=\(PercentEncoding.encode($0))" } }
        let mark = inFragment ? "#" : url.contains("?") ? "&" : "?"
        return pairs.isEmpty ? url : url + mark + pairs.joined(separator: "&")
    }
}
