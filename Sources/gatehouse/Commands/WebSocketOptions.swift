import ArgumentParser
import GatewayModel
import GatewayServer
import NIOCore
import WebSocketClient

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Try a WebSocket API out, or load it.
struct WebSocketCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ws",
        abstract: "Speak to a WebSocket API, by hand or by a script, or load it with many connections.",
        discussion: """
            gatehouse ws ws://localhost:4566/_aws/execute-api/API/STAGE
            gatehouse ws wss://API.execute-api.eu-west-1.amazonaws.com/prod --sign
            gatehouse ws URL --send '{"action":"join"}' --expect joined
            gatehouse ws swarm 18000 URL --senders 1 --send '{"action":"say","data":"{id}"}' --rate 5 --messages 100
            """,
        subcommands: [WebSocketTalk.self, WebSocketSwarm.self], defaultSubcommand: WebSocketTalk.self)
}

/// The server, and what its handshake is asked with.
struct WebSocketOptions: ParsableArguments {
    @Argument(help: "ws://HOST:PORT/PATH, or wss:// with TLS.") var url: String

    @Option(help: ArgumentHelp("A header of the handshake. May be given several times.", valueName: "name: value"))
    var header: [String] = []

    @Option(
        help: ArgumentHelp(
            "A subprotocol that is offered. May be given several times; the server has to choose one.",
            valueName: "name"))
    var subprotocol: [String] = []

    @Option(help: ArgumentHelp("The origin that a browser would name.", valueName: "origin")) var origin: String?

    @Option(
        help: ArgumentHelp(
            "A file of certificates in PEM that servers may be signed by, besides the system's (default: AWS_CA_BUNDLE).",
            valueName: "file"))
    var ca: String?

    @Flag(
        help: """
            Sign the handshake, for a $connect route with AWS_IAM: with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the \
            profile AWS_PROFILE of the shared credentials file.
            """)
    var sign = false

    @Option(
        help: ArgumentHelp(
            "The region to sign for (default: the URL's, else AWS_REGION, AWS_DEFAULT_REGION or us-east-1).",
            valueName: "region"))
    var region: String?

    func validate() throws { _ = try handshake() }

    /// - Parameter time: for TCP, and again for the handshake.
    func dialer(time: TimeAmount) throws -> Dialer {
        let handshake = try handshake()
        guard handshake.url.isSecure else { return Dialer(handshake, tls: nil, time: time) }
        do {
            let tls = try TrustedCertificates.context(ca ?? ServerOptions.environment("AWS_CA_BUNDLE"))
            return Dialer(handshake, tls: tls, time: time)
        } catch { throw StackOptions.failed(["\(error)"]) }
    }

    private func handshake() throws -> ClientHandshake {
        let url: WebSocketURL
        do throws(WebSocketURL.Fault) { url = try WebSocketURL(self.url) } catch {
            throw ValidationError(error.sentence)
        }
        let fields = try header.map { text in
            guard let colon = text.firstIndex(of: ":") else {
                throw ValidationError("'\(text)' is no header: write it as --header 'Name: value'.")
            }
            return (name: String(text[..<colon]), value: Self.trimmed(text[text.index(after: colon)...]))
        }
        let signing = try signing(for: url)
        do throws(ClientHandshake.Fault) {
            return try ClientHandshake(
                url, subprotocols: subprotocol, origin: origin, fields: fields, signing: signing)
        } catch { throw ValidationError(error.sentence) }
    }

    private func signing(for url: WebSocketURL) throws -> ClientHandshake.Signing? {
        guard sign else { return nil }
        let environment = ServerOptions.environment
        guard let credentials = SharedCredentials.find(environment) else {
            throw ValidationError(
                """
                --sign needs credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE for a profile of \
                the shared credentials file.
                """)
        }
        let region =
            region ?? url.region ?? environment("AWS_REGION") ?? environment("AWS_DEFAULT_REGION")
            ?? AccountIdentity().region
        return ClientHandshake.Signing(credentials, region: region) {
            Timestamp(milliseconds: Int64(time(nil)) * 1000)
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " || text.first == "\t" { text = text.dropFirst() }
        while text.last == " " || text.last == "\t" { text = text.dropLast() }
        return String(text)
    }
}

extension HandshakeFailure {
    /// Fields of an answer that say nothing of why there is no connection.
    private static let untold = ["connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"]

    /// In words for the terminal; a refusal with what matters of its answer.
    func sentences(of url: WebSocketURL) -> [String] {
        let server = "\(url.host):\(url.port)"
        switch self {
        case .unreachable(let error): return ["There is no connection to \(server): \(SystemReason.text(error))."]
        case .insecure(let error):
            return [
                """
                No encrypted connection to \(server) comes about: its certificate is not trusted, is for another name, or it \
                does not encrypt. A certificate of your own, or your authority's, is trusted when --ca names its file. \
                (\(TerminalText.safe("\(error)")))
                """
            ]
        case .ended: return ["\(server) ended the connection before it had answered the handshake."]
        case .late: return ["\(server) did not answer the handshake in time."]
        case .wrong(let sentence): return [TerminalText.safe(sentence)]
        case .refused(let refusal):
            let fields = refusal.fields.filter { !Self.untold.contains($0.name.lowercased()) }
            let body = String(decoding: refusal.body, as: UTF8.self)
            return ["The server refused the handshake with \(refusal.status):"]
                + fields.map { TerminalText.safe("    \($0.name): \($0.value)") }
                + (body.isEmpty ? [] : [TerminalText.safe("    \(body)")])
        }
    }
}
