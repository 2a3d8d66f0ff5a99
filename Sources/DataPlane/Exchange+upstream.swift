import GatewayModel
import HTTPFront
import NIOCore

/// The exchange's side of its call to an origin.
extension Exchange: UpstreamCaller {
    private var httpIntegration: HTTPIntegration? {
        if case .http(let integration) = route?.integration { integration } else { nil }
    }

    // MARK: The request's body

    func sendUpstream(_ bytes: ByteBuffer) {
        guard let upstream else { return }
        if connection?.head.body == .chunked {
            var size = worker.allocator.buffer(capacity: 16)
            size.writeHexadecimal(bytes.readableBytes)
            size.write("\r\n")
            upstream.write(size)
            upstream.write(bytes)
            upstream.write(Self.lineEnd)
        } else {
            upstream.write(bytes)
        }
        upstream.flush()
        if !upstream.isWritable { connection?.setReading(false) }
    }

    func endUpstreamBody() {
        guard let upstream, let connection, connection.head.body != .none else { return }
        if connection.head.body == .chunked { upstream.write(Self.lastChunk) }
        upstream.requestCompleted()
        upstream.flush()
    }

    func upstreamWritabilityChanged(_ isWritable: Bool) {
        if isWritable { connection?.setReading(true) }
    }

    private static let lineEnd = ByteBuffer(staticString: "\r\n")
    private static let lastChunk = ByteBuffer(staticString: "0\r\n\r\n")

    // MARK: The response

    func upstreamHead(_ head: ResponseHead) {
        guard let integration = httpIntegration else { return }
        upstreamState.isAnswering = true
        pieceArrived()
        measureIntegration()
        HTTPProxy.respond(self, head, integration)
    }

    func upstreamBody(_ bytes: ByteBuffer) {
        pieceArrived()
        rest.log?.keepAnswer(bytes)
        if let collected = upstreamState.collected?.body.readableBytes {
            guard collected + bytes.readableBytes <= worker.options.limits.heldBytes else {
                integrationError = "the origin's answer is too long for a mapping that reads its body"
                return refuse(
                    .internalError,
                    because: "calls \(integrationName), whose answer is too long for a mapping that reads its body")
            }
            guard takeMemory(bytes.readableBytes) else { return }
            markAnswer(collected + bytes.readableBytes)
            upstreamState.collected?.body.writeImmutableBuffer(bytes)
            return
        }
        if apiKind == .rest, !takesContent(bytes) { return }
        if let relay = rest.relay { return relay.take(self, bytes) }
        append(bytes)
        if connection?.isWritable == false { upstream?.setReading(false) }
    }

    func upstreamReadComplete() { connection?.flushResponse() }

    func upstreamEnded() {
        upstream = nil
        if let relay = rest.relay { return relay.end(self) }
        if let (head, body) = upstreamState.collected, let method = route?.method {
            return RESTAnswer.respond(self, head, body, method)
        }
        if let (head, body) = upstreamState.collected, let integration = httpIntegration,
            let changes = integration.responseMapping?.changes(for: head.status)
        {
            MappedResponse.writeHead(self, head, changes, body: body)
            append(body)
        }
        if rest.isStreamed { measureIntegration() }
        finish()
    }

    func upstreamFailed(_ error: (any Error)?) {
        let mayBeStale = upstream?.mayBeStale ?? false
        upstream = nil
        if mayBeStale, !upstreamState.isSecondTry, let integration = httpIntegration, isRepeatable(integration) {
            HTTPProxy.tryAgain(self, integration)
            return
        }
        integrationError =
            error.map { "the connection to the origin failed: \($0)" }
            ?? "the origin closed the connection before its response was complete"
        refuse(
            .unavailable,
            because: error.map { "lost its connection to \(integrationName): \($0)" }
                ?? "calls \(integrationName), which closed the connection before its response was complete")
    }

    /// Whether the request may be sent twice: it has no body that is gone, and the method that the origin sees is
    /// idempotent.
    func isRepeatable(_ integration: HTTPIntegration) -> Bool {
        guard let head = connection?.head, head.body == .none || bodyUse == .collected else { return false }
        return switch integration.knownMethod ?? head.method {
        case .get, .head, .options, .put, .delete: true
        case .patch, .post, .other: false
        }
    }

    // MARK: Giving up

    func integrationTimedOut() {
        worker.unwatch(self)
        integrationError = "no answer from the integration in time"
        integrationAnswered()
        refuse(.timedOut, because: "calls \(integrationName), which did not answer in \(integrationTimeout) ms")
    }

    /// The function or the URI that the route calls, for people.
    var integrationName: String {
        switch route?.integration {
        case .function(let integration): integration.name
        case .http: route?.integrationURI ?? "the origin"
        case .tables: route?.integrationURI ?? "DynamoDB"
        case .mock, .invalid, .missing, nil: "nothing"
        }
    }

    /// Lets go of the integration, whatever it is doing; its answer will find nobody.
    func abandonIntegration() {
        worker.unwatch(self)
        rest.stream?.discard()
        upstreamState.isConnecting = false
        upstream?.abandon()
        upstream = nil
    }
}
