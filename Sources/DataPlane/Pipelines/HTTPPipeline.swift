import GatewayModel
import HTTPFront

/// The way of an HTTP API's request, in order. Read this file first.
///
/// A step that has to wait says so and resumes the exchange later; the parts between are plain functions on the
/// connection's loop. The order of AWS's own steps is not documented as a whole.
enum HTTPPipeline {
    /// The steps, first to last. Each has its place for a reason.
    enum Step: UInt8, CaseIterable {
        /// A disabled endpoint is as if it were not there, so nothing else may tell of it.
        case endpoint
        /// Also a preflight's head has its limit; that no route matches comes before.
        case route
        case headSize
        /// Before authorization: a browser sends no credentials with a preflight.
        case preflight
        /// A preflight takes no token. Before authorization, which may have to ask somebody (AWS's order is unconfirmed).
        case throttle
        /// Before anything is spent on the request: its body is held meanwhile.
        case authorize
        /// A signature is checked with the body that it covers, before anything else is done with it.
        case signature
        /// Whether the integration can be called at all. Before the body: a refused client uploads nothing.
        case target
        /// Whole, for integrations that read it; else it follows the head as it comes.
        case body
        /// Waits for the integration and answers with what it says.
        case call
    }

    /// Takes the step.
    @inline(__always)
    static func take(_ step: Step, _ x: Exchange) throws(Refusal) -> StepResult {
        switch step {
        case .endpoint: try Routing.admit(x)
        case .route: try Routing.match(x)
        case .headSize: try Routing.checkHead(x)
        case .preflight: return Preflight.answer(x)
        case .throttle: try throttle(x)
        case .authorize: return try x.route?.authorizer?.decide(x) ?? .next
        case .signature: if x.signature != nil { try SignatureCheck.finish(x) }
        case .target: try checkTarget(x)
        case .body: return try takeBody(x)
        case .call: return try call(x)
        }
        return .next
    }

    private static func throttle(_ x: Exchange) throws(Refusal) {
        if let bucket = x.route?.bucket, !bucket.take(x.startedAt) {
            x.reason =
                bucket.isClosed
                ? "lets nothing pass: its stage sets a throttling limit of 0"
                : "was called beyond the throttling of its stage (\(bucket.limits))"
            throw .throttled
        }
        try AccountLimit.take(x)
    }

    private static func checkTarget(_ x: Exchange) throws(Refusal) {
        switch x.route?.integration {
        case .function(let integration): try FunctionProxy.check(x, integration)
        case .http(let integration) where !integration.mapsPathFromBody: try HTTPProxy.check(x, integration)
        case .http: break
        case .invalid(let reason):
            x.reason = reason
            x.integrationError = reason
            throw .internalError
        case .tables, .mock, .missing, nil:
            x.reason = "has no integration"
            throw .internalError
        }
    }

    private static func takeBody(_ x: Exchange) throws(Refusal) -> StepResult {
        switch x.route?.integration {
        // A longer one makes an event that is too long in any case, so it need not be kept.
        case .function: return try x.collectBody(limit: x.worker.options.limits.eventBytes)
        case .http(let integration) where integration.requestMapping?.needsBody == true:
            return try x.collectBody(limit: x.worker.options.limits.heldBytes)
        case .http: try x.streamBody(limit: x.worker.options.limits.streamedBytes)
        case .tables, .mock, .invalid, .missing, nil: break
        }
        return .next
    }

    private static func call(_ x: Exchange) throws(Refusal) -> StepResult {
        switch x.route?.integration {
        case .function(let integration): FunctionProxy.invoke(x, integration)
        case .http(let integration):
            if integration.mapsPathFromBody { try HTTPProxy.check(x, integration) }
            HTTPProxy.connect(x, integration)
        case .tables, .mock, .invalid, .missing, nil: break
        }
        return .wait
    }
}
