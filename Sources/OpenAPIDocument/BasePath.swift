import JSON

/// What becomes of the path of the document's first server. Source: docs/api-gateway-import-api-basePath.
package enum BasePath: String, Sendable {
    case ignore
    /// The paths follow it.
    case prepend
    /// The paths follow it without its first segment.
    case split
}

extension BasePath {
    /// What to put before every path: empty, or `/a/b`.
    ///
    /// - Parameter pathVariable: a variable `basePath` of the server is the whole path, as REST APIs have it.
    func prefix(_ servers: JSONValue?, pathVariable: Bool = false) -> String {
        guard self != .ignore, let server = servers?.array?.first, let url = server["url"]?.string else { return "" }
        if pathVariable, let path = server["variables"]?["basePath"]?["default"].flatMap(plainText) {
            return prefix(ofPath: path)
        }
        return prefix(ofPath: Self.path(of: Self.substitute(url, server["variables"])))
    }

    func prefix(ofPath path: some StringProtocol) -> String {
        guard self != .ignore else { return "" }
        var segments = path.split(separator: "/", omittingEmptySubsequences: true)[...]
        if self == .split { segments = segments.dropFirst() }
        return segments.map { "/\($0)" }.joined()
    }

    /// The URL's path; a URL may have no scheme and host.
    private static func path(of url: String) -> Substring {
        guard let scheme = url.firstRange(of: "://") else { return url[...] }
        return url[scheme.upperBound...].drop { $0 != "/" }
    }

    /// The variables of a server URL stand for their defaults.
    private static func substitute(_ url: String, _ variables: JSONValue?) -> String {
        var result = ""
        var rest = url[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            result += rest[..<open]
            let name = String(rest[rest.index(after: open)..<close])
            result += variables?[name]?["default"].flatMap(plainText) ?? ""
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}
