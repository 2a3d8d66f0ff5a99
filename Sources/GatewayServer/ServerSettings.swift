package import GatewayModel
package import SigV4

/// All that a server is told at start. Read once; nothing looks at the environment later.
package struct ServerSettings: Sendable {
    package struct Address: Sendable, Equatable {
        package var host: String
        package var port: Int

        package init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        /// `127.0.0.1:4566`, `[::1]:4566`, `:8080` (every address).
        package init?(_ text: String) {
            guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
                (0...65535).contains(port)
            else { return nil }
            var host = String(text[..<colon])
            if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
            self.host = host.isEmpty ? "0.0.0.0" : host
            self.port = port
        }

        package var isLoopback: Bool { host == "localhost" || OwnHost.isLoopbackAddress(host) }

        package var text: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// The management listener.
    package var listen = Address(host: "127.0.0.1", port: 4566)
    /// Whether nobody manages anything without a key of this account; without it, who signs with a key that is not known
    /// here is the account itself.
    package var requiresCredentials = false
    /// What the management listener shows its clients; nil: it does not encrypt.
    package var tls: TLSFiles?
    /// Beyond loopback: whether somebody else sees to it that nobody listens in.
    package var allowsPlainListener = false
    /// Listeners that answer API calls only.
    package var traffic: [Address] = []
    /// The folder of the state; nil keeps everything in memory.
    package var dataFolder: String?
    package var account = AccountIdentity()
    /// Event loops; nil is one per processor.
    package var loops: Int?
    package var runtimesFolder: String?
    /// The folders of interpreters, as PATH gives them.
    package var searchPath = "/usr/local/bin:/usr/bin:/bin"
    /// Where access log entries go: a file, `-` for standard output, nil for a file per log group in the data folder.
    package var accessLog: String?
    /// Megabytes that events of CloudWatch Logs may take on the disk.
    package var logMegabytes = 1_024
    package var functionConcurrency = 100
    /// Whom functions run as, a name or `uid:gid`; nil: the server's own user.
    package var functionUser: String?
    /// What AWS takes and cannot run is refused: deployments with mapping templates that are none.
    package var isStrict = false
    /// What becomes of what is beyond AWS's quotas.
    package var limits = LimitsMode.aws
    /// Those of WebSocket APIs that are others than the mode's.
    package var webSocketLimits: [WebSocketLimit] = []
    /// What all APIs together let pass; nil: everything.
    package var accountThrottle: AccountThrottle?
    /// Megabytes that the response cache of one stage may take.
    package var cacheMegabytes = 64
    /// Of requests that miss the same key of a cache at once, one asks the integration.
    package var cacheFillsOnce = false
    /// Where the keys of tokens' issuers come from.
    package var issuers = IssuerSettings()
    /// Whether tokens of user pools name this server as their issuer, and not AWS.
    package var hasLocalIssuer = false
    /// PEM certificates of authorities that HTTPS integrations may be signed by, besides the system's.
    package var trustedCertificates: String?
    /// Where integrations of REST APIs with AWS services lead, by the services' names in URIs: URLs without a path.
    package var serviceEndpoints: [String: String] = [:]
    /// What requests to them are signed with.
    package var serviceCredentials: SigningCredentials?
    /// What stands for VPC links, by their ids or names.
    package var vpcLinks: [String: Address] = [:]
    /// Called once per finished API call.
    package var onRequest: (@Sendable (RequestLine) -> Void)?
    /// Where packages that local code asks for are installed; nil when they are not.
    package var dependencies: DependencySettings?
    /// Called with the progress of installing them.
    package var onProgress: (@Sendable (String) -> Void)?
    /// What is shown of the lines that functions and the platform write.
    package var shownFunctionLines: ShownFunctionLines?

    package init() {}
}

/// A certificate with those that it is signed by, and its key, each a file in PEM.
package struct TLSFiles: Sendable {
    package var certificate: String
    package var key: String

    package init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}

/// What the operator says of the issuers of tokens.
package struct IssuerSettings: Sendable {
    /// Files with the key sets of issuers that are never asked, by issuer.
    package var keyFiles: [(issuer: String, file: String)] = []
    /// Hosts of issuers that may have addresses of private networks.
    package var allowedHosts: [String] = []
    /// PEM certificates of authorities that issuers may be signed by, besides the system's.
    package var certificates: String?
    /// Whether issuers on this machine may be without TLS.
    package var allowsPlain = true

    package init() {}
}

/// The account's token bucket.
package struct AccountThrottle: Sendable, Equatable {
    /// Requests a second, and at once.
    package let rate: Double
    package let burst: Int

    /// `10000/5000`.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let rate = Double(parts[0]), let burst = Int(parts[1]), rate.isFinite, rate > 0,
            burst > 0
        else { return nil }
        self.rate = rate
        self.burst = burst
    }
}

/// One API call, for people.
package struct RequestLine: Sendable {
    package let method: String
    package let path: String
    package let status: Int
    package let routeKey: String?
    package let milliseconds: Double
    /// Why the gateway itself answered with an error.
    package let reason: String?
    /// How AWS would have ended it for a quota of its own.
    package let mark: String?
}

/// Which lines of functions are shown, and where.
package struct ShownFunctionLines: Sendable {
    let stream: Console.Stream
    /// Remarks of Gatehouse's own only, such as which runtime stands in for another.
    let notesOnly: Bool

    package init(on stream: Console.Stream, notesOnly: Bool = false) {
        self.stream = stream
        self.notesOnly = notesOnly
    }
}

/// Why the server cannot start, in words for people: what happened, where, what to do.
package struct StartError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
