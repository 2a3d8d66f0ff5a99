import GatewayModel
import HTTPFront
import NIOCore

/// Calls a function with the request as its event and turns what it returns into the response.
enum FunctionProxy {
    /// Whether it can be called at all.
    static func check(_ x: Exchange, _ integration: FunctionIntegration) throws(Refusal) {
        guard integration.target != nil else {
            x.integrationError = "there is no function \(integration.name)"
            x.rest.log?.failure = [ExecutionFailure.invalidPermissions]
            x.reason = "calls \(integration.name), which does not exist"
            throw .internalError
        }
        switch integration.credentials {
        case .own: break
        case .callers: return try InvokePermission.checkCaller(x, integration.arn)
        case .role(let role): return try InvokePermission.check(x, integration.arn, as: role)
        }
        guard let method = x.connection?.head.method, integration.permits(method) else {
            tellNotPermitted(x)
            x.reason =
                "has no permission to invoke \(integration.name); this gives it one: aws lambda add-permission "
                + "--function-name \(integration.name) --statement-id \(Identifiers.part(6)) "
                + "--action lambda:InvokeFunction --principal apigateway.amazonaws.com "
                + "--source-arn '\(integration.source)'"
            throw .internalError
        }
    }

    /// AWS's own sentences, as `$context.integrationErrorMessage` and execution logs have them (of REST APIs: seen in an
    /// access log of a live one).
    static func tellNotPermitted(_ x: Exchange, _ sentence: String = ExecutionFailure.invalidPermissions) {
        x.integrationError = x.apiKind == .http ? permissionError : sentence
        x.rest.log?.failure = [sentence]
    }

    private static let permissionError =
        "The IAM role configured on the integration or API Gateway doesn't have permissions to call the integration. "
        + "Check the permissions and try again."

    static func invoke(_ x: Exchange, _ integration: FunctionIntegration) {
        guard let target = integration.target else { return }
        x.integrationStarted(timeoutMilliseconds: integration.timeoutMilliseconds)
        var trace = x.worker.allocator.buffer(capacity: 96)
        if x.apiKind != .http {
            x.rest.showsTrace = true
            x.writeRESTTraceId(to: &trace)
        } else {
            TraceId.write(x, to: &trace)
        }
        let traceId = Array(trace.readableBytesView)
        var event = x.worker.allocator.buffer(capacity: 2048 + (x.body?.readableBytes ?? 0))
        var kind = CustomInvocation.requestResponse
        switch integration.payloadFormat {
        case .version1: EventV1.write(x, traceId: traceId, to: &event)
        case .version2: EventV2.write(x, traceId: traceId, to: &event)
        case .rest, .stream: RESTEvent.write(x, traceId: traceId, to: &event)
        case .webSocket: WebSocketEvent.write(x, traceId: traceId, to: &event)
        case .custom:
            guard let asked = CustomInvocation.begin(x, to: &event) else { return }
            kind = asked
        }
        x.markEvent(event.readableBytes)
        let requestId = Identifiers.uuid()
        x.endpointRequestId = requestId
        if x.rest.log != nil {
            LoggedFunction.request(x, traceId, integration.payloadFormat == .custom ? x.body ?? ByteBuffer() : event)
        }
        x.body = nil
        let bound = NIOLoopBound(x, eventLoop: x.worker.eventLoop)
        let turn = x.turn
        let completion: @Sendable (FunctionOutcome) -> Void = { outcome in
            let x = bound.value
            // The client or the time-out may have ended this request meanwhile.
            guard x.turn == turn else { return }
            answered(x, integration, outcome)
        }
        guard integration.payloadFormat == .stream else {
            switch kind {
            case .requestResponse:
                target.invoke(
                    event, requestId: requestId, traceId: traceId, deadline: x.deadline, on: x.worker.eventLoop,
                    completion: completion)
            case .event:
                target.enqueue(
                    event, requestId: requestId, traceId: traceId, on: x.worker.eventLoop, completion: completion)
            case .dryRun: answered(x, integration, .notInvoked(status: 204))
            }
            return
        }
        let stream = FunctionStream()
        x.rest.stream = stream
        let flow = target.stream(
            event, requestId: requestId, traceId: traceId, deadline: x.deadline, on: x.worker.eventLoop,
            receive: { bytes in
                let x = bound.value
                guard x.turn == turn else { return }
                x.rest.stream?.received(bytes, x)
            }, completion: completion)
        stream.begin(flow)
    }

    private static func answered(_ x: Exchange, _ integration: FunctionIntegration, _ outcome: FunctionOutcome) {
        x.integrationAnswered()
        x.integrationServiceStatus = 200
        switch outcome {
        case .success(let payload):
            if integration.payloadFormat != .stream {
                x.markPayload(payload.readableBytes)
                LoggedFunction.answer(x, payload, isError: false)
            }
            switch integration.payloadFormat {
            case .version1: FunctionResponse.respondV1(x, payload)
            case .version2: FunctionResponse.respondV2(x, payload)
            case .rest: RESTFunctionAnswer.respond(x, payload)
            case .webSocket: WebSocketFunctionAnswer.respond(x, payload)
            case .stream: x.rest.stream?.ended(payload, x)
            case .custom: RESTFunctionAnswer.map(x, payload, isError: false)
            }
        case .functionError(let payload) where integration.payloadFormat == .custom:
            LoggedFunction.answer(x, payload, isError: true)
            RESTFunctionAnswer.map(x, payload, isError: true)
        case .notInvoked(let status):
            x.integrationServiceStatus = status
            LoggedFunction.begins(x, status: status)
            RESTFunctionAnswer.map(x, ByteBuffer(), isError: false)
        case .functionError(let payload):
            x.integrationStatus = 200
            LoggedFunction.answer(x, payload, isError: true)
            x.rest.log?.failure = [ExecutionFailure.functionFailed(payload, requestId: x.endpointRequestId)]
            // The error object may have 6 MB; its beginning says what happened.
            let error = String(decoding: payload.readableBytesView.prefix(1_024), as: UTF8.self)
            x.integrationError = "the function failed: \(error)"
            x.refuse(.functionFailed, because: "calls \(integration.name), which failed: \(error)")
        case .throttled:
            x.integrationServiceStatus = 429
            x.rest.log?.failure = ExecutionFailure.functionBusy(requestId: x.endpointRequestId)
            x.integrationError = "the function is running as often at once as it may"
            x.refuse(.functionBusy, because: "calls \(integration.name), which is running as often at once as it may")
        case .tooLarge:
            x.integrationServiceStatus = 413
            let limit = x.worker.options.limits.payloadBytes
            x.integrationError = "the event has more than \(limit) bytes"
            // Recorded: alone among the answers behind a function's call, this one tells of no trace.
            x.rest.showsTrace = false
            x.refuse(.eventTooLarge, because: "sends \(integration.name) an event of more than \(limit) bytes")
        case .notFound:
            x.integrationServiceStatus = 404
            x.rest.log?.failure = [ExecutionFailure.invalidPermissions]
            x.integrationError = "there is no function \(integration.name)"
            x.refuse(.internalError, because: "calls \(integration.name), which no longer exists")
        }
    }
}
