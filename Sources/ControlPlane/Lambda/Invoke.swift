import GatewayModel
import JSON

extension LambdaOperations {
    static var invoke: [Operation] {
        [
            Operation("Invoke", .lambda, .post, function + "/invocations", invokeFunction)
        ]
    }
}

/// Bytes of what comes with an invocation; of a synchronous one's payload see `CallLimits`. Source: Lambda quotas,
/// "Invocation payload: … 1 MB (asynchronous)".
private enum PayloadLimit {
    static let event = 1_048_576
    /// Of the header, encoded. Source: API reference of Invoke, "Up to 3,583 bytes of base64-encoded data".
    static let clientContext = 3583
}

extension LambdaOperations {
    private static func invokeFunction(
        _ control: ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        guard let invocation = try invocation(control, call, of: ["Event", "RequestResponse", "DryRun"]) else {
            return Reply(status: 204)
        }
        switch await control.functionHost.invoke(invocation) {
        case .success(let payload, let version, let logTail):
            return answer(payload, version: version, logTail: invocation.wantsLogTail ? logTail : nil)
        case .functionError(let payload, let version, let logTail):
            var answer = answer(payload, version: version, logTail: invocation.wantsLogTail ? logTail : nil)
            answer.headers.append(("x-amz-function-error", "Unhandled"))
            return answer
        case .accepted: return Reply(status: 202)
        case .throttled(let reason): throw .tooManyRequests(reason)
        case .notFound: throw nothingToInvoke(invocation.functionName, invocation.qualifier, control.settings.account)
        }
    }

    /// What is asked for, checked; nil for a dry run.
    static func invocation(
        _ control: ControlPlane, _ call: Call, of types: [String]
    ) throws(ServiceError) -> Lambda.Invocation? {
        let type = call.header("x-amz-invocation-type") ?? "RequestResponse"
        let logType = call.header("x-amz-log-type")
        var constraints = Constraints()
        constraints.oneOf(type, "invocationType", types)
        constraints.oneOf(logType, "logType", ["None", "Tail"])
        let name = try call.functionName(.namespaced, in: control.settings.account, constraints)
        guard call.header("x-amz-tenant-id") == nil else {
            throw .notOffered("X-Amz-Tenant-Id: Gatehouse does not isolate tenants.")
        }
        guard call.header("x-amz-durable-execution-name") == nil else {
            throw .notOffered("X-Amz-Durable-Execution-Name: Gatehouse does not run durable functions.")
        }
        guard control.world[LambdaFunction.self, name.name]?.resolve(name.qualifier) != nil else {
            throw nothingToInvoke(name.name, name.qualifier, control.settings.account)
        }
        let kind = Lambda.Invocation.Kind(rawValue: type) ?? .requestResponse
        try checkPayload(call.body, kind, call.limits)
        let clientContext = try clientContext(call.header("x-amz-client-context"))
        if type == "DryRun" { return nil }
        return Lambda.Invocation(
            functionName: name.name, qualifier: name.qualifier == Qualifier.latest ? nil : name.qualifier,
            kind: kind, requestId: call.requestId, payload: call.body.isEmpty ? Array("{}".utf8) : call.body,
            // Source: API reference of Invoke: only synchronous invocations are handed it.
            clientContext: kind == .event ? nil : clientContext, traceId: call.header("x-amzn-trace-id"),
            wantsLogTail: kind == .requestResponse && logType == "Tail")
    }

    /// AWS names the version that a plain name means.
    static func nothingToInvoke(_ name: String, _ qualifier: String?, _ account: AccountIdentity) -> ServiceError {
        .functionNotFound(account.functionARN(name, qualifier: qualifier ?? Qualifier.latest))
    }

    private static func answer(_ payload: [UInt8], version: String, logTail: [UInt8]?) -> Reply {
        var headers = [(name: "x-amz-executed-version", value: version)]
        if let logTail { headers.append(("x-amz-log-result", Base64.encode(logTail))) }
        return Reply(headers: headers, body: payload)
    }

    /// No payload is an empty event; anything else must be JSON in UTF-8.
    private static func checkPayload(
        _ payload: [UInt8], _ kind: Lambda.Invocation.Kind, _ limits: CallLimits
    ) throws(ServiceError) {
        let limit = kind == .event ? PayloadLimit.event : limits.eventBytes
        guard payload.count <= limit else { throw .payloadTooLarge(payload.count, kind: kind, limit: limit) }
        guard !payload.isEmpty, let reason = reasonNotJSON(payload) else { return }
        throw .invalidRequestContent(
            "Could not parse request body into json: Could not parse payload into json: \(reason)")
    }

    private static func reasonNotJSON(_ text: [UInt8]) -> String? {
        if let fault = UTF8Fault(text) { return fault.reason }
        do throws(JSONError) {
            var cursor = JSONCursor(text.span)
            _ = try cursor.skipValue()
            try cursor.expectEnd()
            return nil
        } catch {
            return error.description
        }
    }

    private static func clientContext(_ header: String?) throws(ServiceError) -> [UInt8]? {
        guard let header, !header.isEmpty else { return nil }
        guard header.utf8.count <= PayloadLimit.clientContext, let context = Base64.decode(header),
            reasonNotJSON(context) == nil
        else { throw .invalidRequestContent("Client context must be a valid Base64-encoded JSON object.") }
        return context
    }
}
