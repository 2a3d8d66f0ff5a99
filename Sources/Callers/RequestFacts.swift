package import GatewayModel
package import IAMPolicy

/// What a management request has for condition keys. Source: IAM User Guide, reference_policies_condition-keys.
package struct RequestFacts: Sendable {
    package let sourceAddress: String
    package let userAgent: String?
    package let referer: String?
    package let isSecure: Bool
    package let region: String
    /// Whose all resources are.
    package let account: String
    package let now: Timestamp

    package init(
        sourceAddress: String, userAgent: String?, referer: String?, isSecure: Bool, region: String, account: String,
        now: Timestamp
    ) {
        self.sourceAddress = sourceAddress
        self.userAgent = userAgent
        self.referer = referer
        self.isSecure = isSecure
        self.region = region
        self.account = account
        self.now = now
    }

    /// What AWS would have and is not known here never counts as absent.
    package func value(_ key: ConditionKey, of caller: Caller?) -> ConditionValues {
        if let value = caller?.value(key) { return value }
        switch key.name {
        case "aws:sourceip": return .values([sourceAddress])
        case "aws:useragent": return userAgent.map { .values([$0]) } ?? .absent
        case "aws:referer": return referer.map { .values([$0]) } ?? .absent
        case "aws:securetransport": return .values([isSecure ? "true" : "false"])
        case "aws:currenttime": return .values([now.iso8601])
        case "aws:epochtime": return .values([String(now.seconds)])
        case "aws:requestedregion": return .values([region])
        case "aws:resourceaccount", "s3:resourceaccount": return .values([account])
        case "aws:viaawsservice": return .values(["false"])
        // There is no organization, no network to come from, and no service that passes a call on.
        case "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:sourcearn", "aws:sourceaccount",
            "aws:principalorgid", "aws:principalorgpaths", "aws:resourceorgid", "aws:resourceorgpaths", "aws:calledvia",
            "aws:calledviafirst", "aws:calledvialast",
            "aws:sourceidentity", "aws:federatedprovider":
            return .absent
        default: return .unknown
        }
    }
}
