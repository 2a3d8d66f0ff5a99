import ControlPlane
import DataPlane
import JSON
import JSONWebToken
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Why an issuer gave nothing of use.
struct FetchFailure: Error {
    let reason: String
    /// Whether it answered at all.
    let wasReached: Bool

    static func unreachable(_ reason: String) -> FetchFailure { FetchFailure(reason: reason, wasReached: false) }
    static func invalid(_ reason: String) -> FetchFailure { FetchFailure(reason: reason, wasReached: true) }
}

/// Fetches discovery documents and key sets: without redirects, within AWS's times and sizes, and only from addresses
/// that an issuer may have.
struct IssuerFetch: Sendable {
    /// For each of the two documents. Source: Developer Guide, http-api-quotas.
    static let timeLimit = TimeAmount.milliseconds(1_500)

    let group: any EventLoopGroup
    let tls: NIOSSLContext
    let addresses: IssuerAddresses
    /// May block.
    var lookup: NameLookup = SystemNames.addresses
    /// Whether an issuer on this machine may answer without TLS: in development only.
    var allowsPlain = true

    func keys(of issuer: String) async throws(IssuerFault) -> KeySet {
        let address: IssuerURL
        do throws(FetchFailure) { address = try await keyAddress(of: issuer) } catch { throw .discovery(error.reason) }
        do throws(FetchFailure) {
            guard let keys = KeySet(try await get(address)) else { throw .invalid("\(address.text) is no key set") }
            return keys
        } catch { throw .keys(error.reason) }
    }

    /// Where the issuer's discovery document says that its keys are.
    func keyAddress(of issuer: String) async throws(FetchFailure) -> IssuerURL {
        let text = DiscoveryAddress.of(issuer)
        guard let url = IssuerURL(text) else { throw .invalid("\(text) is no address of an issuer") }
        guard url.isSecure || allowsPlain else {
            throw .invalid("\(text) is not https, which it has to be where credentials are required")
        }
        let bytes = try await get(url)
        guard let document = try? JSONValue(parsing: bytes), document.object != nil else {
            throw .invalid("\(text) is no discovery document")
        }
        guard document["issuer"]?.string == issuer else {
            throw .invalid("\(text) is of the issuer \(document["issuer"]?.string ?? "without a name")")
        }
        guard let keys = document["jwks_uri"]?.string, let address = IssuerURL(keys), address.isSecure || !url.isSecure
        else { throw .invalid("\(text) names no https address of keys (jwks_uri)") }
        return address
    }

    private func get(_ url: IssuerURL) async throws(FetchFailure) -> [UInt8] {
        let loop = group.next()
        let promise = loop.makePromise(of: [UInt8].self)
        // Also of a name server that does not answer: its question goes on, and nobody waits for it.
        let timeout = loop.scheduleTask(in: Self.timeLimit) {
            promise.fail(FetchFailure.unreachable("\(url.text) took longer than 1,500 ms"))
        }
        let tls = tls
        let connecting = address(of: url, on: loop).flatMap { address in
            ClientBootstrap(group: loop).connectTimeout(Self.timeLimit).channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if url.isSecure {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: url.serverName))
                    }
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(DocumentReceiver(url, promise))
                }
            }.connect(to: address)
        }
        connecting.whenFailure { error in
            promise.fail(
                error as? FetchFailure ?? FetchFailure.unreachable("\(url.text) cannot be reached: \(error)"))
        }
        defer {
            timeout.cancel()
            connecting.whenSuccess { $0.close(promise: nil) }
        }
        do { return try await promise.futureResult.get() } catch {
            throw error as? FetchFailure ?? .unreachable("\(url.text) cannot be read: \(error)")
        }
    }

    private func address(of url: IssuerURL, on loop: any EventLoop) -> EventLoopFuture<SocketAddress> {
        NIOThreadPool.singleton.runIfActive(eventLoop: loop) { [lookup] in
            do { return try lookup(url.host) } catch {
                throw FetchFailure.unreachable("\(url.host) has no address: \(error)")
            }
        }.flatMapThrowing { [addresses] found in
            guard var address = found.first(where: { addresses.allow($0, of: url.host) }) else {
                throw FetchFailure.unreachable(
                    found.isEmpty
                        ? "\(url.host) has no address"
                        : "\(url.host) has an address of a private network: allow it with --issuer-allow \(url.host)")
            }
            address.port = url.port
            return address
        }
    }
}

/// Asks for one document and collects it.
private final class DocumentReceiver: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let url: IssuerURL
    private let promise: EventLoopPromise<[UInt8]>
    private var document: [UInt8] = []

    init(_ url: IssuerURL, _ promise: EventLoopPromise<[UInt8]>) {
        self.url = url
        self.promise = promise
    }

    func channelActive(context: ChannelHandlerContext) {
        let headers: HTTPHeaders = [
            "host": url.authority, "accept": "application/json", "accept-encoding": "identity", "connection": "close",
            "user-agent": "gatehouse",
        ]
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: url.path, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            if head.status != .ok { fail(context, "answers \(head.status.code)") }
            if head.headers.contains(name: "content-encoding") {
                fail(context, "answers in a coding that was not asked for")
            }
        case .body(let part):
            document.append(contentsOf: part.readableBytesView)
            if document.count > KeySet.byteLimit { fail(context, "is larger than \(KeySet.byteLimit) bytes") }
        case .end: promise.succeed(document)
        }
    }

    private func fail(_ context: ChannelHandlerContext, _ reason: String) {
        promise.fail(FetchFailure.invalid("\(url.text) \(reason)"))
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(FetchFailure.unreachable("\(url.text) cannot be read: \(error)"))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(FetchFailure.unreachable("\(url.text) closed the connection before its end"))
    }
}
