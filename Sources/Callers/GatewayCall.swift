package import GatewayModel
package import IAMPolicy

/// A call that API Gateway makes with somebody's credentials, for the condition keys of policies: from where it does, and by
/// what, nobody here knows.
package struct GatewayCall: Sendable {
    private let now: Timestamp
    private let region: String

    package init(now: Timestamp, region: String) {
        self.now = now
        self.region = region
    }

    package func value(_ key: ConditionKey, of caller: Caller) -> ConditionValues {
        if let value = caller.value(key) { return value }
        return switch key.name {
        case "aws:currenttime": .values([now.iso8601])
        case "aws:epochtime": .values([String(now.seconds)])
        case "aws:securetransport": .values(["true"])
        case "aws:requestedregion": .values([region])
        case "aws:principalorgid", "aws:principalorgpaths": .absent
        default: .unknown
        }
    }
}

/// What becomes of a role that API Gateway is to call something as.
package enum GatewayRole: Sendable {
    case assumed(Caller)
    /// It is not here, and need not be: nothing is known of what it may do.
    case madeUp
    /// Why it cannot be assumed, for the operator.
    case refused(String)
}
