import HTTPFront
import NIOCore

/// What an exchange remembers of its call to an origin.
struct UpstreamState {
    var isConnecting = false
    /// The response's head has come.
    var isAnswering = false
    /// Whether the request has been repeated on a new connection.
    var isSecondTry = false
    /// The response is collected because its mapping reads the body.
    var collected: (head: ResponseHead, body: ByteBuffer)?
}

/// Passes a request on to an origin, and the answer back, as they come.
enum HTTPProxy {
    /// Whether the origin may be sent the path.
    static func check(_ x: Exchange, _ integration: HTTPIntegration) throws(Refusal) {
        guard DotSegments.areForwarded(x, integration) else { return }
        x.reason = "calls an origin and was sent a path with a segment . or .."
        throw .badRequest
    }

    static func connect(_ x: Exchange, _ integration: HTTPIntegration) {
        x.integrationStarted(timeoutMilliseconds: integration.timeoutMilliseconds)
        open(x, integration)
    }

    /// Sends the request again on a new connection: the old one was closed by the origin while it lay idle.
    static func tryAgain(_ x: Exchange, _ integration: HTTPIntegration) {
        x.upstreamState.isSecondTry = true
        open(x, integration)
    }

    private static func open(_ x: Exchange, _ integration: HTTPIntegration) {
        guard let origin = integration.origin ?? namedOrigin(x, integration) else {
            x.rest.log?.failure = [ExecutionFailure.invalidEndpoint]
            return x.refuse(.internalError, because: "has an integration whose host cannot be made from the path")
        }
        let pool = x.worker.upstream
        if !x.upstreamState.isSecondTry,
            let connection = pool.takeIdle(origin, isSure: !x.isRepeatable(integration))
        {
            send(x, integration, connection)
            return
        }
        x.upstreamState.isConnecting = true
        let turn = x.turn
        pool.connect(origin, isNamed: integration.origin == nil) { result in
            switch result {
            case .success(let connection) where x.turn == turn && x.upstreamState.isConnecting:
                x.upstreamState.isConnecting = false
                send(x, integration, connection)
            case .success(let connection): pool.keep(connection)
            case .failure(let error):
                guard x.turn == turn else { return }
                x.upstreamState.isConnecting = false
                let failure = "cannot connect to \(origin.key.host):\(origin.key.port): \(error)"
                x.integrationError = failure
                x.refuse(.unavailable, because: failure)
            }
        }
    }

    /// A host that a path variable names.
    private static func namedOrigin(_ x: Exchange, _ integration: HTTPIntegration) -> Origin? {
        var authority = x.worker.allocator.buffer(capacity: 64)
        if x.route?.method != nil {
            RESTUpstream.write(integration.authority, integration, x.rest.parameters, to: &authority)
        } else {
            UpstreamRequest.write(integration.authority, x, to: &authority)
        }
        let text = String(buffer: authority)
        guard text.utf8.allSatisfy({ ASCII.isHostByte($0) }) else { return nil }
        return HTTPIntegration.origin(text, isTLS: integration.isTLS, checksChain: integration.checksChain).map {
            x.worker.upstream.origin(named: $0)
        }
    }

    private static func send(_ x: Exchange, _ integration: HTTPIntegration, _ upstream: UpstreamConnection) {
        guard let client = x.connection else { return upstream.close() }
        x.upstream = upstream
        x.worker.scratch.clear()
        UpstreamRequest.writeHead(x, integration, egress: client.peer.localAddress, to: &x.worker.scratch)
        if x.rest.log != nil { LoggedOrigin.request(x, integration, x.worker.scratch) }
        upstream.begin(
            x, head: x.worker.scratch,
            isHeadRequest: (integration.knownMethod ?? client.head.method) == .head)
        if x.bodyUse == .collected, let body = x.body { upstream.write(body) }
        let isStreamed = client.head.body != .none && x.bodyUse != .collected
        if !isStreamed { upstream.requestCompleted() }
        // A body may be long in coming, and the origin may answer the head alone.
        upstream.flush()
        // Sending may have failed, and ended the request, already.
        if isStreamed, x.upstream === upstream { x.beginStreaming() }
    }

    // MARK: The response

    static func respond(_ x: Exchange, _ head: ResponseHead, _ integration: HTTPIntegration) {
        guard let client = x.connection else { return }
        x.integrationStatus = head.status
        x.integrationServiceStatus = head.status
        if x.stage?.accessLog?.namesEndpointRequestId == true || integration.responseMapping != nil {
            x.endpointRequestId = endpointRequestId(head)
        }
        if let method = x.route?.method { return RESTAnswer.respond(x, head, method) }
        if let changes = integration.responseMapping?.changes(for: head.status) {
            if changes.needsBody, head.body != .none {
                x.upstreamState.collected = (head, x.worker.allocator.buffer(capacity: 0))
            } else {
                MappedResponse.writeHead(x, head, changes, body: nil)
            }
            return
        }
        let dropsCORS = x.stage?.http?.cors != nil
        x.respond(head.status, framing(head, for: client.head.method)) { lines in
            lines.hasDate = UpstreamRequest.copyFields(
                head.fields, head.bytes, dropsCORS: dropsCORS, to: &lines.stream.out)
        }
    }

    /// Under what an AWS service answered: `$context.awsEndpointRequestId` is said to come from these fields.
    private static func endpointRequestId(_ head: ResponseHead) -> String? {
        head.withBytes { bytes in
            let id =
                MappingValues.header(Array("x-amzn-requestid".utf8), head.fields, bytes)
                ?? MappingValues.header(Array("x-amz-request-id".utf8), head.fields, bytes)
            return id.map { String(decoding: $0, as: UTF8.self) }
        }
    }

    static func framing(_ head: ResponseHead, for method: RequestHead.Method) -> HTTPStream.ResponseFraming {
        switch head.body {
        case .length(let length): return .length(length)
        case .chunked, .untilClose: return .stream
        case .none:
            if head.status == 204 || head.status == 304 { return .none }
            // The answer to HEAD tells the length that GET would have.
            if method == .head, let length = head.contentLength { return .length(length) }
            return method == .head ? .none : .length(0)
        }
    }
}
