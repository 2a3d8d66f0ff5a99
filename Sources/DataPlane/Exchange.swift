import Callers
import GatewayModel
package import HTTPFront
import NIOCore

/// One API call on its way through a pipeline. One object per connection, used again for each request.
package final class Exchange: HTTPService {
    let worker: LoopWorker
    private(set) var connection: HTTPStream?

    // What routing finds.
    var apiKind = APIKind.http
    var stage: CompiledStage?
    var route: CompiledRoute?
    /// The token that let the call in; nil where none was asked for.
    var token: VerifiedToken?
    /// How many scopes its route asked for: without any, functions are not told the token's.
    var tokenScopesCount = 0
    /// What a function authorizer has said that let the call in; nil where none was asked for.
    var decision: AuthorizerDecision?
    /// A signature that is still to be checked, and who has signed; nil where nobody had to.
    var signature: PendingSignature?
    var caller: Caller?
    /// The call of the authorizer's function, if it was called for this request.
    var authorizerCall: AuthorizerCall?
    /// What only calls of REST APIs have.
    var rest = RESTCall()
    /// What only calls of WebSocket APIs have.
    var socket = WebSocketCall()
    /// `x-amzn-RequestId` of a REST API, once it has been asked for; its storage stays.
    var restRequestId = [UInt8](repeating: 0, count: 36)
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

    // Where it is on its way.
    var step: UInt8 = 0
    var isRunning = false
    /// What the step of this moment waits for was at hand.
    var isResumed = false

    // The request's body.
    var bodyUse = BodyUse.held
    /// What is held or collected of it; nil when there is none.
    var body: ByteBuffer?
    var isBodyComplete = false
    /// How much of it the integration takes.
    var bodyLimit = 0
    /// What it has taken of the process's memory for bodies.
    var takenMemory = 0
    var isOutOfMemory = false

    // What the integration leaves.
    var upstream: UpstreamConnection?
    var upstreamState = UpstreamState()
    var integrationStatus = 0
    var integrationServiceStatus = 0
    var integrationError: String?
    /// The id under which the function, or the AWS service behind a URI, knows the call.
    var endpointRequestId: String?
    /// What the gateway answered instead of the integration.
    var refusal: GatewayResponse?
    /// For people: why the gateway answered with an error.
    var reason: String?
    /// For people: how AWS would have ended the call, where that is told. See `mark`.
    var markedByAWS: String?
    /// A whole line of the answer: how a client that is refused could be let in.
    var challenge: [UInt8]?
    /// `$context.authorizer.error`.
    var authorizerError: String?

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
    var requestLength = 0
    /// Counts requests, so that an answer that comes too late finds no wrong one.
    private(set) var turn = 0
    /// Counts what steps have waited for: who resumes the exchange twice, or too late, finds another number.
    var pause = 0

    init(worker: LoopWorker) { self.worker = worker }

    var sourceIP: [UInt8] { socket.client?.sourceIP ?? connection?.peer.address ?? Peer.loopback }
    /// As they are now.
    var figures: CallFigures {
        CallFigures(
            status: socket.status ?? connection?.responseStatus ?? 0, requestLength: requestLength,
            responseLength: connection?.responseBodyBytes ?? 0,
            latencyMicroseconds: Int((NIODeadline.now() - startedAt).nanoseconds / 1000),
            integrationMilliseconds: integrationMilliseconds, cacheUse: rest.cacheUse, isOutOfMemory: isOutOfMemory,
            event: socket.event.map {
                EventFigures(kind: $0, sent: socket.sentMessages, integrationStatus: integrationStatus)
            })
    }

    // MARK: HTTPService

    package func headReceived(_ stream: HTTPStream) {
        begin(stream)
        do throws(Refusal) { try Hosts.find(self) } catch {
            return refuse(error, because: explanation(error))
        }
        run()
    }

    /// Takes a request up; nothing has been found out about it yet.
    func begin(_ stream: HTTPStream) {
        connection = stream
        startedAt = .now()
        startedAtEpochMilliseconds = worker.clock.epochMilliseconds
        makeRequestId()
        isBodyComplete = stream.head.body == .none
    }

    package func writabilityChanged(_ isWritable: Bool, _ stream: HTTPStream) {
        if isWritable, let answer = rest.stream {
            answer.clientTook()
            return pieceArrived()
        }
        guard let upstream else { return }
        upstream.setReading(isWritable)
        pieceArrived()
    }

    package func connectionClosed(_ stream: HTTPStream) {
        guard connection != nil, !socket.outlivesConnection(self) else { return }
        abandonIntegration()
        if worker.options.onRequest != nil || stage?.accessLog != nil {
            let cause = stream.responseStatus == 0 ? "went away before it was answered" : "did not send or take all"
            reason = route.map { "route \($0.name) lost its client, who \(cause)" } ?? "the client \(cause)"
        }
        record()
        reset()
    }

    /// Lets go of the request; the next one of the connection may begin.
    func reset() {
        turn += 1
        pause += 1
        step = 0
        isRunning = false
        isResumed = false
        worker.unwatch(self)
        connection = nil
        stage = nil
        route = nil
        isCalledByPath = false
        if apiKind != .http {
            if apiKind == .webSocket {
                if socket.event == .connect, socket.client != nil { worker.clients.handshakeEnded() }
                socket = WebSocketCall()
            }
            apiKind = .http
            rest = RESTCall()
        }
        bodyUse = .held
        body = nil
        isBodyComplete = false
        releaseMemory()
        isOutOfMemory = false
        upstreamState = UpstreamState()
        integrationStatus = 0
        integrationServiceStatus = 0
        integrationError = nil
        endpointRequestId = nil
        // Kept for the next request, unless one long path would cost memory for as long as the connection lives.
        decodedPath.removeAll(keepingCapacity: decodedPath.capacity <= 1024)
        refusal = nil
        reason = nil
        if worker.options.limits.isMarking { markedByAWS = nil }
        token = nil
        decision = nil
        signature = nil
        caller = nil
        authorizerCall?.leave(self)
        authorizerCall = nil
        challenge = nil
        authorizerError = nil
        integrationStartedAt = nil
        integrationMilliseconds = nil
        deadline = .distantFuture
        requestLength = 0
    }

    // MARK: Time and identity

    func integrationStarted(timeoutMilliseconds: Int) {
        let now = NIODeadline.now()
        integrationStartedAt = now
        integrationTimeout = min(timeoutMilliseconds, longestTime)
        deadline = now + .milliseconds(Int64(integrationTimeout))
        if apiKind == .rest { setRESTDeadline(now) }
        worker.watch(self)
    }

    /// What was stored while other limits held may be longer.
    private var longestTime: Int {
        let limits = worker.options.limits
        return switch apiKind {
        case .http: limits.httpTimeout.upperBound
        case .rest: (route?.method?.isStreamed == true ? limits.streamTimeout : limits.restTimeout).upperBound
        case .webSocket: limits.webSocketTimeout.upperBound
        }
    }

    func integrationAnswered() {
        measureIntegration()
        worker.unwatch(self)
    }

    func measureIntegration() { integrationMilliseconds = integrationMillisecondsSoFar ?? integrationMilliseconds }

    var integrationMillisecondsSoFar: Int? {
        integrationStartedAt.map { Int((NIODeadline.now() - $0).nanoseconds / 1_000_000) }
    }

    /// A piece of the integration's answer has come, or the client takes bytes again: the next piece has its own time.
    /// Nothing puts off the time to the answer's head.
    func pieceArrived() {
        guard apiKind == .http else { return restPieceArrived() }
        if upstreamState.isAnswering { deadline = worker.now + .milliseconds(Int64(integrationTimeout)) }
    }

    func deadlinePassed(_ now: NIODeadline) {
        // While the client takes nothing the origin is not asked for more; the connection watches such a client.
        guard upstreamState.isAnswering, upstream?.isPaused == true || rest.stream?.isPaused == true,
            !isStreamOver(now)
        else { return integrationTimedOut() }
        deadline = now + .milliseconds(Int64(integrationTimeout))
        if apiKind == .rest { restPieceArrived() }
    }

    private func makeRequestId() { writeShortId(to: &requestId) }

    /// Of a message of a WebSocket API.
    var messageId: [UInt8] {
        if socket.messageId.isEmpty {
            socket.messageId = [UInt8](repeating: UInt8(ascii: "="), count: 16)
            writeShortId(to: &socket.messageId)
        }
        return socket.messageId
    }

    private func writeShortId(to id: inout [UInt8]) {
        let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        var bits = worker.nextRandom()
        let more = worker.nextRandom()
        id.withUnsafeMutableBufferPointer { id in
            for position in 0..<15 {
                if position == 10 { bits = more }
                id[position] = alphabet.utf8Start[Int(bits & 63)]
                bits >>= 6
            }
        }
    }
}
