import Callers
import GatewayModel
import HTTPFront
import IAMPolicy

/// A function that is called with somebody's credentials, the caller's or a role's: what the function's own policy says
/// of API Gateway is not asked, but they have to let it be called.
enum InvokePermission {
    /// - Parameter function: its ARN, with the qualifier.
    static func checkCaller(_ x: Exchange, _ function: String) throws(Refusal) {
        // Who tests a method is the account itself, which may call all of its functions.
        if x.rest.tester != nil { return }
        guard let caller = x.caller else {
            // AWS's answer is unknown; that of a caller who may not is known.
            x.reason =
                "calls its function with the credentials of its caller, of whom it does not ask for any: its "
                + "authorization is not AWS_IAM"
            throw refuse(x)
        }
        guard let denial = denial(of: caller, function, x) else { return }
        x.reason = "calls its function with the credentials of its caller: \(denial)"
        throw refuse(x)
    }

    /// - Parameter role: its ARN.
    static func check(_ x: Exchange, _ function: String, as role: String) throws(Refusal) {
        guard let caller = try IntegrationRole.assume(role, x), let denial = denial(of: caller, function, x) else {
            return
        }
        x.reason = "calls its function with the credentials of a role: \(denial)"
        throw refuse(x)
    }

    /// Why somebody may not call a function, for the operator; nil when he may.
    static func denial(of caller: Caller, _ function: String, _ x: Exchange) -> String? {
        let call = GatewayCall(now: x.startTime, region: x.stage?.account.region ?? "")
        let request = PolicyRequest(action: "lambda:InvokeFunction", resource: function, principal: caller.principal)
        let decision = caller.decision(request) { call.value($0, of: caller) }
        guard decision != .allowed else { return nil }
        let statement = caller.denial(of: request) { call.value($0, of: caller) }
        return "\(caller.arn) \(decision.explanation(by: statement)) (lambda:InvokeFunction on \(function))"
    }

    /// Seen in an access log of a live REST API: 500, and the sentence of a function that may not be called.
    private static func refuse(_ x: Exchange) -> Refusal {
        FunctionProxy.tellNotPermitted(x)
        return .internalError
    }
}

/// The role that an integration is called as.
enum IntegrationRole {
    /// nil: it is not here, and nothing is known of what it may do.
    static func assume(_ role: String, _ x: Exchange) throws(Refusal) -> Caller? {
        switch x.worker.snapshot.callers.gatewayRole(role, now: x.startTime) {
        case .assumed(let caller): return caller
        case .madeUp: return nil
        case .refused(let why):
            x.reason = "has an integration with the role \(role), which API Gateway cannot assume: \(why)"
            FunctionProxy.tellNotPermitted(
                x, ExecutionFailure.configuration + ExecutionFailure.unassumable(role))
            throw .internalError
        }
    }
}
