import ArgumentParser
import GatewayServer
import SigV4

/// What integrations of REST APIs reach beside functions, origins and this server's own tables.
struct ServiceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Where integrations with an AWS service lead, such as sqs=http://127.0.0.1:9324. Requests are signed with \
            AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile AWS_PROFILE of the shared credentials file. May be \
            given several times.
            """, valueName: "service=url"))
    var serviceEndpoint: [String] = []

    @Option(
        help: ArgumentHelp(
            """
            What stands for a VPC link, by its id or its name at the deployment, such as \
            backend=127.0.0.1:8080. May be given several times.
            """, valueName: "link=host:port"))
    var vpcLink: [String] = []

    func validate() throws {
        for text in vpcLink where Self.link(text) == nil {
            throw ValidationError("'\(text)' is no VPC link's target: write it as backend=127.0.0.1:8080.")
        }

        for text in serviceEndpoint where Self.endpoint(text) == nil {
            throw ValidationError("'\(text)' is no endpoint: write it as sqs=http://127.0.0.1:9324, without a path.")
        }
        if !serviceEndpoint.isEmpty, SharedCredentials.find(ServerOptions.environment) == nil {
            throw ValidationError(
                """
                --service-endpoint needs credentials to sign with: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or \
                AWS_PROFILE for a profile of the shared credentials file.
                """)
        }
    }

    func apply(to settings: inout ServerSettings) {
        for (service, url) in serviceEndpoint.compactMap(Self.endpoint) { settings.serviceEndpoints[service] = url }
        for (link, target) in vpcLink.compactMap(Self.link) { settings.vpcLinks[link] = target }
        guard !serviceEndpoint.isEmpty else { return }
        settings.serviceCredentials = SharedCredentials.find(ServerOptions.environment)
    }

    /// `NAME=host:port`; the last `=` separates, as names may have some.
    private static func link(_ text: String) -> (link: String, target: ServerSettings.Address)? {
        guard let equals = text.lastIndex(of: "="), equals > text.startIndex,
            let target = ServerSettings.Address(String(text[text.index(after: equals)...])), target.port > 0,
            !text.hasSuffix("=:\(target.port)")
        else { return nil }
        return (String(text[..<equals]), target)
    }

    /// `NAME=http(s)://host[:port]`
    private static func endpoint(_ text: String) -> (service: String, url: String)? {
        guard let equals = text.firstIndex(of: "=") else { return nil }
        let name = text[..<equals]
        var url = text[text.index(after: equals)...]
        if url.hasSuffix("/") { url = url.dropLast() }
        guard !name.isEmpty, name.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 })
        else { return nil }
        for scheme in ["http://", "https://"] where url.hasPrefix(scheme) {
            let authority = url.dropFirst(scheme.count)
            let isPlain = authority.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".-:[]".contains($0)) }
            return authority.isEmpty || !isPlain ? nil : (String(name), String(url))
        }
        return nil
    }
}
