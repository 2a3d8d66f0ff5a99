import ControlPlane
import GatewayModel
import JSON
import LogStore
import Synchronization

extension LogStore {
    /// The answer to a management call, as its clients read it; nil when it is none of logs.
    ///
    /// - Parameter controlPlane: whose policies decide whether the caller may.
    func respond(to request: WireRequest, _ controlPlane: ControlPlane) async -> WireResponse? {
        guard case .logs(let operation) = ServiceFront.find(ServiceHead(request)).destination else { return nil }
        let wire = ServiceFront.logWire
        let requestId = Identifiers.uuid()
        let denial = controlPlane.denial(of: request) {
            Permission.logs(operation, request.body, in: controlPlane.account)
        }
        if let denial { return wire.response(wire.accessDenied(denial), requestId: requestId) }
        var response = WireResponse(
            status: 200, headers: [("content-type", "application/x-amz-json-1.1"), ("x-amzn-requestid", requestId)])
        switch await respond(to: operation, request.body, systemTags: request.systemTags) {
        case .body(let body): response.body = body.isEmpty ? [] : JSONValue.object(body).bytes
        case .failed(let error):
            response.status = error.status
            response.body = JSONValue.object(error.body).bytes
        case .liveTail(let session):
            response.headers[0].value = "application/vnd.amazon.eventstream"
            response.pieces = LiveTailEvents(session: session)
        }
        return response
    }
}

/// A session of Live Tail as events: that it has begun, then an update each second.
private final class LiveTailEvents: WirePieces {
    private let session: LiveTail
    private let hasBegun = Atomic(false)
    private let hasEnded = Atomic(false)

    /// Documented: one update a second.
    private static let interval = Duration.seconds(1)
    private static let contentType = "application/json"

    init(session: LiveTail) { self.session = session }

    func next() async -> [UInt8]? {
        guard !hasEnded.load(ordering: .relaxed) else { return nil }
        if !hasBegun.exchange(true, ordering: .relaxed) {
            // Protocols in JSON have an answer before the first event.
            return event("initial-response", [:]) + event("sessionStart", session.start)
        }
        try? await Task.sleep(for: Self.interval)
        guard !session.isEnded else { return nil }
        switch await session.update() {
        case .events(let update): return event("sessionUpdate", update)
        case .timedOut: return exception("SessionTimeoutException", "The session has lasted as long as it may.")
        case .failed(let message): return exception("SessionStreamingException", message)
        }
    }

    func discard() { session.end() }

    private func event(_ type: String, _ members: JSONObject) -> [UInt8] {
        EventStreamMessage(type, Self.contentType, JSONValue.object(members).bytes).bytes
    }

    private func exception(_ type: String, _ message: String) -> [UInt8] {
        hasEnded.store(true, ordering: .relaxed)
        session.end()
        let payload = JSONValue.object(["message": .string(message)]).bytes
        return EventStreamMessage(exception: type, Self.contentType, payload).bytes
    }
}
