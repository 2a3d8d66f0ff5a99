import GatewayModel
import HTTPFront
import NIOCore
import WebSocketFront

/// Does what a callback asks for, on the loops of the clients that it is about.
enum CallbackCall {
    /// What has become of it, where no answer has a body.
    private enum Outcome: Sendable {
        case done(status: Int)
        case shown(ByteBuffer)
        case gone, behind, forbidden, tooManyGroups
    }

    static func begin(_ x: Exchange) throws(Refusal) -> StepResult {
        guard let callback = x.socket.callback, let method = x.connection?.head.method, let stage = x.stage else {
            throw .forbidden
        }
        let key = stage.key
        switch (callback.target, method) {
        case (.client, .post):
            let frame = try frame(x)
            try ask(x) { worker, id in
                guard let client = client(id, key, worker) else { return .gone }
                return switch client.send(frame) {
                case .sent: .done(status: 200)
                case .slow: .behind
                case .gone: .gone
                }
            }
        case (.client, .get):
            try ask(x) { worker, id in
                client(id, key, worker).map { .shown(description(of: $0)) } ?? .gone
            }
        case (.client, .delete):
            let (code, reason) = try ending(x)
            try ask(x) { worker, id in
                guard let client = client(id, key, worker) else { return .gone }
                client.close(code, reason: reason)
                return .done(status: 204)
            }
        case (.membership(let group), .put):
            try check(group, x)
            try ask(x) { worker, id in
                guard let client = worker.clients.client(id) else { return .gone }
                guard client.key == key else { return .forbidden }
                return worker.clients.join(client, group) ? .done(status: 204) : .tooManyGroups
            }
        case (.membership(let group), .delete):
            try check(group, x)
            try ask(x) { worker, id in
                guard let client = worker.clients.client(id) else { return .gone }
                guard client.key == key else { return .forbidden }
                worker.clients.leave(client, group)
                return .done(status: 204)
            }
        case (.group(let group), .post):
            try check(group, x)
            GroupDelivery.begin(x, try frame(x), to: group, of: key)
        default:
            x.reason = "knows no such request about connections"
            throw .forbidden
        }
        return .wait
    }

    /// A client of another stage is nobody's here.
    private static func client(_ id: ConnectionId, _ key: StageKey, _ worker: LoopWorker) -> ClientConnection? {
        worker.clients.client(id).flatMap { $0.key == key ? $0 : nil }
    }

    /// Asks the loop of the client.
    private static func ask(
        _ x: Exchange, _ question: @escaping @Sendable (LoopWorker, ConnectionId) -> Outcome
    ) throws(Refusal) {
        guard let callback = x.socket.callback else { return }
        guard let id = callback.id else {
            let message = "Invalid connectionId: \(callback.idText)"
            x.rest.message = Array(message.utf8)
            x.reason = "was asked about what is no id of a connection: \(callback.idText)"
            throw .invalidId
        }
        let (turn, loop) = (x.turn, x.worker.eventLoop)
        let bound = NIOLoopBound(x, eventLoop: loop)
        let isAsked = x.worker.peers.run(on: Int(id.loop)) { worker in
            let outcome = question(worker, id)
            guard !loop.inEventLoop else { return answered(bound.value, turn, outcome) }
            loop.execute { answered(bound.value, turn, outcome) }
        }
        if !isAsked { throw .gone }
    }

    private static func answered(_ x: Exchange, _ turn: Int, _ outcome: Outcome) {
        // Whoever asked may have gone meanwhile.
        guard x.turn == turn else { return }
        switch outcome {
        case .done(let status): x.answerCallback(status, nil)
        case .shown(let body): x.answerCallback(200, body)
        case .gone: x.refuse(.gone, because: "there is no connection \(x.socket.callback?.idText ?? "") of the stage")
        case .forbidden: x.refuse(.forbidden, because: "the connection is one of another stage")
        case .behind:
            x.refuse(.clientBehind, because: "the client takes its messages more slowly than they come, and misses one")
        case .tooManyGroups:
            x.rest.message = Array("A connection can be in at most \(ClientGroup.groupsOfClient) groups.".utf8)
            x.refuse(.clientBehind, because: "the connection is in as many groups as it may be")
        }
    }

    private static func check(_ group: String, _ x: Exchange) throws(Refusal) {
        guard !ClientGroup.isName(group) else { return }
        x.rest.message = Array(
            "A group's name has 1 to \(ClientGroup.nameLength) characters, and no comma, slash or control character."
                .utf8)
        throw .invalidId
    }

    /// A message goes out as text, in frames as long as AWS's may be; as bytes where those are served and it is no text.
    private static func frame(_ x: Exchange) throws(Refusal) -> WebSocketFrame {
        let body = x.body ?? ByteBuffer()
        let isBinary = x.worker.options.webSocketLimits.takesBinary && !body.withUnsafeReadableBytes(ByteBuffer.isUTF8)
        return try x.frame(body, isBinary: isBinary)
    }

    /// `?code=4401&reason=…`, which AWS does not have: whoever speaks graphql-ws needs it. Without it, 1000 (AWS's code is
    /// unconfirmed).
    private static func ending(_ x: Exchange) throws(Refusal) -> (CloseCode, String) {
        let values = ParameterValues(x: x)
        let code = values.lastQuery(Array("code".utf8)).map { String(decoding: $0, as: UTF8.self) }
        let reason = String(validating: values.lastQuery(Array("reason".utf8)) ?? [], as: UTF8.self)
        guard let number = UInt16(code ?? "1000"), number == 1000 || (3000...4999).contains(number), let reason,
            reason.utf8.count <= WebSocketFrame.reasonBytes
        else {
            x.rest.message = Array(
                """
                A connection is closed with the code 1000, or one of 3000 to 4999, and a reason of at most \
                \(WebSocketFrame.reasonBytes) bytes of UTF-8.
                """.utf8)
            throw .invalidId
        }
        return (CloseCode(rawValue: number), reason)
    }

    private static func description(of client: ClientConnection) -> ByteBuffer {
        var body = ByteBuffer()
        body.write(#"{"connectedAt":""#)
        body.writeString(Timestamp(milliseconds: Int64(client.connectedAt)).iso8601)
        body.write(#"","identity":{"sourceIp":""#)
        body.write(client.sourceIP)
        body.write("\"")
        if let agent = client.userAgent {
            body.write(#","userAgent":"#)
            body.writeJSONString(agent)
        }
        body.write(#"},"lastActiveAt":""#)
        body.writeString(Timestamp(milliseconds: Int64(client.lastActiveAt)).iso8601)
        body.write(#""}"#)
        return body
    }
}

extension Exchange {
    func answerCallback(_ status: Int, _ body: ByteBuffer?) {
        respond(status, whole: body ?? ByteBuffer()) { lines in
            lines.date()
            if body != nil { lines.text("Content-Type: application/json\r\n") }
            lines.length()
        }
    }
}
