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
        LoggedService.request(x, operation, body)
        x.body = nil
        x.answered(by: { tables.answer(operation ?? "", body, as: caller, on: x.worker.eventLoop, completion: $0) })
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
}
