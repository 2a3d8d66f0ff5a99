import Callers
import GatewayModel
import HTTPFront
import IAMPolicy

/// A function that is called with the caller's credentials: what the function's own policy says of API Gateway is not
/// asked, but the caller has to be let call it.
enum CallerPermission {
    /// - Parameter function: its ARN, with the qualifier.
    static func check(_ x: Exchange, _ function: String) throws(Refusal) {
        // Who tests a method is the account itself, which may call all of its functions.
        if x.rest.tester != nil { return }
        guard let caller = x.caller else {
            // AWS's answer is unknown; that of a caller who may not is known.
            x.reason =
                "calls its function with the credentials of its caller, of whom it does not ask for any: its "
                + "authorization is not AWS_IAM"
            throw refuse(x)
        }
        let request = PolicyRequest(action: "lambda:InvokeFunction", resource: function, principal: caller.principal)
        let decision = caller.decision(request) { values($0, x, caller) }
        guard decision != .allowed else { return }
        let statement = caller.denial(of: request) { values($0, x, caller) }
        x.reason =
            "calls its function with the credentials of its caller: \(caller.arn) \(decision.explanation(by: statement)) "
            + "(lambda:InvokeFunction on \(function))"
        throw refuse(x)
    }

    /// Seen in an access log of a live REST API: 500, and the sentence of a function that may not be called.
    private static func refuse(_ x: Exchange) -> Refusal {
        FunctionProxy.tellNotPermitted(x)
        return .internalError
    }

    /// It is the gateway that asks Lambda: from where it does, and by what, nobody here knows.
    private static func values(_ key: ConditionKey, _ x: Exchange, _ caller: Caller) -> ConditionValues {
        if let value = caller.value(key) { return value }
        return switch key.name {
        case "aws:currenttime", "aws:epochtime", "aws:securetransport", "aws:requestedregion", "aws:principalorgid",
            "aws:principalorgpaths":
            PolicyValues.of(key, x)
        default: .unknown
        }
    }
}
