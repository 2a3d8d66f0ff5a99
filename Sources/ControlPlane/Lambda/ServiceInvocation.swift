import GatewayModel
import JSON

/// What becomes of a function that a service calls on its own behalf.
package enum ServiceInvocation: Sendable {
    case answer([UInt8])
    /// The error object.
    case functionError([UInt8])
    /// It was not called: the code of the error that AWS would have got of Lambda.
    case refused(String)
}

extension ControlPlane {
    /// Calls a function for a service, if the function's policy lets it.
    ///
    /// - Parameters:
    ///   - arn: with or without a qualifier.
    ///   - service: the principal, such as `cognito-idp.amazonaws.com`.
    package func invoke(
        _ arn: String, asService service: String, sourceArn: String, payload: [UInt8]
    ) async -> ServiceInvocation {
        guard let named = FunctionName(parsing: arn), let function = world[LambdaFunction.self, named.name],
            named.account ?? settings.account.accountId == settings.account.accountId,
            named.region ?? settings.account.region == settings.account.region,
            function.resolve(named.qualifier) != nil
        else { return .refused("ResourceNotFoundException") }
        let qualifier = named.qualifier == Qualifier.latest ? nil : named.qualifier
        let policy = function.policies[qualifier ?? ""]?.policy
        guard
            policy?.allowsInvoke(
                byService: service, sourceArn: sourceArn, sourceAccount: settings.account.accountId) == true
        else { return .refused("AccessDeniedException") }
        let invocation = Lambda.Invocation(functionName: named.name, qualifier: qualifier, payload: payload)
        switch await functionHost.invoke(invocation) {
        case .success(let payload, _, _): return .answer(payload)
        case .functionError(let payload, _, _): return .functionError(payload)
        case .throttled: return .refused("TooManyRequestsException")
        case .accepted, .notFound: return .refused("ResourceNotFoundException")
        }
    }
}
