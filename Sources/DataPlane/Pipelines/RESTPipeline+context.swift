/// The `$context` variables of REST APIs that have a value here, by name (api-gateway-variables-for-access-logging,
/// api-gateway-mapping-template-reference).
extension RESTPipeline {
    /// What `$context.NAME` stands for.
    static func context(_ name: some StringProtocol) -> ContextReference? {
        ContextReference(name, contextVariables)
    }

    static let contextVariables = ContextVariable.shared([
        "accountId": .accountId,
        "authenticate.error": .authenticateError,
        "authenticate.latency": .authenticateLatency,
        "authenticate.status": .authenticateStatus,
        "authorize.error": .authorizeError,
        "authorize.latency": .authorizeLatency,
        "authorize.status": .authorizeStatus,
        "awsEndpointRequestId": .integrationRequestId,
        "deploymentId": .deploymentId,
        "domainPrefix": .domainPrefix,
        "endpointType": .endpointType,
        "error.validationErrorString": .validationError,
        "httpMethod": .httpMethod,
        "identity.accessKey": .identityAccessKey,
        "identity.apiKey": .apiKey,
        "identity.apiKeyId": .apiKeyId,
        "integration.responseTransferMode": .responseTransferMode,
        "integration.timeToAllHeaders": .timeToAllHeaders,
        "integration.timeToFirstContent": .timeToFirstContent,
        "integrationStatus": .integrationServiceStatus,
        "isCanaryRequest": .isCanary,
        "path": .stagePath,
        "protocol": .protocol,
        "requestId": .restRequestId,
        "requestTimeEpoch": .requestTimeMilliseconds,
        "resourceId": .resourceId,
        "resourcePath": .resourcePath,
        "responseLatency": .responseLatency,
        "responseLength": .responseLength,
        "xrayTraceId": .traceId,
    ])
}
