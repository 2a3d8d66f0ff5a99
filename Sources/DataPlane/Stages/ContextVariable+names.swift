extension ContextVariable {
    /// What a kind of API calls its variables: what all kinds call the same, and `own`, by name.
    static func shared(_ own: [String: ContextVariable]) -> [String: ContextVariable] {
        own.merging(ofAllKinds) { own, _ in own }
    }

    private static let ofAllKinds: [String: ContextVariable] = [
        "apiId": .apiId,
        "authorizer.error": .authorizerError,
        "authorizer.integrationLatency": .authorizerLatency,
        "authorizer.integrationStatus": .authorizerStatus,
        "authorizer.latency": .authorizerLatency,
        "authorizer.requestId": .authorizerRequestId,
        "authorizer.status": .authorizerStatus,
        "domainName": .domainName,
        "error.message": .errorMessage,
        "error.messageString": .errorMessageString,
        "error.responseType": .errorResponseType,
        "extendedRequestId": .requestId,
        "identity.accountId": .identityAccountId,
        "identity.caller": .identityCaller,
        "identity.sourceIp": .sourceIp,
        "identity.user": .identityCaller,
        "identity.userAgent": .userAgent,
        "identity.userArn": .identityUserArn,
        "integration.error": .integrationError,
        "integration.integrationStatus": .integrationServiceStatus,
        "integration.latency": .integrationLatency,
        "integration.requestId": .integrationRequestId,
        "integration.status": .integrationStatus,
        "integrationErrorMessage": .integrationError,
        "integrationLatency": .integrationLatency,
        "requestTime": .requestTime,
        "stage": .stage,
        "status": .status,
    ]
}
