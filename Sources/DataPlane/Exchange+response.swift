import GatewayModel
import HTTPFront
import NIOCore

/// The response, whoever it comes from: a head, pieces of a body, the end.
extension Exchange {
    /// Writes a head. `write` is called at once and puts its lines straight into the connection's buffer.
    @inline(__always)
    func respond(
        _ status: Int, _ framing: HTTPStream.ResponseFraming, _ write: (inout ResponseLines) -> Void
    ) {
        guard let stream = connection else { return }
        stream.startResponse(status: status)
        let start = stream.out.writerIndex
        var lines = ResponseLines(self, stream, framing)
        write(&lines)
        lines.complete()
        if let log = rest.log { log.keepHead(stream.out, from: start) }
        stream.finishHead(framing)
    }

    /// Sends a piece of the body on.
    func append(_ bytes: ByteBuffer) {
        rest.log?.keepResponse(bytes)
        connection?.writeBody(bytes)
    }

    /// Answers with a body that is here as a whole. What a slow client has not taken of it counts as held.
    func respond(_ status: Int, whole body: ByteBuffer, _ write: (inout ResponseLines) -> Void) {
        if isCaptured(body.readableBytes) { return respondCaptured(status, body, write) }
        guard status != 204, status != 304 else {
            respond(status, .none, write)
            return finish()
        }
        guard takesWhole(body) else { return refuseMemory() }
        respond(status, .length(body.readableBytes), write)
        finish(with: body)
    }

    /// Counts a body that `finish` sends; false when there is no memory for it.
    func takesWhole(_ body: ByteBuffer) -> Bool {
        body.readableBytes <= Self.uncountedBytes || worker.memory.take(body.readableBytes)
    }

    /// Sends a body, which `takesWhole` has counted, as a whole: the response is complete. A log tells of `plain` where
    /// the body is packed.
    func finish(with body: ByteBuffer, plain: ByteBuffer? = nil) {
        rest.log?.keepResponse(plain ?? body)
        let length = body.readableBytes
        if length > Self.uncountedBytes {
            let memory = worker.memory
            if let connection { connection.writeBody(body) { memory.give(length) } } else { memory.give(length) }
        } else {
            connection?.writeBody(body)
        }
        finish()
    }

    /// So much of an answer lies in the connection's own buffer, or the kernel's.
    private static let uncountedBytes = 16_384

    /// The response is complete.
    func finish() {
        guard let stream = connection else { return }
        record()
        reset()
        // Ending it may begin the connection's next request at once.
        stream.endResponse()
    }

    /// A response that has begun cannot be completed: the client sees a broken connection, never a short body.
    private func breakOff() {
        guard let stream = connection else { return }
        record()
        reset()
        stream.abort()
    }

    /// Answers with an error of the gateway's own. When there is a route, the reason says what is the matter with it:
    /// "has no integration".
    func refuse(_ refusal: Refusal, because reason: @autoclosure () -> String) {
        guard let stream = connection else { return }
        abandonIntegration()
        // What the gateway says itself is not kept.
        (rest.fill, rest.relay) = (nil, nil)
        if worker.options.onRequest != nil || stage?.accessLog != nil || rest.log != nil {
            let reason = reason()
            logRefusal(refusal, reason)
            self.reason = route.map { "route \($0.name) \(reason)" } ?? reason
        }
        guard !refuseEvent(refusal) else { return }
        guard stream.canRespond || stream.retract() else { return breakOff() }
        let response = response(to: refusal)
        self.refusal = response
        if refusal.endsConnection { stream.closeAfterResponse() }
        let hasBody = response.status != 204 && response.status != 304
        let (body, coding) = ResponsePacking.packed(self, response)
        respond(response.status, hasBody ? .length(body.readableBytes) : .none) { lines in
            lines.date()
            lines.stream.out.write(response.fields)
            if let challenge { lines.stream.out.write(challenge) }
            lines.length()
            if hasBody, let coding { lines.text(coding.field) }
        }
        if hasBody {
            rest.log?.keepResponse(coding == nil ? body : ByteBuffer(bytes: response.body))
            stream.writeBody(body)
        }
        finish()
    }

    /// The last step of every request, answered or left: counters, access log line, the line of `gatehouse up`.
    func record() {
        guard let stream = connection else { return }
        var figures = figures
        if figures.status == 0 { figures.status = CallFigures.clientGone }
        if rest.log != nil { logEnd(figures) }
        if let stage {
            worker.count(figures, stage)
            if let metrics = rest.metrics ?? route?.metrics { metrics.loops[worker.number].value.add(figures) }
            if let log = stage.accessLog { AccessLog.write(self, figures, log) }
        }
        if let onRequest = worker.options.onRequest, rest.tester == nil { onRequest(summary(stream, figures)) }
    }

    /// What lets a caller in may stand in the query.
    private var hidesQuery: Bool {
        route?.authorizer != nil || route?.method?.isOpen == false || socket.event == .callback
    }

    private func summary(_ stream: HTTPStream, _ figures: CallFigures) -> RequestSummary {
        let head = stream.head
        let client = socket.client
        return RequestSummary(
            // Events have no method and no path.
            method: client == nil ? head.string(head.methodRange) : socket.event.map { "\($0.name)" } ?? "",
            path: client.map { String(decoding: $0.id.text, as: UTF8.self) }
                ?? head.string(hidesQuery || head.target.isEmpty ? head.path : head.target),
            status: figures.status,
            routeKey: route.map { $0.name } ?? socket.event.map { "\($0.routeName)" },
            milliseconds: Double(figures.latencyMicroseconds) / 1000, reason: reason ?? integrationError,
            mark: endByAWS(figures))
    }
}
