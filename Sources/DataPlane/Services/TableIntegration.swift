import GatewayModel
import HTTPFront
import NIOCore

/// An integration with DynamoDB, whose tables are this server's own: they are asked without a socket.
final class TableIntegration: Sendable {
    let tables: any TableTarget
    /// nil where the URI names a path: then the operation stands in `X-Amz-Target`, which is mapped.
    let operation: String?
    /// Towards DynamoDB; nil: the client's.
    private let method: RequestHead.Method?
    /// Whose permissions the tables ask for.
    private let role: String
    let timeoutMilliseconds: Int

    init(
        _ target: ServiceURI.Target, method: String?, timeoutMilliseconds: Int, role: String, tables: any TableTarget
    ) {
        operation = if case .action(let action, _) = target { action } else { nil }
        self.method = method == "ANY" ? nil : method.flatMap { Array($0.utf8).withUnsafeBytes(RequestHead.Method.init) }
        self.timeoutMilliseconds = timeoutMilliseconds
        self.role = role
        self.tables = tables
    }

    /// Asks the tables; the answer is mapped as that of any integration, by its status.
    func call(_ x: Exchange) throws(Refusal) {
        let caller = try IntegrationRole.assume(role, x)
        x.integrationStarted(timeoutMilliseconds: timeoutMilliseconds)
        x.rest.showsTrace = true
        // The client is told of the trace, though nobody else is.
        var trace = x.worker.allocator.buffer(capacity: 96)
        x.writeRESTTraceId(to: &trace)
        // What DynamoDB answers to another verb is unconfirmed: here it is as if no operation were named.
        let isPost = (method ?? x.connection?.head.method) == .post
        let operation = isPost ? self.operation ?? Self.mappedOperation(x) : nil
        let body = x.body ?? ByteBuffer()
        LoggedTable.request(x, operation, body)
        x.body = nil
        let bound = NIOLoopBound(x, eventLoop: x.worker.eventLoop)
        let turn = x.turn
        tables.answer(operation ?? "", body, as: caller, on: x.worker.eventLoop) { answer in
            let x = bound.value
            // The client or the time-out may have ended this request meanwhile.
            guard x.turn == turn else { return }
            Self.answered(x, answer)
        }
    }

    /// `DynamoDB_20120810.GetItem`
    private static func mappedOperation(_ x: Exchange) -> String? {
        let target = x.rest.parameters.headers.last { field in
            field.name.withUnsafeBytes { ASCII.equalsIgnoringCase($0, "x-amz-target") }
        }
        let text = target.map { String(decoding: $0.value, as: UTF8.self) } ?? ""
        return text.hasPrefix(targetPrefix) ? String(text.dropFirst(targetPrefix.count)) : nil
    }

    private static let targetPrefix = "DynamoDB_20120810."

    private static func answered(_ x: Exchange, _ answer: TableAnswer) {
        x.integrationStatus = answer.status
        x.integrationServiceStatus = answer.status
        x.endpointRequestId = answer.requestId
        // A batch of items may be longer.
        let limit = x.worker.options.limits.heldBytes
        guard answer.body.readableBytes <= limit, let method = x.route?.method,
            let head = head(of: answer)
        else {
            return x.refuse(
                .internalError,
                because: "calls DynamoDB, whose answer is longer than \(limit) bytes")
        }
        x.markAnswer(answer.body.readableBytes)
        LoggedTable.answer(x, head, answer.body)
        RESTAnswer.respond(x, head, answer.body, method)
    }

    /// As it would have come over the wire: mappings read its fields.
    private static func head(of answer: TableAnswer) -> ResponseHead? {
        var text = ByteBuffer(
            string: "HTTP/1.1 \(answer.status) \r\n\(answer.fields)Content-Length: \(answer.body.readableBytes)\r\n\r\n"
        )
        let head = ResponseHead()
        var scanned = 0
        let result = ResponseHeadParser.parse(&text, into: head, scanned: &scanned, isHead: false)
        return result == .complete ? head : nil
    }
}
