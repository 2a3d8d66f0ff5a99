import Callers
import GatewayModel
import HTTPFront
import NIOCore
import WebSocketFront

/// Where the value of a `$context` variable comes from. By which names it is called, each kind of API says for itself.
enum ContextVariable: String, Sendable, CaseIterable {
    case accountId, apiId, stage, routeKey, sentPath, httpMethod
    case `protocol`
    case status, domainName, requestId, requestTime, requestTimeSeconds
    case responseLatency, responseLength, dataProcessed
    case sourceIp, userAgent
    /// Of whom IAM knows.
    case identityAccessKey, identityAccountId, identityCaller, identityUserArn
    /// Of a signature, and of the policies that decide: of REST APIs only.
    case authenticateError, authenticateLatency, authenticateStatus
    case authorizeError, authorizeLatency, authorizeStatus
    case errorMessage, errorMessageString, errorResponseType
    case authorizerError
    /// Of the function that was asked, if one was.
    case authorizerLatency, authorizerStatus, authorizerRequestId
    /// What the function or the origin answered, and what the service answered that was asked to call the function.
    case integrationStatus, integrationServiceStatus
    case integrationError, integrationLatency, integrationRequestId
    /// Of REST APIs only. The path has the stage in front.
    case restRequestId, traceId, stagePath, resourceId, resourcePath, deploymentId, requestTimeMilliseconds
    case validationError, isCanary, apiKey, apiKeyId, endpointType, domainPrefix
    case responseTransferMode, timeToAllHeaders, timeToFirstContent
    /// Of WebSocket APIs only.
    case connectionId, connectedAt, eventType, messageId, messageDirection, disconnectStatusCode, disconnectReason

    /// Whether the value is made of letters, digits and marks by the gateway itself, so that no line, quoted string or
    /// JSON text can be broken by it. What is not listed here is escaped where it is logged.
    var isSafe: Bool {
        switch self {
        case .accountId, .apiId, .stage, .protocol, .status, .requestId, .requestTime, .requestTimeSeconds,
            .authorizerLatency, .authorizerStatus, .authorizerRequestId,
            .responseLatency, .responseLength, .dataProcessed, .sourceIp, .errorMessageString, .errorResponseType,
            .integrationLatency, .integrationStatus, .integrationServiceStatus, .restRequestId, .resourceId,
            .deploymentId, .requestTimeMilliseconds, .validationError, .isCanary, .responseTransferMode,
            .timeToAllHeaders, .timeToFirstContent, .identityAccessKey, .identityAccountId, .authenticateLatency,
            .authenticateStatus, .authorizeLatency, .authorizeStatus, .connectionId, .connectedAt, .eventType,
            .messageId, .messageDirection, .disconnectStatusCode:
            true
        default: false
        }
    }
}

extension ContextVariable {
    /// Appends the variable's value; false when it has none.
    func write(_ x: Exchange, _ figures: CallFigures, to buffer: inout ByteBuffer) -> Bool {
        guard let stage = x.stage else { return false }
        switch self {
        case .accountId: buffer.writeString(stage.account.accountId)
        case .apiId: buffer.writeString(stage.key.apiId)
        case .stage: buffer.write(stage.name)
        case .routeKey:
            guard let route = x.route else { return false }
            buffer.write(route.keyText)
        case .sentPath: x.writeSentPath(to: &buffer)
        case .httpMethod: x.writeMethod(to: &buffer)
        case .protocol: x.writeProtocol(to: &buffer)
        case .status:
            guard figures.status > 0 else { return false }
            buffer.writeDecimal(figures.status)
        case .domainName: x.writeDomainName(to: &buffer)
        case .requestId: buffer.write(x.requestId)
        case .requestTime: buffer.write(x.worker.clock.commonLogTime(x.startedAtEpochMilliseconds / 1000))
        case .requestTimeSeconds: buffer.writeDecimal(x.startedAtEpochMilliseconds / 1000)
        case .responseLatency: buffer.writeDecimal(figures.latencyMicroseconds / 1000)
        case .responseLength: buffer.writeDecimal(figures.responseLength)
        case .dataProcessed: buffer.writeDecimal(figures.responseLength + figures.requestLength)
        case .sourceIp: buffer.write(x.sourceIP)
        case .userAgent:
            if let tester = x.rest.tester { return REST.Tester.write(tester.userAgent, to: &buffer) }
            if let client = x.socket.client {
                guard let agent = client.userAgent else { return false }
                buffer.write(agent)
                return true
            }
            guard let agent = x.connection?.head.first(.userAgent) else { return false }
            x.writeRequestBytes(agent, to: &buffer)
        case .identityAccessKey: return x.writeIdentity(x.caller?.accessKeyId, x.rest.tester?.accessKey, to: &buffer)
        case .identityAccountId: return x.writeIdentity(x.caller?.account, stage.account.accountId, to: &buffer)
        case .identityCaller: return x.writeIdentity(x.caller?.userId, stage.account.accountId, to: &buffer)
        case .identityUserArn: return x.writeIdentity(x.caller?.arn, x.rest.tester?.userArn, to: &buffer)
        case .authenticateError: return x.rest.authenticate.writeError(x, to: &buffer)
        case .authenticateLatency: return x.rest.authenticate.writeLatency(to: &buffer)
        case .authenticateStatus: return x.rest.authenticate.writeStatus(to: &buffer)
        case .authorizeError: return x.rest.authorize.writeError(x, to: &buffer)
        case .authorizeLatency: return x.rest.authorize.writeLatency(to: &buffer)
        case .authorizeStatus: return x.rest.authorize.writeStatus(to: &buffer)
        case .errorMessage:
            guard let refusal = x.refusal, !refusal.message.isEmpty else { return false }
            buffer.write(refusal.message)
        case .errorMessageString:
            guard let refusal = x.refusal else { return false }
            // Seen in access logs of live APIs.
            if refusal.isAfterStart { buffer.write(" ") }
            if refusal.message.isEmpty { buffer.write("null") } else { buffer.writeJSONString(refusal.message) }
        case .errorResponseType:
            guard let refusal = x.refusal else { return false }
            buffer.write(refusal.type)
        case .authorizerError:
            guard let error = x.authorizerError else { return false }
            buffer.writeString(error)
        case .authorizerLatency:
            guard let call = x.authorizerCall, let took = call.milliseconds else { return false }
            buffer.writeDecimal(took)
        case .authorizerStatus:
            guard let call = x.authorizerCall, call.status > 0 else { return false }
            buffer.writeDecimal(call.status)
        case .authorizerRequestId:
            guard let call = x.authorizerCall else { return false }
            buffer.writeString(call.requestId)
        case .restRequestId: x.writeRESTRequestId(to: &buffer)
        case .traceId:
            guard !x.rest.traceId.isEmpty else { return false }
            buffer.write(x.rest.traceId)
        case .stagePath: x.writeRequestBytes(x.fullPath, to: &buffer)
        case .resourceId:
            guard let method = x.route?.method else { return false }
            buffer.write(method.resourceId)
        case .resourcePath:
            guard let route = x.route else { return false }
            buffer.write(route.resourcePath)
        case .deploymentId:
            guard let deployment = x.rest.deployment else { return false }
            buffer.write(deployment.id)
        case .requestTimeMilliseconds: buffer.writeDecimal(x.startedAtEpochMilliseconds)
        case .isCanary:
            guard let isCanary = x.rest.isCanary else { return false }
            buffer.write(isCanary ? "true" : "false")
        case .domainPrefix:
            buffer.writeString(x.rest.tester == nil ? stage.key.apiId : REST.Tester.domainPrefix)
        // EDGE and REGIONAL are served alike.
        case .endpointType: buffer.write("REGIONAL")
        case .apiKey:
            if x.rest.tester != nil { return REST.Tester.write(REST.Tester.apiKey, to: &buffer) }
            guard let key = x.rest.key else { return false }
            buffer.write(key.value)
        case .apiKeyId:
            if x.rest.tester != nil { return REST.Tester.write(REST.Tester.apiKeyId, to: &buffer) }
            guard let key = x.rest.key else { return false }
            buffer.write(key.id)
        case .responseTransferMode:
            guard let method = x.route?.method else { return false }
            buffer.write(method.isStreamed ? "STREAMED" : "BUFFERED")
        case .timeToAllHeaders:
            guard let time = x.rest.headersTook else { return false }
            buffer.writeDecimal(time)
        case .timeToFirstContent:
            guard let time = x.rest.firstContentTook else { return false }
            buffer.writeDecimal(time)
        case .validationError:
            guard let text = x.rest.validationError else { return false }
            text.withUnsafeBytes { buffer.writeJSONText($0) }
        case .connectionId:
            guard let id = x.socket.client?.id.text ?? x.socket.callback?.id?.text else { return false }
            buffer.write(id)
        case .connectedAt:
            guard let client = x.socket.client else { return false }
            buffer.writeDecimal(client.connectedAt)
        case .eventType:
            guard let event = x.socket.event else { return false }
            buffer.write(event.name)
        case .messageId:
            guard x.socket.event == .message else { return false }
            buffer.write(x.messageId)
        // Of what is sent to clients: OUT (unconfirmed).
        case .messageDirection: buffer.write(x.socket.event == .callback ? "OUT" : "IN")
        case .disconnectStatusCode:
            guard let closure = x.socket.closure else { return false }
            buffer.writeDecimal(Int(closure.code.rawValue))
        case .disconnectReason:
            guard let closure = x.socket.closure else { return false }
            buffer.writeString(closure.reason)
        case .integrationError:
            guard let message = x.integrationError else { return false }
            buffer.writeString(message)
        case .integrationLatency:
            guard let latency = figures.integrationMilliseconds else { return false }
            buffer.writeDecimal(latency)
        case .integrationRequestId:
            guard let id = x.endpointRequestId else { return false }
            buffer.writeString(id)
        case .integrationStatus:
            guard x.integrationStatus > 0 else { return false }
            buffer.writeDecimal(x.integrationStatus)
        case .integrationServiceStatus:
            guard x.integrationServiceStatus > 0 else { return false }
            buffer.writeDecimal(x.integrationServiceStatus)
        }
        return true
    }
}
