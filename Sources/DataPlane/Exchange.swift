import GatewayModel
package import HTTPFront
package import NIOCore

/// One API call on its way through a pipeline. One object per connection, used again for each request.
package final class Exchange: HTTPService {
    /// What happens to the request's body.
    enum BodyUse {
        /// Nothing has asked for it; it is dropped.
        case ignored
        /// It is kept whole: a function or a mapping needs it.
        case collected
        /// It is passed on as it comes.
        case streamed
    }

    let worker: LoopWorker
    private(set) var connection: HTTPStream?

    // What routing finds.
    var stage: CompiledStage?
    var route: CompiledRoute?
    /// The path as sent, without `/_aws/execute-api/…`.
    var sentPath = RequestHead.Span()
    /// The path percent-decoded; empty when nothing in it was encoded. See `withPath`.
    var decodedPath: [UInt8] = []
    /// The path that routes are matched with: decoded, without the stage.
    var routedPath = RequestHead.Span()
    /// The path as a function sees it: decoded, with the prefix of a named stage.
    var fullPath = RequestHead.Span()
    /// Whether the API was named by path, so that the Host says nothing about it.
    var isCalledByPath = false
    var bindings: [Router.Binding] = []

    // What the integration needs and leaves.
    var bodyUse = BodyUse.ignored
    var body: ByteBuffer?
    var upstream: UpstreamConnection?
    var upstreamState = UpstreamState()
    var integrationStatus = 0
    var integrationServiceStatus = 0
    var integrationError: String?
    /// The id under which the function, or the AWS service behind a URI, knows the call.
    var endpointRequestId: String?
    var refusal: Refusal?
    /// For people: why the gateway answered with an error.
    var reason: String?

    // Time.
    private(set) var startedAt = NIODeadline.now()
    private var integrationStartedAt: NIODeadline?
    private(set) var integrationTimeout = 0
    private(set) var integrationMilliseconds: Int?
    private(set) var startedAtEpochMilliseconds = 0
    var deadline = NIODeadline.distantFuture
    var watchPosition = -1

    /// Fifteen characters of URL-safe base64 and `=`, as `apigw-requestid` has it.
    private(set) var requestId = [UInt8](repeating: UInt8(ascii: "="), count: 16)
    private(set) var requestLength = 0
    /// Counts requests, so that an answer that comes too late finds no wrong one.
    private(set) var turn = 0

    init(worker: LoopWorker) { self.worker = worker }

    var sourceIP: [UInt8] { connection?.peer.address ?? Peer.loopback }
    var status: Int { connection?.responseStatus ?? 0 }
    var responseLength: Int { connection?.responseBodyBytes ?? 0 }
    var elapsedMicroseconds: Int { Int((NIODeadline.now() - startedAt).nanoseconds / 1000) }
    var elapsedMilliseconds: Int { elapsedMicroseconds / 1000 }

    // MARK: HTTPService

    package func headReceived(_ stream: HTTPStream) {
        connection = stream
        startedAt = .now()
        startedAtEpochMilliseconds = worker.clock.epochMilliseconds
        makeRequestId()
        HTTPPipeline.received(self)
    }

    package func bodyReceived(_ bytes: ByteBuffer, _ stream: HTTPStream) {
        requestLength += bytes.readableBytes
        switch bodyUse {
        case .ignored: break
        case .collected:
            if body == nil {
                body = bytes
            } else {
                body?.writeImmutableBuffer(bytes)
            }
        case .streamed: streamBody(bytes)
        }
    }

    package func requestEnded(_ stream: HTTPStream) {
        switch bodyUse {
        case .ignored: break
        case .collected:
            if body == nil, stream.head.body != .none { body = ByteBuffer() }
            HTTPPipeline.bodyCollected(self)
        case .streamed: endStreamedBody()
        }
    }

    package func bodyTooLarge(_ stream: HTTPStream) {
        refuse(.tooLarge, because: "received a body of more than \(stream.bodyLimit) bytes")
    }

    package func writabilityChanged(_ isWritable: Bool, _ stream: HTTPStream) {
        guard let upstream else { return }
        upstream.setReading(isWritable)
        upstreamState.hasProgressed = true
    }

    package func connectionClosed(_ stream: HTTPStream) {
        abandonIntegration()
        reset()
    }

    // MARK: The end of a request

    /// Answers with an error of the gateway's own. When there is a route, the reason says what is the matter with it:
    /// "has no integration".
    func refuse(_ refusal: Refusal, because reason: @autoclosure () -> String) {
        guard let connection else { return }
        abandonIntegration()
        guard connection.canRespond else {
            complete { $0.abort() }
            return
        }
        self.refusal = refusal
        if worker.options.onRequest != nil || stage?.accessLog != nil {
            self.reason = route.map { "route \($0.source.routeKey) \(reason())" } ?? reason()
        }
        connection.startResponse(status: refusal.status)
        connection.writeDate()
        connection.write("content-type: application/json\r\n")
        let framing = HTTPStream.ResponseFraming.length(refusal.body.utf8CodeUnitCount)
        connection.writeFraming(framing)
        writeGatewayFields()
        if refusal.endsConnection { connection.closeAfterResponse() }
        connection.finishHead(framing)
        var body = worker.allocator.buffer(capacity: refusal.body.utf8CodeUnitCount)
        body.writeStaticString(refusal.body)
        connection.writeBody(body)
        complete { $0.endResponse() }
    }

    /// Logs, counts and lets go of the request, then ends it: the connection may begin the next one at once.
    func complete(_ end: (HTTPStream) -> Void) {
        guard let connection else { return }
        if let stage {
            worker.count(self, stage.state)
            if let log = stage.accessLog { AccessLog.write(self, log) }
        }
        if let onRequest = worker.options.onRequest { onRequest(summary(connection)) }
        reset()
        end(connection)
    }

    private func reset() {
        turn += 1
        worker.unwatch(self)
        connection = nil
        stage = nil
        route = nil
        isCalledByPath = false
        bodyUse = .ignored
        body = nil
        upstreamState = UpstreamState()
        integrationStatus = 0
        integrationServiceStatus = 0
        integrationError = nil
        endpointRequestId = nil
        // Kept for the next request, unless one long path would cost memory for as long as the connection lives.
        decodedPath.removeAll(keepingCapacity: decodedPath.capacity <= 1024)
        refusal = nil
        reason = nil
        integrationStartedAt = nil
        integrationMilliseconds = nil
        deadline = .distantFuture
        requestLength = 0
    }

    // MARK: Time and identity

    func integrationStarted(timeoutMilliseconds: Int) {
        let now = NIODeadline.now()
        integrationStartedAt = now
        integrationTimeout = timeoutMilliseconds
        deadline = now + .milliseconds(Int64(timeoutMilliseconds))
        worker.watch(self)
    }

    func integrationAnswered() {
        measureIntegration()
        worker.unwatch(self)
    }

    func measureIntegration() {
        if let integrationStartedAt {
            integrationMilliseconds = Int((NIODeadline.now() - integrationStartedAt).nanoseconds / 1_000_000)
        }
    }

    /// The deadline has passed; while bodies move, it is put off.
    func deadlinePassed(_ now: NIODeadline) {
        guard upstreamState.hasProgressed || upstream?.isPaused == true else { return integrationTimedOut() }
        upstreamState.hasProgressed = false
        deadline = now + .milliseconds(Int64(integrationTimeout))
    }

    private func makeRequestId() {
        let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        var bits = worker.nextRandom()
        for position in 0..<15 {
            if position == 10 { bits = worker.nextRandom() }
            requestId[position] = alphabet.utf8Start[Int(bits & 63)]
            bits >>= 6
        }
    }

    private func summary(_ stream: HTTPStream) -> RequestSummary {
        let head = stream.head
        return RequestSummary(
            method: head.string(head.methodRange), path: head.string(head.target), status: status,
            routeKey: route.map { String(decoding: $0.keyText, as: UTF8.self) },
            milliseconds: Double(elapsedMicroseconds) / 1000, reason: reason ?? integrationError)
    }
}
