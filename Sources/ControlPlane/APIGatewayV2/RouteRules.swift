import GatewayModel

/// What a route key and a target must look like, for routes of calls and of documents alike.
///
/// Sources: the service's messages; docs/http-api-develop-routes; the path pattern is the one that the service quotes.
enum RouteRules {
    /// Nil for the keys of WebSocket APIs, which have no parts.
    static func parse(_ text: String, isWebSocket: Bool) throws(ServiceError) -> RouteKey? {
        guard isWebSocket else { return try parse(text) }
        try checkLength(text)
        try WebSocketRouteMembers.checkKey(text)
        return nil
    }

    private static func checkLength(_ text: String) throws(ServiceError) {
        guard text.utf8.count <= V2Quotas.routeKeyLength else {
            throw V2Error.badRequest("A route key must have at most \(V2Quotas.routeKeyLength) characters.")
        }
    }

    static func parse(_ text: String) throws(ServiceError) -> RouteKey {
        try checkLength(text)
        if text == "$default" { return .default }
        let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, RouteKey.Method(rawValue: String(parts[0])) != nil, parts[1].hasPrefix("/") else {
            throw V2Error.badRequest(
                "The provided route key is not formatted properly for HTTP protocol. Format should be "
                    + "\"[HTTP METHOD] /[RESOURCE PATH]\" or \"$default\"")
        }
        guard hasValidParts(parts[1]), let key = RouteKey(text) else {
            throw V2Error.badRequest(
                "One or more path parts appear to be invalid. Parts are validated against this regular expression: "
                    + #"^(\{[\w.:-]+\+?\}|[a-zA-Z0-9.:_-]+)$"#)
        }
        return key
    }

    /// The id of the integration that a target names. `routeId` is nil for a route that is being created.
    static func integrationId(ofTarget target: String, routeId: String?) throws(ServiceError) -> String {
        let id = target.dropFirst("integrations/".count)
        guard target.hasPrefix("integrations/"), !id.isEmpty, !id.contains("/") else {
            throw V2Error.badRequest(
                "Unexpected or malformed target in route \(routeId ?? "null"). "
                    + "Correct format should be integrations/<integration_id>.")
        }
        return String(id)
    }

    /// Each part a variable or a word of the pattern; a last, empty part is a trailing slash.
    private static func hasValidParts(_ path: Substring) -> Bool {
        let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        return parts.enumerated().allSatisfy { position, part in
            if part.isEmpty { return position == parts.count - 1 }
            return part.hasPrefix("{") || part.utf8.allSatisfy(isWordByte)
        }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: ".:_-".utf8.contains(byte)
        }
    }
}
