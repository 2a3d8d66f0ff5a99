import Certificates
import ControlPlane
import DataPlane
import FoundationEssentials
import GatewayModel
import HTTPFront
import LambdaHost
import NIOCore
import NIOSSL

/// Leads functions' HTTPS calls to the names of this server's APIs here, so that a handler which builds
/// `https://{domainName}/{stage}` from its event reaches the API that called it, as on AWS.
///
/// Two listeners on loopback. One is a proxy (`HTTPS_PROXY`): it takes CONNECT from who knows the secret, ends TLS itself
/// for names of APIs that are here, and tunnels to all others. The Node.js client needs none, because it changes where
/// connections lead (`node-runtime.mjs`); it comes to the other one with TLS at once, which tells the name in it. Behind
/// TLS both are what a traffic listener is.
///
/// The authority lives for as long as the server, and its key not even that (`Certificate.server`): there is nothing to
/// keep, to back up or to steal. Functions end with the server, so none is left with an older one.
final class FunctionHTTPS: Sendable {
    let domains: OwnDomains
    private let tls: NIOSSLContext
    /// PEM.
    private let authority: String
    /// The file with the authority and those of the system; nil where the system has none.
    private let bundle: String?
    private let secret = Identifiers.hex(32)
    private let proxyPort = PortHolder()
    private let tlsPort = PortHolder()

    static let user = "gatehouse"
    /// Of each of the two listeners, and no more than a sixth of what a traffic listener may have: a tunnel is two.
    private static let connections = 1_024
    private static let lifetime = 10 * Certificate.year
    /// Clocks of containers and their hosts differ.
    private static let earlier: Int64 = 3_600_000

    /// - Parameter folder: where functions can read, and only this server writes for as long as it runs.
    init(account: AccountIdentity, folder: String, roots: [UInt8]? = SystemRoots.read()) throws {
        domains = OwnDomains(account: account)
        let start = Timestamp(milliseconds: WallClock.epochMilliseconds - Self.earlier)
        let made: (authority: String, server: Certificate)
        do {
            made = try Certificate.server(below: domains.domains, from: start, seconds: Self.lifetime)
            let chain = try NIOSSLCertificate.fromPEMBytes(Array(made.server.pem.utf8))
            let key = try NIOSSLPrivateKey(bytes: Array(made.server.privateKey.utf8), format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            tls = try NIOSSLContext(configuration: configuration)
        } catch {
            throw StartError("The certificate that functions reach their APIs by could not be made: \(error).")
        }
        authority = made.authority + "\n"
        guard let roots else {
            bundle = nil
            Console.postWarning(
                """
                gatehouse: this machine has no file with the authorities that it trusts (\(SystemRoots.places[0]) and the \
                like), so functions other than Node.js cannot reach their own APIs by HTTPS. Install ca-certificates.
                """)
            return
        }
        let path = folder + "/authorities.pem"
        let content = Data(Array(authority.utf8) + roots)
        do {
            try content.write(to: URL(filePath: path))
            // Whoever functions run as reads it.
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        } catch {
            throw StartError("\(path) cannot be written: \(SystemReason.text(error)).")
        }
        bundle = path
    }

    /// What functions are told; nil before it listens.
    var access: OwnHTTPS? {
        guard proxyPort.value != 0, tlsPort.value != 0 else { return nil }
        let proxy = bundle.map { bundle in
            OwnHTTPS.Proxy(url: "http://\(Self.user):\(secret)@127.0.0.1:\(proxyPort.value)", bundle: bundle)
        }
        return OwnHTTPS(proxy: proxy, port: tlsPort.value, domains: domains.domains, authority: authority)
    }

    func listen(
        on server: HTTPServer, _ dataPlane: DataPlane, _ controlPlane: ControlPlane, _ responses: ResponseDesk
    ) async throws {
        let ways = FunctionWays(
            https: self, tls: tls, dataPlane: dataPlane, responses: responses, hasAPI: { controlPlane.hasAPI($0) })
        let limit = min(Self.connections, Descriptors.shares(trafficListeners: 1).traffic / 6)
        var proxy = Listener(host: "127.0.0.1", port: 0) { _ in ConnectService(ways: ways) }
        proxy.takesTunnels = true
        proxy.limit = limit
        proxyPort.value = try await server.listen(proxy).port ?? 0
        var direct = Listener(host: "127.0.0.1", port: 0) { loop in ways.service(on: loop) }
        direct.setUp = { try ServerNames.lead($0, ways) }
        direct.limit = limit
        tlsPort.value = try await server.listen(direct).port ?? 0
    }

    /// Whether this is the value of `Proxy-Authorization` that only functions know. It takes as long for every guess.
    func admits(_ authorization: String) -> Bool {
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic" else { return false }
        let expected = Base64.encode(Array("\(Self.user):\(secret)".utf8)).utf8
        guard parts[1].utf8.count == expected.count else { return false }
        return zip(parts[1].utf8, expected).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// Where a function's connection may lead.
struct FunctionWays: Sendable {
    let https: FunctionHTTPS
    let tls: NIOSSLContext
    let dataPlane: DataPlane
    let responses: ResponseDesk
    let hasAPI: @Sendable (_ id: String) -> Bool

    /// Whether it is the name of an API that is here, or that at which functions answer stacks.
    func leadHere(_ name: String, _ port: Int) -> Bool {
        guard port == OwnDomains.port, let id = https.domains.apiId(in: name) else { return false }
        return id == OwnDomains.responses || hasAPI(id)
    }

    /// What answers behind TLS.
    func service(on loop: any EventLoop) -> any HTTPService {
        FunctionConnectionService(
            exchange: dataPlane.exchange(on: loop), responses: ResponseService(desk: responses))
    }

    /// A connection to another server. It reads nothing yet.
    func connect(to name: String, _ port: Int, on loop: any EventLoop) -> EventLoopFuture<any Channel> {
        dataPlane.connect(to: name, port: port, on: loop)
    }
}
