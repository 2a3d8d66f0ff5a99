import GatewayModel
import NIOCore
import NIOPosix
import NIOSSL
import SigV4

/// Makes one HTTP/1.1 call per connection, for commands: nothing here has to be fast.
struct HTTPCaller: Sendable {
    let host: String
    let port: Int
    var isSecure: Bool { tls != nil }
    /// nil: the server does not encrypt.
    private let tls: NIOSSLContext?
    /// What calls are signed with; nil: they are not.
    var credentials: SigningCredentials?
    /// What they are signed for.
    var service = LocalEndpoints.service
    var contentType = "application/json"

    struct Answer: Sendable {
        let status: Int
        let body: [UInt8]
    }

    /// Why there is no answer, in a sentence.
    struct Failure: Error {
        let sentence: String
    }

    /// An answer larger than this is no answer of Gatehouse's.
    private static let answerBytes = 134_217_728

    /// `http://localhost:4566`; without a port 80, or 443 of https.
    ///
    /// - Parameter authorities: a file of certificates that servers may be signed by, besides the system's.
    init?(_ endpoint: String, authorities: String? = nil) throws(Failure) {
        let scheme = endpoint.hasPrefix("https://") ? "https://" : "http://"
        guard endpoint.hasPrefix(scheme) else { return nil }
        let isSecure = scheme == "https://"
        let authority = endpoint.dropFirst(scheme.count).prefix { $0 != "/" }
        let bracket = authority.lastIndex(of: "]") ?? authority.startIndex
        let colon = authority[bracket...].lastIndex(of: ":")
        let name = authority[..<(colon ?? authority.endIndex)]
        guard let port = colon.map({ Int(authority[authority.index(after: $0)...]) }) ?? (isSecure ? 443 : 80),
            !name.isEmpty,
            (1...65_535).contains(port), authority.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        host = String(name)
        self.port = port
        guard isSecure else {
            tls = nil
            return
        }
        do { tls = try TrustedCertificates.context(authorities) } catch { throw Failure(sentence: "\(error)") }
    }

    func call(_ method: String, _ target: String, _ body: [UInt8]) async throws(Failure) -> Answer {
        let address = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: address, port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        if let tls {
                            let name = OwnHost.isAddress(address) ? nil : address
                            try channel.pipeline.syncOperations.addHandler(
                                try NIOSSLClientHandler(context: tls, serverHostname: name))
                        }
                        return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            let received = try await channel.executeThenClose { inbound, outbound in
                let head =
                    "\(method) \(target) HTTP/1.1\r\nhost: \(host):\(port)\r\nconnection: close\r\n"
                    + "content-type: \(contentType)\r\ncontent-length: \(body.count)\r\n"
                    + signature(method, target, body) + "\r\n"
                try await outbound.write(ByteBuffer(bytes: Array(head.utf8) + body))
                var received: [UInt8] = []
                for try await part in inbound {
                    received.append(contentsOf: part.readableBytesView)
                    guard received.count <= Self.answerBytes else { break }
                }
                return received
            }
            guard !received.isEmpty else {
                throw Failure(
                    sentence: """
                        The server at \(host):\(port) ended the connection before it had answered. What it had begun, it \
                        takes back at its next start.\
                        \(isSecure ? "" : " If it encrypts, say --endpoint https://\(host):\(port).")
                        """)
            }
            guard let answer = Self.answer(received) else {
                throw Failure(sentence: "The answer from \(host):\(port) is not one of HTTP.")
            }
            return answer
        } catch let failure as Failure {
            throw failure
        } catch  where tls != nil && (error is NIOSSLError || error is NIOSSLExtraError) {
            throw Failure(
                sentence: """
                    No encrypted connection to \(host):\(port) comes about: its certificate is not trusted, is for another \
                    name, or it does not encrypt. A certificate of your own, or your authority's, is trusted when \
                    AWS_CA_BUNDLE names its file. (\(SystemReason.text(error)))
                    """)
        } catch {
            throw Failure(
                sentence: """
                    There is no answer from \(host):\(port). Is `gatehouse serve` running there? \
                    (\(SystemReason.text(error)))
                    """)
        }
    }

    /// The lines that sign a call; none without credentials.
    private func signature(_ method: String, _ target: String, _ body: [UInt8]) -> String {
        guard let credentials else { return "" }
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        return RequestSigner(credentials, region: AccountIdentity().region, service: service)
            .fields(
                method: method, path: parts[0], query: parts.count > 1 ? Array(parts[1].utf8) : [],
                host: "\(host):\(port)", bodyDigest: body.withUnsafeBytes(RequestSigner.digest),
                time: Timestamp(milliseconds: WallClock.epochMilliseconds)
            )
            .map { "\($0.name): \($0.value)\r\n" }.joined()
    }

    /// The management listener answers with a length, so what follows the head up to the end is the body.
    private static func answer(_ bytes: [UInt8]) -> Answer? {
        let separator = Array("\r\n\r\n".utf8)
        guard let end = bytes.firstRange(of: separator) else { return nil }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
        let parts = head.prefix { $0 != "\r\n" }.split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, parts[0].hasPrefix("HTTP/1."), let status = Int(parts[1]) else { return nil }
        return Answer(status: status, body: Array(bytes[end.upperBound...]))
    }
}
