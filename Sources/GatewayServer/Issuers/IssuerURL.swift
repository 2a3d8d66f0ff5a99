/// An address that an issuer gives: https, or http on this machine.
struct IssuerURL: Sendable {
    let text: String
    let isSecure: Bool
    let host: String
    let port: Int
    /// From the first slash on; at least that.
    let path: String

    init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !text.contains("#"),
            let scheme = text.firstRange(of: "://")
        else { return nil }
        let rest = text[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.isEmpty, !authority.contains("@"), !authority.contains("\\") else { return nil }
        switch text[..<scheme.lowerBound] {
        case "https": isSecure = true
        case "http": isSecure = false
        default: return nil
        }
        var host = authority
        var port: Int? = isSecure ? 443 : 80
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            host = authority[..<colon]
            port = Int(authority[authority.index(after: colon)...])
        }
        guard let port, (1...65_535).contains(port), !host.isEmpty else { return nil }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        self.text = text
        self.host = String(host)
        self.port = port
        let path = rest[authority.endIndex...]
        self.path = path.hasPrefix("/") ? String(path) : "/" + path
        guard isSecure || OwnHost.isLoopback(self.host) else { return nil }
    }

    var authority: String {
        let host = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? host : "\(host):\(port)"
    }

    /// For SNI, which takes names only.
    var serverName: String? {
        host.contains(":") || host.utf8.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) } ? nil : host
    }
}
