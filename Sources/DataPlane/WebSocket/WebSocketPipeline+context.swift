/// The `$context` variables of WebSocket APIs that have a value here, by name (websocket-api-logging,
/// apigateway-websocket-api-mapping-template-reference).
extension WebSocketPipeline {
    static let contextVariables = ContextVariable.shared([
        "authenticate.error": .authenticateError,
        "authenticate.latency": .authenticateLatency,
        "authenticate.status": .authenticateStatus,
        "authorize.error": .authorizeError,
        "authorize.latency": .authorizeLatency,
        "authorize.status": .authorizeStatus,
        "connectedAt": .connectedAt,
        "connectionId": .connectionId,
        "disconnectReason": .disconnectReason,
        "disconnectStatusCode": .disconnectStatusCode,
        "error.validationErrorString": .validationError,
        "eventType": .eventType,
        "identity.apiKey": .apiKey,
        "identity.apiKeyId": .apiKeyId,
        "messageDirection": .messageDirection,
        "messageId": .messageId,
        "requestId": .requestId,
        "requestTimeEpoch": .requestTimeMilliseconds,
        "routeKey": .routeKey,
    ])
}
