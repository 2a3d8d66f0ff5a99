import GatewayModel
import HTTPFront
import NIOCore

/// A `$context` variable of HTTP APIs (http-api-logging-variables). One that has no value here is `unset`.
enum ContextVariable: String, Sendable, CaseIterable {
    case accountId, apiId, stage, routeKey, path, httpMethod
    case `protocol`
    case status, domainName, domainPrefix, requestId, extendedRequestId, requestTime, requestTimeEpoch
    case responseLatency, responseLength, dataProcessed
    case sourceIp = "identity.sourceIp"
    case userAgent = "identity.userAgent"
    case errorMessage = "error.message"
    case errorMessageString = "error.messageString"
    case errorResponseType = "error.responseType"
    case integrationError = "integration.error"
    case integrationErrorMessage
    case integrationLatency = "integration.latency"
    case integrationLatencyShort = "integrationLatency"
    case integrationRequestId = "integration.requestId"
    case awsEndpointRequestId
    case integrationStatus = "integration.status"
    case integrationServiceStatus = "integration.integrationStatus"
    case integrationStatusShort = "integrationStatus"
    case unset = ""

    init(_ name: String) { self = ContextVariable(rawValue: name) ?? .unset }

    /// Whether the value is made of letters, digits and marks by the gateway itself, so that no line, quoted string or
    /// JSON text can be broken by it. What is not listed here is escaped where it is logged.
    var isSafe: Bool {
        switch self {
        case .accountId, .apiId, .stage, .protocol, .status, .domainPrefix, .requestId, .extendedRequestId,
            .requestTime, .requestTimeEpoch, .responseLatency, .responseLength, .dataProcessed, .sourceIp,
            .errorMessage, .errorMessageString, .errorResponseType, .integrationLatency, .integrationLatencyShort,
            .integrationStatus, .integrationServiceStatus, .integrationStatusShort:
            true
        default: false
        }
    }
}

extension ContextVariable {
    /// Appends the variable's value; false when it has none.
    func write(_ x: Exchange, to buffer: inout ByteBuffer) -> Bool {
        guard let stage = x.stage else { return false }
        switch self {
        case .accountId: buffer.writeString(stage.account.accountId)
        case .apiId: buffer.writeString(stage.key.apiId)
        case .stage: buffer.write(stage.name)
        case .routeKey:
            guard let route = x.route else { return false }
            buffer.write(route.keyText)
        case .path: x.writeSentPath(to: &buffer)
        case .httpMethod: x.writeMethod(to: &buffer)
        case .protocol: x.writeProtocol(to: &buffer)
        case .status: buffer.writeDecimal(x.status)
        case .domainName: x.writeDomainName(to: &buffer)
        case .domainPrefix: buffer.writeString(stage.key.apiId)
        case .requestId, .extendedRequestId: buffer.write(x.requestId)
        case .requestTime: buffer.write(x.worker.clock.commonLogTime(x.startedAtEpochMilliseconds / 1000))
        case .requestTimeEpoch: buffer.writeDecimal(x.startedAtEpochMilliseconds / 1000)
        case .responseLatency: buffer.writeDecimal(x.elapsedMilliseconds)
        case .responseLength: buffer.writeDecimal(x.responseLength)
        case .dataProcessed: buffer.writeDecimal(x.responseLength + x.requestLength)
        case .sourceIp: buffer.write(x.sourceIP)
        case .userAgent:
            guard let agent = x.connection?.head.first(.userAgent) else { return false }
            x.writeRequestBytes(agent, to: &buffer)
        case .errorMessage:
            guard let refusal = x.refusal else { return false }
            buffer.write(refusal.message)
        case .errorMessageString:
            guard let refusal = x.refusal else { return false }
            buffer.write("\"")
            buffer.write(refusal.message)
            buffer.write("\"")
        case .errorResponseType:
            guard let refusal = x.refusal else { return false }
            buffer.write(refusal.type)
        case .integrationError, .integrationErrorMessage:
            guard let message = x.integrationError else { return false }
            buffer.writeString(message)
        case .integrationLatency, .integrationLatencyShort:
            guard let latency = x.integrationMilliseconds else { return false }
            buffer.writeDecimal(latency)
        case .integrationRequestId, .awsEndpointRequestId:
            guard let id = x.endpointRequestId else { return false }
            buffer.writeString(id)
        case .integrationStatus:
            guard x.integrationStatus > 0 else { return false }
            buffer.writeDecimal(x.integrationStatus)
        case .integrationServiceStatus, .integrationStatusShort:
            guard x.integrationServiceStatus > 0 else { return false }
            buffer.writeDecimal(x.integrationServiceStatus)
        case .unset: return false
        }
        return true
    }
}
