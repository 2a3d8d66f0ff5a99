import JSON

/// The URI of an HTTP integration.
enum HTTPEndpoint {
    /// `http://` or `https://`, a host, and what may follow it. Variables (`{name}`, `${stageVariables.name}`) may
    /// stand in the host, the path and the query.
    static func isValid(_ uri: String) -> Bool {
        guard let scheme = ["https://", "http://"].first(where: uri.lowercased().hasPrefix),
            uri.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") })
        else { return false }
        let rest = uri.dropFirst(scheme.count)
        let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !host.isEmpty, !host.hasPrefix(":"), !host.contains("@") else { return false }
        guard let plain = StageVariableExpression.removed(from: rest) else { return false }
        return hasBalancedBraces(plain) && hasPort(host)
    }

    private static func hasBalancedBraces(_ text: String) -> Bool {
        var isOpen = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "{"):
                if isOpen { return false }
                isOpen = true
            case UInt8(ascii: "}"):
                guard isOpen else { return false }
                isOpen = false
            default: break
            }
        }
        return !isOpen
    }

    /// A port is a number or a variable; the colons of an IPv6 address stand in brackets.
    private static func hasPort(_ host: Substring) -> Bool {
        let afterAddress = host.hasPrefix("[") ? host.drop { $0 != "]" }.dropFirst() : host[...]
        guard let colon = afterAddress.lastIndex(of: ":") else { return true }
        let port = afterAddress[afterAddress.index(after: colon)...]
        if port.hasSuffix("}") { return true }
        return UInt16(port).map { $0 > 0 } ?? false
    }
}
