import GatewayModel
import JSON

extension LambdaOperations {
    static var invokeWithResponseStream: [Operation] {
        [
            Operation(
                "InvokeWithResponseStream", .lambda, .post,
                "/2021-11-15/functions/{FunctionName}/response-streaming-invocations", stream)
        ]
    }

    private static func stream(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        guard let invocation = try invocation(control, call, of: ["RequestResponse", "DryRun"]) else {
            return Reply(status: 204)
        }
        switch await control.functionHost.stream(invocation) {
        case .began(let contentType, let version, let pieces):
            return Reply(
                headers: [
                    ("x-amz-executed-version", version), ("x-amzn-remapped-content-type", contentType),
                    ("content-type", "application/vnd.amazon.eventstream"),
                ], pieces: InvocationEvents(pieces: pieces, wantsLogTail: invocation.wantsLogTail))
        case .throttled(let reason): throw .tooManyRequests(reason)
        case .notFound: throw nothingToInvoke(invocation.functionName, invocation.qualifier, control.settings.account)
        }
    }
}

/// A call's answer as events: PayloadChunk for each piece, InvokeComplete behind the last.
struct InvocationEvents: WirePieces {
    let pieces: any Lambda.AnswerPieces
    let wantsLogTail: Bool

    func next() async -> [UInt8]? {
        switch await pieces.next() {
        case .bytes(let bytes): EventStreamMessage("PayloadChunk", "application/octet-stream", bytes).bytes
        case .ended(let error, let logTail):
            EventStreamMessage("InvokeComplete", "application/json", complete(error, logTail).bytes).bytes
        case nil: nil
        }
    }

    func discard() { pieces.discard() }

    /// What stands in it after a failure is unknown; chosen after what Invoke tells of one.
    private func complete(_ error: [UInt8]?, _ logTail: [UInt8]) -> JSONValue {
        var members = JSONObject()
        if let error {
            members["ErrorCode"] = "Unhandled"
            members["ErrorDetails"] = .string(String(decoding: error, as: UTF8.self))
        }
        if wantsLogTail { members["LogResult"] = .string(Base64.encode(logTail)) }
        return .object(members)
    }
}
