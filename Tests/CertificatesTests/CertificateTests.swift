import Crypto
import GatewayModel
import NIOCore
import NIOEmbedded
import NIOSSL
import NIOTLS
import Testing

@testable import Certificates

@Suite("Certificates")
struct CertificateTests {
    private static let domains = ["execute-api.us-east-1.amazonaws.com", "execute-api.localhost"]
    private static let start = Timestamp(milliseconds: 1_700_000_000_000)

    private static func made(from start: Timestamp = start) throws -> (authority: String, server: Certificate) {
        try Certificate.server(below: domains, from: start, seconds: 10 * Certificate.year)
    }

    @Test(
        "a client that trusts the authority trusts the server for names directly below its domains, and for no others",
        arguments: [
            ("a1b2c3.execute-api.us-east-1.amazonaws.com", true), ("a1b2c3.execute-api.localhost", true),
            ("execute-api.localhost", false), ("a.b.execute-api.localhost", false), ("a.example.com", false),
            ("a.execute-api.eu-west-1.amazonaws.com", false),
        ])
    func names(name: String, isTrusted: Bool) throws {
        let (authority, server) = try Self.made()
        #expect(try Handshake.succeeds(with: server, for: name, trusting: authority) == isTrusted)
    }

    @Test("another authority of the same server vouches for nothing")
    func strangers() throws {
        let (_, server) = try Self.made()
        let other = try Self.made().authority
        #expect(try !Handshake.succeeds(with: server, for: "a.execute-api.localhost", trusting: other))
    }

    @Test("it is good from its start until its end")
    func validity() throws {
        let over = Timestamp(milliseconds: Self.start.milliseconds - 11 * Certificate.year * 1000)
        let (authority, server) = try Self.made(from: over)
        #expect(try !Handshake.succeeds(with: server, for: "a.execute-api.localhost", trusting: authority))
    }

    @Test("an authority that is constrained to domains vouches for no name elsewhere", arguments: ["a.test", "b.test"])
    func constraints(domain: String) throws {
        let key = P256.Signing.PrivateKey()
        let name = DistinguishedName(commonName: "authority")
        let authority = try CertificateContent(
            subject: name, issuer: name, key: key.publicKey, start: Self.start, seconds: 10 * Certificate.year,
            extensions: [.authority, .use(.signsCertificates), .constrained(to: ["a.test"])]
        ).signed(by: key)
        let own = P256.Signing.PrivateKey()
        let pem = try CertificateContent(
            subject: DistinguishedName(commonName: "server"), issuer: name, key: own.publicKey, start: Self.start,
            seconds: 10 * Certificate.year, extensions: [.noAuthority, .use(.signsHandshakes), .names(["*.\(domain)"])]
        ).signed(by: key)
        let server = Certificate(pem: pem, privateKey: own.pemRepresentation)
        #expect(
            try Handshake.succeeds(with: server, for: "x.\(domain)", trusting: authority) == (domain == "a.test"))
    }

    @Test("one that signs itself can be read")
    func selfSigned() throws {
        let made = try Certificate.selfSigned("ApiGateway", from: Self.start, seconds: Certificate.year)
        let read = try NIOSSLCertificate(bytes: Array(made.pem.utf8), format: .pem)
        #expect(read.notValidBefore == 1_700_000_000)
        #expect(read.notValidAfter == 1_700_000_000 + Int(Certificate.year))
        _ = try NIOSSLPrivateKey(bytes: Array(made.privateKey.utf8), format: .pem)
    }
}

/// A client and a server of NIOSSL, without sockets.
private enum Handshake {
    private final class Outcome: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        var isCompleted = false

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .handshakeCompleted = event as? TLSUserEvent { isCompleted = true }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {}
    }

    static func succeeds(
        with certificate: Certificate, for name: String, trusting authority: String
    ) throws -> Bool {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.pem.utf8))
        let key = try NIOSSLPrivateKey(bytes: Array(certificate.privateKey.utf8), format: .pem)
        let serverContext = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key)))
        var trust = TLSConfiguration.makeClientConfiguration()
        trust.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.utf8)))
        let clientContext = try NIOSSLContext(configuration: trust)

        let loop = EmbeddedEventLoop()
        let (client, server) = (EmbeddedChannel(loop: loop), EmbeddedChannel(loop: loop))
        let outcome = Outcome()
        try server.pipeline.syncOperations.addHandlers([NIOSSLServerHandler(context: serverContext), Outcome()])
        try client.pipeline.syncOperations.addHandlers([
            try NIOSSLClientHandler(context: clientContext, serverHostname: name), outcome,
        ])
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: 1)
        server.connect(to: address, promise: nil)
        client.connect(to: address, promise: nil)
        var isMoving = true
        while isMoving {
            isMoving = false
            for (from, to) in [(client, server), (server, client)] {
                while let bytes = try from.readOutbound(as: ByteBuffer.self) {
                    isMoving = true
                    _ = try? to.writeInbound(bytes)
                }
            }
        }
        for channel in [client, server] { channel.close(promise: nil) }
        // What waits for the other's farewell gives up.
        loop.advanceTime(by: .minutes(1))
        return outcome.isCompleted
    }
}
