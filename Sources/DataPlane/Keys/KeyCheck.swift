import GatewayModel
import HTTPFront

/// Whether a call's API key lets it in, and the limits of the key's usage plan.
enum KeyCheck {
    /// Finds the key and its plan. Missing, unknown, disabled and foreign keys are told apart only to the operator.
    static func find(_ x: Exchange) throws(Refusal) {
        guard let stage = x.stage, let head = x.connection?.head else { return }
        let directory = x.worker.snapshot.keys
        let found: CompiledKey?
        if x.rest.deployment?.takesKeyFromAuthorizer ?? stage.webSocket?.takesKeyFromAuthorizer == true {
            guard let given = x.decision?.usageKey else {
                x.reason = "takes its API key from an authorizer, and none has given one"
                throw .invalidKey
            }
            found = given.withUnsafeBytes(directory.key)
        } else {
            guard let sent = head.first(.apiKey) else {
                x.reason = "asks for an API key, and the request has no x-api-key"
                throw .invalidKey
            }
            found = head.withBytes { directory.key(UnsafeRawBufferPointer(rebasing: $0[sent.range])) }
        }
        guard let key = found else {
            x.reason = "was sent an API key that is not known"
            throw .invalidKey
        }
        guard key.definition.isEnabled else {
            x.reason = "was sent the API key \(key.definition.id), which is disabled"
            throw .invalidKey
        }
        guard let grant = key.grant(for: stage.key) else {
            x.reason = "was sent the API key \(key.definition.id), which is in no usage plan of this stage"
            throw .invalidKey
        }
        x.rest.key = key
        x.rest.grant = grant
    }

    /// A quota that is used up comes first, and nothing is taken then; a call that is throttled does not count in it
    /// (AWS's order is unconfirmed).
    static func throttle(_ x: Exchange) throws(Refusal) {
        guard let grant = x.rest.grant, let stage = x.stage, let route = x.route else { return try limit(x) }
        let day = x.startedAtEpochMilliseconds / (1000 * Int(UsagePeriod.secondsOfDay))
        guard !grant.meter.isExhausted(on: day, grant.plan) else { throw exhausted(x) }
        let (own, whole) = (grant.bucket(stage.key, route.keyText), grant.wholeBucket)
        let passed = own?.take(x.startedAt) == false ? own : whole?.take(x.startedAt) == false ? whole : nil
        if let passed {
            x.rest.log?.failure = [PlanFailure.throttled(x, passed, plan: grant.plan.definition.id)]
            x.reason = "was called beyond the limits of its usage plan \(grant.plan.definition.id) (\(passed.limits))"
            throw .throttled
        }
        try limit(x)
        guard grant.meter.take(on: day, grant.plan) else { throw exhausted(x) }
    }

    private static func exhausted(_ x: Exchange) -> Refusal {
        x.rest.log?.failure = [PlanFailure.exhausted(x)]
        let plan = x.rest.grant?.plan
        x.reason =
            "was called beyond the quota of its usage plan \(plan?.definition.id ?? "") "
            + "(\(plan?.quota.map(String.init) ?? "none") a \(plan?.definition.quota?.period.lowercased() ?? "period"))"
        return .quotaExceeded
    }

    /// The limits of the method, then of the account.
    private static func limit(_ x: Exchange) throws(Refusal) {
        if let bucket = x.rest.bucket, !bucket.take(x.startedAt) {
            x.reason = "was called beyond the throttling of its stage (\(bucket.limits))"
            x.rest.log?.failure = [PlanFailure.throttled(x, bucket, plan: nil)]
            throw .throttled
        }
        try AccountLimit.take(x)
    }
}

/// The limit of the account, over all APIs: off unless the operator sets one.
enum AccountLimit {
    @inline(__always)
    static func take(_ x: Exchange) throws(Refusal) {
        if let bucket = x.worker.options.accountBucket, !bucket.take(x.startedAt) {
            x.reason = "was called beyond the limits of the account (\(bucket.limits))"
            throw .throttled
        }
    }
}
