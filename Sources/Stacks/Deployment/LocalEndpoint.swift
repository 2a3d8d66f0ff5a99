/// Where the APIs of AWS's `https://{id}.execute-api.{region}.amazonaws.com` answer on this machine.
package struct LocalEndpoint: Sendable, Hashable {
    /// `localhost:4566`: every name under localhost is this machine (RFC 6761 section 6.3).
    package let authority: String

    private let isSecure: Bool

    /// - Parameter isSecure: whether the listener encrypts.
    package init(port: Int, isSecure: Bool) {
        authority = "localhost:\(port)"
        self.isSecure = isSecure
    }

    /// The base URL of an API at a stage, without a slash at the end.
    package func url(of api: StackDeployment.Api) -> String {
        let base = base(api.apiId, isWebSocket: api.isWebSocket)
        return api.stageName == "$default" ? base : "\(base)/\(api.stageName)"
    }

    /// Not every client of WebSockets knows the names under localhost, so they get the path that stands for the name.
    private func base(_ apiId: some StringProtocol, isWebSocket: Bool) -> String {
        isWebSocket
            ? "\(isSecure ? "wss" : "ws")://\(authority)/_aws/execute-api/\(apiId)"
            : "\(isSecure ? "https" : "http")://\(apiId).execute-api.\(authority)"
    }

    /// The text with AWS's invoke URLs in it turned into local ones.
    package func localizing(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let separator = rest.firstRange(of: "://") {
            let host = rest[separator.upperBound...].prefix(while: Self.isOfHost)
            let before = rest[..<separator.lowerBound]
            if let scheme = Self.schemes.first(where: before.hasSuffix), let apiId = Self.apiId(host) {
                result += before.dropLast(scheme.count) + base(apiId, isWebSocket: scheme == "wss")
            } else {
                result += rest[..<host.endIndex]
            }
            rest = rest[host.endIndex...]
        }
        return result + rest
    }

    private static let schemes = ["https", "wss"]

    private static func isOfHost(_ character: Character) -> Bool {
        character == "." || character == "-" || character.isASCII && (character.isLetter || character.isNumber)
    }

    private static func apiId(_ host: Substring) -> Substring? {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 5, labels[1] == "execute-api", labels[3] == "amazonaws",
            labels[4...] == ["com"] || labels[4...] == ["com", "cn"]
        else { return nil }
        return labels[0]
    }
}
