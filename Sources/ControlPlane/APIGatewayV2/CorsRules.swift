import GatewayModel

/// Reads and checks a CORS configuration. Source: docs/http-api-cors and the service's messages.
///
/// Everything here becomes header lines, so nothing that could end a line may pass.
enum CorsRules {
    static func read(_ members: RequestMembers) throws(ServiceError) -> V2.Cors {
        var cors = V2.Cors()
        cors.allowCredentials = try members.bool("allowCredentials")
        cors.allowHeaders = try list(members, "allowHeaders")
        cors.allowMethods = try list(members, "allowMethods")
        cors.allowOrigins = try list(members, "allowOrigins")
        cors.exposeHeaders = try list(members, "exposeHeaders")
        cors.maxAge = try members.integer("maxAge")
        try check(cors)
        return cors
    }

    static func check(_ cors: V2.Cors) throws(ServiceError) {
        for origin in cors.allowOrigins ?? [] where !isOrigin(origin) {
            throw V2Error.badRequest("Invalid format for origin \(origin)")
        }
        for header in (cors.allowHeaders ?? []) + (cors.exposeHeaders ?? [])
        where header != "*" && !Tokens.isToken(header) {
            throw V2Error.badRequest("Invalid format for header \(header)")
        }
        for method in cors.allowMethods ?? [] where method != "*" && !Tokens.isToken(method) {
            throw V2Error.badRequest("Invalid format for method \(method)")
        }
        // As captured: of both faults, AWS tells this one.
        if cors.allowCredentials == true, cors.allowOrigins?.contains("*") == true {
            throw V2Error.badRequest("allow-credentials is not supported if 'allow-origin' is *")
        }
        if let maxAge = cors.maxAge, !V2Quotas.corsMaxAge.contains(maxAge) {
            throw V2Error.badRequest("Invalid maxAge specified. It must be between -1 and 86400 seconds.")
        }
    }

    private static func list(_ members: RequestMembers, _ name: String) throws(ServiceError) -> [String]? {
        guard let list = try members.strings(name, upTo: V2Quotas.corsEntries), !list.isEmpty else { return nil }
        return list
    }

    /// `*`, or a scheme of the web in any case, and a host or `*` after it.
    private static func isOrigin(_ origin: String) -> Bool {
        if origin == "*" { return true }
        let lowercased = origin.lowercased()
        guard let scheme = ["https://", "http://"].first(where: lowercased.hasPrefix) else { return false }
        let host = origin.utf8.dropFirst(scheme.utf8.count)
        return !host.isEmpty && host.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}

/// The `token` of RFC 9110 section 5.6.2: header names and methods.
enum Tokens {
    static func isToken(_ text: some StringProtocol) -> Bool { !text.isEmpty && text.utf8.allSatisfy(isTokenByte) }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
