import GatewayModel

/// AWS STS over the query protocol (2011-06-15), as far as it is served: Terraform, the CDK and SAM ask first of all whose
/// account they work in.
enum SecurityTokenService {
    static let service = FormService(
        name: "sts", namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
        operations: ["GetCallerIdentity": callerIdentity],
        // Source: botocore's model.
        refused: [
            "AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot", "DecodeAuthorizationMessage",
            "GetAccessKeyInfo", "GetDelegatedAccessToken", "GetFederationToken", "GetSessionToken",
            "GetWebIdentityToken",
        ])

    private static func callerIdentity(
        _ control: ControlPlane, _ call: FormCall
    ) async throws(ServiceError) -> XMLMembers? {
        let account = call.account
        return XMLMembers { result in
            result.add("Arn", "arn:\(account.partition):iam::\(account.accountId):root")
            result.add("UserId", account.accountId)
            result.add("Account", account.accountId)
        }
    }
}
