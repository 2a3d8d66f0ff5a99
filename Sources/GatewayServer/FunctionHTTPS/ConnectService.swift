import DataPlane
import GatewayModel
import HTTPFront
import JSON
import NIOCore
import NIOSSL

/// The proxy that functions are given: CONNECT to names of APIs that are here, and to whatever else they ask for. It does
/// nothing that they could not do themselves, and it does it for nobody else.
final class ConnectService: HTTPService {
    private let ways: FunctionWays
    private var isGone = false

    init(ways: FunctionWays) { self.ways = ways }

    func headReceived(_ stream: HTTPStream) {
        let head = stream.head
        guard !head.contains(.origin) else {
            return refuse(stream, 403, "The proxy of functions does not answer web pages (the request has an Origin).")
        }
        guard let authorization = head.single("proxy-authorization"), ways.https.admits(head.string(authorization))
        else {
            return refuse(
                stream, 407,
                "The proxy of functions wants the credentials that HTTPS_PROXY has in a function's environment.")
        }
        guard head.isTunnel else {
            return refuse(
                stream, 405, "The proxy of functions takes CONNECT only. It is for HTTPS (HTTPS_PROXY), not HTTP_PROXY."
            )
        }
    }

    func requestEnded(_ stream: HTTPStream) {
        guard stream.canRespond else { return }
        let authority = stream.head.string(stream.head.host)
        guard let (name, port) = Self.target(authority) else {
            return refuse(stream, 400, "\(authority) is not a host and a port, such as example.com:443.")
        }
        if ways.leadHere(name, port) { return serve(stream) }
        let loop = stream.eventLoop
        ways.connect(to: name, port, on: loop).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let server): self.reached(server, stream)
            case .failure(let error): self.notReached(authority, error, stream)
            }
        }
    }

    func bodyReceived(_ bytes: ByteBuffer, _ stream: HTTPStream) {}
    func bodyTooLarge(_ stream: HTTPStream) {}
    func writabilityChanged(_ isWritable: Bool, _ stream: HTTPStream) {}
    func connectionClosed(_ stream: HTTPStream) { isGone = true }

    // MARK: Answers

    private func serve(_ stream: HTTPStream) {
        stream.startResponse(status: 200)
        guard let taken = stream.takeOver() else { return stream.abort() }
        let channel = taken.channel
        let http = HTTPConnection(
            service: ways.service(on: channel.eventLoop), loopState: stream.loopState, channel: channel)
        do {
            try channel.pipeline.syncOperations.addHandlers([NIOSSLServerHandler(context: ways.tls), http])
        } catch {
            return channel.close(promise: nil)
        }
        if taken.unread.readableBytes > 0 { channel.pipeline.fireChannelRead(taken.unread) }
        if taken.isInputClosed { channel.close(promise: nil) }
    }

    private func reached(_ server: any Channel, _ stream: HTTPStream) {
        guard !isGone, stream.canRespond else { return server.close(promise: nil) }
        stream.startResponse(status: 200)
        guard let taken = stream.takeOver() else {
            stream.abort()
            return server.close(promise: nil)
        }
        Tunnel(
            taken.channel, server, loopState: stream.loopState, unread: taken.unread, isInputClosed: taken.isInputClosed
        )
    }

    private func notReached(_ authority: String, _ error: any Error, _ stream: HTTPStream) {
        guard !isGone, stream.canRespond else { return }
        var isLate = false
        if case .connectTimeout = error as? ChannelError { isLate = true }
        refuse(stream, isLate ? 504 : 502, "\(authority) could not be reached: \(SystemReason.text(error)).")
    }

    private func refuse(_ stream: HTTPStream, _ status: Int, _ reason: String) {
        let message: JSONValue = ["message": .string(reason)]
        let body = ByteBuffer(string: message.text)
        stream.startResponse(status: status)
        stream.writeDate()
        stream.write("Content-Type: application/json\r\n")
        if status == 407 { stream.write("Proxy-Authenticate: Basic realm=\"functions\"\r\n") }
        stream.closeAfterResponse()
        stream.finishHead(.length(body.readableBytes))
        stream.writeBody(body)
        stream.endResponse()
    }

    // MARK: Reading

    /// `example.com:443`, `[::1]:443`.
    static func target(_ authority: String) -> (name: String, port: Int)? {
        guard let colon = authority.lastIndex(of: ":") else { return nil }
        let digits = authority[authority.index(after: colon)...]
        guard digits.utf8.allSatisfy(ASCII.isDigit), let port = Int(digits), (1...65_535).contains(port) else {
            return nil
        }
        let name = authority[..<colon]
        if name.first == "[", name.last == "]" { return (String(name.dropFirst().dropLast()), port) }
        return name.isEmpty || name.contains(":") ? nil : (String(name), port)
    }
}
