/// Where the APIs of AWS's `https://{id}.execute-api.{region}.amazonaws.com` answer on this machine.
package struct LocalEndpoint: Sendable, Hashable {
    /// `localhost:4566`: every name under localhost is this machine (RFC 6761 section 6.3).
    package let authority: String

    private let scheme: String

    /// - Parameter isSecure: whether the listener encrypts.
    package init(port: Int, isSecure: Bool) {
        authority = "localhost:\(port)"
        scheme = isSecure ? "https" : "http"
    }

    /// The base URL of an API at a stage, without a slash at the end.
    package func url(apiId: String, stageName: String) -> String {
        let base = "\(scheme)://\(apiId).execute-api.\(authority)"
        return stageName == "$default" ? base : "\(base)/\(stageName)"
    }

    /// The text with AWS's invoke URLs in it turned into local ones.
    package func localizing(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "https://") {
            let host = rest[start.upperBound...].prefix(while: Self.isOfHost)
            let local = Self.apiId(host).map { url(apiId: String($0), stageName: "$default") }
            result += rest[..<start.lowerBound] + (local ?? "https://\(host)")
            rest = rest[host.endIndex...]
        }
        return result + rest
    }

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
