/// The `$context` variables of HTTP APIs that have a value here, by name (http-api-logging-variables).
extension HTTPPipeline {
    static let contextVariables = ContextVariable.shared([
        "accountId": .accountId,
        "awsEndpointRequestId": .integrationRequestId,
        "dataProcessed": .dataProcessed,
        "domainPrefix": .apiId,
        "httpMethod": .httpMethod,
        "integrationStatus": .integrationServiceStatus,
        "path": .sentPath,
        "protocol": .protocol,
        "requestId": .requestId,
        "requestTimeEpoch": .requestTimeSeconds,
        "responseLatency": .responseLatency,
        "responseLength": .responseLength,
        "routeKey": .routeKey,
    ])
}
