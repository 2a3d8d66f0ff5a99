/// Operations that AWS has and Gatehouse has not, with the reason.
enum RefusedOperations {
    static func reason(_ operation: String) -> PoolError? {
        names[operation].map {
            PoolError("UnknownOperationException", "Gatehouse does not serve \($0) (\(operation)).")
        }
    }

    private static let names: [String: String] = {
        let groups: [String: [String]] = [
            "sign-in with other identity providers": [
                "AdminDisableProviderForUser", "AdminLinkProviderForUser", "CreateIdentityProvider",
                "DeleteIdentityProvider", "DescribeIdentityProvider", "GetIdentityProviderByIdentifier",
                "ListIdentityProviders", "UpdateIdentityProvider",
            ],
            "passkeys": [
                "CompleteWebAuthnRegistration", "DeleteWebAuthnCredential", "ListWebAuthnCredentials",
                "StartWebAuthnRegistration",
            ],
            "threat protection": [
                "AdminListUserAuthEvents", "AdminUpdateAuthEventFeedback", "DescribeRiskConfiguration",
                "SetRiskConfiguration", "UpdateAuthEventFeedback",
            ],
            "remembered devices": [
                "AdminForgetDevice", "AdminGetDevice", "AdminListDevices", "AdminUpdateDeviceStatus", "ConfirmDevice",
                "ForgetDevice", "GetDevice", "ListDevices", "UpdateDeviceStatus",
            ],
            "imports of users": [
                "CreateUserImportJob", "DescribeUserImportJob", "GetCSVHeader", "ListUserImportJobs",
                "StartUserImportJob", "StopUserImportJob",
            ],
            "branding and terms of the login page": [
                "CreateManagedLoginBranding", "CreateTerms", "DeleteManagedLoginBranding", "DeleteTerms",
                "DescribeManagedLoginBranding", "DescribeManagedLoginBrandingByClient", "DescribeTerms",
                "DescribeTermsByClient",
                "GetUICustomization", "ListTerms", "SetUICustomization", "UpdateManagedLoginBranding", "UpdateTerms",
            ],
            "certificates and log delivery of user pools": [
                "GetLogDeliveryConfiguration", "GetSigningCertificate", "SetLogDeliveryConfiguration",
            ],
            "several secrets of one client": [
                "AddUserPoolClientSecret", "DeleteUserPoolClientSecret", "ListUserPoolClientSecrets",
            ],
            "lists of sessions": [
                "AdminListUserSessions", "AdminRevokeUserSession", "GetUserPoolClientSessionConfiguration",
                "GetUserPoolSessionConfiguration", "ListUserSessions", "RevokeUserSession",
                "SetUserPoolClientSessionConfiguration", "SetUserPoolSessionConfiguration",
            ],
            "recovery to a point in time": [
                "CancelPointInTimeRecovery", "DescribePointInTimeRecovery", "InitiatePointInTimeRecovery",
                "ListPointInTimeRecoveries", "StartPointInTimeRecovery",
            ],
            "clients that register themselves": [
                "CreateCIMDPolicy", "DeleteCIMDPolicy", "DescribeCIMDPolicy", "ListCIMDPolicies",
                "ListClientMetadataURLs", "UpdateCIMDPolicy", "UpdateClientMetadataURLState",
            ],
            "user pools in several regions": [
                "CreateUserPoolReplica", "DeleteUserPoolReplica", "ListUserPoolReplicas", "UpdateUserPoolReplica",
            ], "quotas that can be bought": ["GetProvisionedLimit", "UpdateProvisionedLimit"],
            "the exchange of tokens": ["GetDerivedToken"],
            "MFA by SMS in its former form": ["AdminSetUserSettings", "SetUserSettings"],
        ]
        var names: [String: String] = [:]
        for (reason, operations) in groups { for operation in operations { names[operation] = reason } }
        return names
    }()
}
