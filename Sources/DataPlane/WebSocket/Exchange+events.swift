import GatewayModel
import HTTPFront
import NIOCore
import WebSocketFront

/// How events of WebSocket APIs begin and end.
extension Exchange {
    /// Begins an event that no request carries: all that is left to find is its route.
    func beginEvent(_ event: WebSocketCall.Event, _ client: ClientConnection, _ stage: CompiledStage) {
        apiKind = .webSocket
        self.stage = stage
        socket.event = event
        socket.client = client
        decision = client.decision
        caller = client.caller
        rest.key = client.apiKey
        bodyUse = .collected
        isBodyComplete = true
        requestLength = body?.readableBytes ?? 0
        step = WebSocketPipeline.Step.route.rawValue
    }

    /// Ends an event with what its integration has answered, or without one where its route has none.
    ///
    /// - Parameters:
    ///   - status: decides a handshake, and is only logged of other events.
    ///   - body: what goes back on a two-way route; nil: nothing does.
    func endEvent(_ status: Int, _ body: ByteBuffer?, isBinary: Bool = false) {
        switch socket.event {
        case .connect where (200..<300).contains(status): acceptHandshake()
        case .connect: refuseHandshake(status)
        case .message:
            if route?.socket?.isTwoWay == true, let body {
                let longest = worker.options.webSocketLimits.messageBytes
                guard body.readableBytes <= longest else {
                    return refuse(
                        .internalError,
                        because: "answers \(body.readableBytes) bytes, and a message has at most \(longest)")
                }
                markMessage(body.readableBytes)
                do throws(Refusal) {
                    send(try frame(body, isBinary: isBinary))
                } catch {
                    return refuseMemory()
                }
            }
            leaveEvent(status)
        case .disconnect: leaveEvent(status)
        case .callback, nil: break
        }
    }

    /// A message for clients. One that is longer than AWS's may be counts as held until the last of them has taken it.
    func frame(_ body: ByteBuffer, isBinary: Bool) throws(Refusal) -> WebSocketFrame {
        let limits = worker.options.webSocketLimits
        let kind: MessageKind = isBinary && limits.takesBinary ? .binary : .text
        let length = body.readableBytes
        var frame = WebSocketFrame(kind, kind == .text ? body.repairedText : body, upTo: limits.frameBytes)
        guard length > WebSocketLimits.aws.messageBytes else { return frame }
        try hold(length)
        takenMemory -= length
        frame.holder = HeldMemory(taken: length, of: worker.memory)
        return frame
    }

    private func send(_ frame: WebSocketFrame) {
        if socket.client?.send(frame) == .sent { socket.sentMessages += 1 }
    }

    private func leaveEvent(_ status: Int) {
        guard let stream = connection as? SilentStream, let client = socket.client else { return }
        let isMessage = socket.event == .message
        socket.status = status
        record()
        reset()
        worker.clients.give(self, stream)
        if isMessage { client.messageEnded() }
    }

    /// Tells of a refusal what is told otherwise than by a response. False for a request that is still to be answered.
    func refuseEvent(_ refusal: Refusal) -> Bool {
        guard apiKind == .webSocket, let event = socket.event, event != .callback else { return false }
        guard event != .connect || socket.isClientLost else {
            // Who means to speak WebSocket may have sent frames already, which are no requests.
            if refusal != .upgradeRequired { connection?.closeAfterResponse() }
            return false
        }
        let response = response(to: refusal)
        self.refusal = response
        switch event {
        case .connect:
            socket.status = CallFigures.clientGone
            record()
            reset()
        case .message:
            send(WebSocketFrame(.text, ByteBuffer(bytes: response.body)))
            leaveEvent(response.status)
        case .disconnect, .callback: leaveEvent(response.status)
        }
        return true
    }

    // MARK: Handshakes

    /// Gives the client its connection. One that has gone meanwhile has been connected as far as its API knows.
    private func acceptHandshake() {
        guard let handshake = socket.handshake, let client = socket.client, let stream = connection else { return }
        client.settle(self)
        let (isLost, subprotocol, groups) = (socket.isClientLost, socket.subprotocol, socket.groups)
        // As AWS's logs have it.
        socket.status = isLost ? CallFigures.clientGone : 200
        record()
        reset()
        let accepted =
            isLost
            ? nil
            : handshake.accept(
                stream, subprotocol: subprotocol, limits: worker.options.webSocketLimits, delegate: client)
        guard accepted != nil else { return client.left(WebSocketClosure(.abnormal, by: .client)) }
        for group in groups { _ = worker.clients.join(client, group) }
    }

    /// The integration has said no: its status is the client's answer (captured), the body our own (unconfirmed).
    private func refuseHandshake(_ status: Int) {
        guard let stream = connection, !socket.isClientLost else {
            _ = refuseEvent(.accessDenied)
            return
        }
        reason = route.map { "route \($0.name) answered the handshake with \(status)" }
        stream.closeAfterResponse()
        var body = ByteBuffer()
        WebSocketPipeline.writeBody(Self.words(status), self, to: &body)
        respond(status, whole: body) { lines in
            lines.date()
            lines.text("Content-Type: application/json\r\n")
            lines.length()
        }
    }

    private static func words(_ status: Int) -> StaticString {
        switch status {
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 429: "Too Many Requests"
        case 300..<400: "Redirected"
        case 400..<500: "Bad Request"
        default: "Internal server error"
        }
    }
}

/// What a function has returned for an event of a WebSocket API.
enum WebSocketFunctionAnswer {
    static func respond(_ x: Exchange, _ payload: ByteBuffer) {
        guard case .object(let answer) = FunctionAnswer.read(payload, .webSocket) else {
            x.integrationError = "malformed response of the function"
            let beginning = String(decoding: payload.readableBytesView.prefix(200), as: UTF8.self)
            return x.refuse(
                .functionFailed, because: "calls \(x.integrationName), whose answer is no proxy response: \(beginning)")
        }
        x.integrationStatus = answer.status
        if x.socket.event == .connect {
            take(answer.headers, x)
            guard ClientGroup.canHold(x.socket.groups) else {
                x.integrationError = "malformed groups in the response of the function"
                return x.refuse(
                    .functionFailed,
                    because: "calls \(x.integrationName), whose x-gatehouse-groups is no list of at most "
                        + "\(ClientGroup.groupsOfClient) names with at most \(ClientGroup.nameLength) characters each")
            }
        }
        // Bytes stay base64 where no frames are served that could hold them (AWS's way is unconfirmed).
        guard answer.isBase64, x.worker.options.webSocketLimits.takesBinary else {
            return x.endEvent(answer.status, answer.hasBody ? ByteBuffer(bytes: answer.body) : nil)
        }
        guard let bytes = Base64.decode(answer.body) else {
            return x.refuse(
                .internalError, because: "calls \(x.integrationName), whose body is said to be base64 and is not")
        }
        x.endEvent(answer.status, ByteBuffer(bytes: bytes), isBinary: true)
    }

    /// Of all fields only the subprotocol reaches the client (reported of AWS). Groups are ours: AWS drops the field.
    private static func take(_ headers: [FunctionAnswer.Header], _ x: Exchange) {
        for header in headers {
            if header.isNamed(subprotocol) {
                x.socket.subprotocol = String(decoding: header.value, as: UTF8.self)
            } else if header.isNamed(groups) {
                x.socket.groups += String(decoding: header.value, as: UTF8.self).split(separator: ",").map { name in
                    String(name.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
                }
            }
        }
    }

    static let subprotocol = Array("sec-websocket-protocol".utf8)
    private static let groups = Array("x-gatehouse-groups".utf8)
}

extension ByteBuffer {
    /// As text: what is no UTF-8 in it becomes U+FFFD.
    var repairedText: ByteBuffer {
        withUnsafeReadableBytes { ByteBuffer.isUTF8($0) }
            ? self : ByteBuffer(string: String(decoding: readableBytesView, as: UTF8.self))
    }
}
