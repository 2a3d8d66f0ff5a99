import JSON

/// What environments need to reach APIs of this server by HTTPS, under the names that events tell.
package struct OwnHTTPS: Sendable {
    /// For what heeds the variables that proxies have: Python's clients, curl, Go.
    package struct Proxy: Sendable {
        /// With its credentials.
        let url: String
        /// The file with the authority that signs for the names, and the system's: clients that are told of a file trust
        /// nobody else.
        let bundle: String

        package init(url: String, bundle: String) {
            self.url = url
            self.bundle = bundle
        }
    }

    private let proxy: Proxy?
    private let node: JSONValue

    /// - Parameters:
    ///   - proxy: nil where there is no file of certificates to tell of.
    ///   - port: of loopback, where the Node.js client leads connections to names below `domains`.
    ///   - authority: PEM.
    package init(proxy: Proxy?, port: Int, domains: [String], authority: String) {
        self.proxy = proxy
        node = [
            "port": .number(port), "domains": .array(domains.map { .string($0) }),
            "authority": .string(authority),
        ]
    }

    /// Taken away by the Node.js client before it loads a function.
    static let nodeVariable = "GATEHOUSE_OWN_HTTPS"

    /// Node.js has no variables for proxies, and its libraries are of many minds about them (axios sends HTTPS requests
    /// unencrypted to a proxy that it finds there): its client gets a word of its own instead.
    ///
    /// A function that names a proxy itself wants that one, and one that names certificates those.
    ///
    /// - Parameter given: the names of the function's own variables.
    func variables(runtime: String, given: Set<String>) -> [(String, String)] {
        if runtime.hasPrefix("nodejs") { return [(Self.nodeVariable, node.text)] }
        let names = Set(given.map { $0.lowercased() })
        guard let proxy, names.isDisjoint(with: ["https_proxy", "all_proxy"]) else { return [] }
        var variables = Self.both("https_proxy", proxy.url)
        if !names.contains("no_proxy") { variables += Self.both("no_proxy", Self.direct) }
        // Python's requests reads CURL_CA_BUNDLE as well, if this one is not there.
        let requests = given.contains("CURL_CA_BUNDLE") ? [] : ["REQUESTS_CA_BUNDLE"]
        let trust = (["AWS_CA_BUNDLE", "SSL_CERT_FILE"] + requests).filter { !given.contains($0) }
        return variables + trust.map { ($0, proxy.bundle) }
    }

    /// Not `localhost`: that means all names below it too, by which APIs are called here.
    private static let direct = "127.0.0.1,::1"

    /// Clients differ in which they read, and in which they prefer.
    private static func both(_ name: String, _ value: String) -> [(String, String)] {
        [(name.uppercased(), value), (name, value)]
    }
}
