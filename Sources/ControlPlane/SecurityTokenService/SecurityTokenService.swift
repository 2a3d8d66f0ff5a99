import GatewayModel

/// AWS STS over the query protocol (2011-06-15), as far as it is served: Terraform, the CDK and SAM ask first of all whose
/// account they work in.
struct SecurityTokenService: Sendable {
    static let name = "sts"
    static let namespace = "https://sts.amazonaws.com/doc/2011-06-15/"
    static let wire = WireProtocol.query(namespace: namespace)

    let account: AccountIdentity

    /// By their `Action`; each answers the content of its result.
    private static let operations: [String: @Sendable (SecurityTokenService) -> String] = [
        "GetCallerIdentity": { $0.callerIdentity }
    ]

    /// Actions of the service. Source: botocore's model.
    static let actions: Set<String> = [
        "AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot", "DecodeAuthorizationMessage",
        "GetAccessKeyInfo", "GetCallerIdentity", "GetDelegatedAccessToken", "GetFederationToken", "GetSessionToken",
        "GetWebIdentityToken",
    ]

    func respond(to action: String, requestId: String) -> WireResponse {
        guard let operation = Self.operations[action] else {
            return Self.wire.response(
                Self.wire.refusal(
                    "Gatehouse serves GetCallerIdentity only of the service 'sts'; '\(action)' is refused."),
                requestId: requestId)
        }
        return WireProtocol.xml(
            200, requestId,
            """
            <\(action)Response xmlns="\(Self.namespace)">
              <\(action)Result>
            \(operation(self))
              </\(action)Result>
              <ResponseMetadata><RequestId>\(requestId)</RequestId></ResponseMetadata>
            </\(action)Response>
            """)
    }

    private var callerIdentity: String {
        """
            <Arn>arn:\(account.partition):iam::\(account.accountId):root</Arn>
            <UserId>\(account.accountId)</UserId>
            <Account>\(account.accountId)</Account>
        """
    }
}
