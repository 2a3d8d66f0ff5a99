internal import HTTPFront

/// `ws://host:port/path?query`, or `wss:` with TLS (RFC 6455 section 3).
package struct WebSocketURL: Sendable, Equatable {
    package let isSecure: Bool
    /// A name or an address, an address of IPv6 without its brackets.
    package let host: String
    package let port: Int
    /// As it stands in `Host`: with its port if that was written.
    package let authority: String
    /// Path and query as they were written.
    package let target: String

    /// Why a text is no such URL, in a sentence.
    package struct Fault: Error, Equatable {
        package let sentence: String
    }

    package init(_ text: String) throws(Fault) {
        func fault(_ reason: String) -> Fault {
            Fault(sentence: "'\(text)' is no URL of a WebSocket: \(reason).")
        }
        guard let scheme = ["ws://", "wss://"].first(where: { text.lowercased().hasPrefix($0) }) else {
            throw fault("it has to begin with ws:// or wss://")
        }
        isSecure = scheme == "wss://"
        let rest = text.dropFirst(scheme.count)
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw fault("what is no plain letter of ASCII has to be percent-encoded")
        }
        guard !rest.contains("#") else { throw fault("a fragment (#) has no meaning here (RFC 6455 section 3)") }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else {
            throw fault("a user and a password are not sent; use --header 'Authorization: …'")
        }
        guard Array(authority.utf8).withUnsafeBytes(Authority.isValid) else {
            throw fault("'\(authority)' is no host, with or without a port")
        }
        let bracket = authority.lastIndex(of: "]") ?? authority.startIndex
        let colon = authority[bracket...].lastIndex(of: ":")
        guard let port = colon.map({ Int(authority[authority.index(after: $0)...]) }) ?? (isSecure ? 443 : 80),
            (1...65_535).contains(port)
        else { throw fault("a port is a number from 1 to 65535") }
        let name = authority[..<(colon ?? authority.endIndex)]
        host = String(name.hasPrefix("[") ? name.dropFirst().dropLast() : name)
        self.port = port
        self.authority = String(authority)
        let target = rest.dropFirst(authority.count)
        self.target = target.hasPrefix("/") ? String(target) : "/" + target
    }

    /// The region in `{api}.execute-api.{region}.amazonaws.com`.
    package var region: String? {
        let labels = host.lowercased().split(separator: ".")
        guard labels.count >= 5, labels[1] == "execute-api", labels[3] == "amazonaws" else { return nil }
        return String(labels[2])
    }

    /// Names below `localhost` mean this machine (RFC 6761 section 6.3), though not every resolver knows them.
    package var isLocalName: Bool {
        let name = host.lowercased()
        return name == "localhost" || name.hasSuffix(".localhost")
    }

    package var path: Substring { target.prefix { $0 != "?" } }
    package var query: Substring { target.dropFirst(path.count + 1) }
}
