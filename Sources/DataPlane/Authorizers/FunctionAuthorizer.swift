import BoundedRegex
import Callers
import GatewayModel
import HTTPFront
import IAMPolicy
import NIOCore
import Synchronization

/// A function that says who may call.
///
/// What it has said of an identity stands for the time that its owner has set; a policy is asked for every request all
/// the same, since it may allow one thing and deny another.
final class FunctionAuthorizer: Authorizer {
    let gate: FunctionGate
    let function: AuthorizerFunction

    init(_ gate: FunctionGate, _ function: AuthorizerFunction) {
        self.gate = gate
        self.function = function
    }

    func isSame(as other: FunctionAuthorizer) -> Bool {
        gate === other.gate && function.credentials == other.function.credentials
            && function.function.isSame(as: other.function.function)
    }

    func decide(_ x: Exchange) throws(Refusal) -> StepResult {
        let worker = x.worker
        try ResourcePolicy.screen(x)
        try MethodARN.write(x)
        worker.identity.removeAll()
        if gate.needsIdentity { try identify(x) }
        AuthorizerLog.begin(x, gate)
        let epoch = x.stage?.state.authorizerEpoch.load(ordering: .relaxed) ?? 0
        if gate.keeps {
            let known = worker.authorizers.find(gate, worker.identity.bytes, epoch: epoch, now: x.startedAt)
            if let known {
                try gate.admit(x, known)
                return .next
            }
        }
        try validate(x)
        let target = try function.target(x, gate)
        if gate.keeps, let call = worker.authorizers.call(gate, worker.identity.bytes, epoch: epoch) {
            call.wait(x)
            return .wait
        }
        // A copy of its own size: the loop's buffer is as large as the longest identity that it has seen.
        let identity = worker.identity.bytes.withUnsafeBufferPointer { Array($0) }
        let key = LoopAuthorizers.Key(gate: gate, identity: identity, epoch: epoch)
        let call = AuthorizerCall(key, function, worker)
        call.wait(x)
        if gate.keeps { worker.authorizers.begin(call) }
        let (event, traceId) = AuthorizerEvent.make(x, key)
        AuthorizerLog.request(x, function, traceId, event)
        call.begin(target, event, traceId: traceId)
        return .wait
    }

    /// Reads the request's identity. Who shows none is refused, and nobody is asked.
    private func identify(_ x: Exchange) throws(Refusal) {
        for (position, place) in gate.places.enumerated() where !place.read(x) {
            x.reason =
                "was called without \(gate.definition.sources[position]), by which its \(gate.name) knows a caller"
            AuthorizerLog.begin(x, gate)
            throw .unauthorized
        }
    }

    /// A token that does not match its expression is refused, and nobody is asked. One that is known has matched.
    private func validate(_ x: Exchange) throws(Refusal) {
        guard let validation = gate.validation, let token = AuthorizerIdentity.values(x.worker.identity.bytes).first
        else { return }
        guard case .pattern(let pattern) = validation, let matches = try? pattern.matchesWhole(Array(token)) else {
            throw function.refusal(
                x, gate,
                .malformed("has an identity validation expression that cannot be matched", log: "Authorizer error"))
        }
        guard matches else {
            x.reason = "was sent a token that does not match the expression of its \(gate.name): \(pattern.text)"
            throw .unauthorized
        }
    }
}

extension FunctionGate {
    /// Lets the request pass if the decision says so. The ARN of what is asked for is at hand (`LoopWorker.methodARN`).
    func admit(_ x: Exchange, _ decision: AuthorizerDecision) throws(Refusal) {
        // Also for whoever is refused: gateway responses and logs may tell what the authorizer has said.
        x.decision = decision
        switch decision.verdict {
        case .simple(let isAuthorized):
            guard isAuthorized else {
                x.reason = "is not allowed by its \(name): isAuthorized is false"
                throw .accessDenied
            }
        case .policy(let policy): try ask(policy, x, decision)
        }
        AuthorizerLog.passed(x)
    }

    private func ask(_ policy: KeptPolicy, _ x: Exchange, _ decision: AuthorizerDecision) throws(Refusal) {
        AuthorizerLog.policy(x, decision)
        switch policy.document.verdict(
            for: try MethodARN.request(x, by: .anonymous), values: { PolicyValues.of($0, x) })
        {
        case .allow: return
        case .deny(let statement):
            x.reason =
                "is denied by the policy of its \(name): \(policy.document.name(ofStatement: statement)) denies "
                + text(x.worker.methodARN)
            if form.isREST { x.rest.message = Self.explicitDeny }
        case .silent where x.rest.isAllowedByPolicy: return
        case .silent:
            x.reason = "is not allowed by the policy of its \(name): no statement allows \(text(x.worker.methodARN))"
        }
        throw form.isREST ? .policyDenied : .accessDenied
    }

    /// AWS's words since 2025.
    private static let explicitDeny = Array(
        "User is not authorized to access this resource with an explicit deny in an identity-based policy".utf8)

    private func text(_ arn: [UInt8]) -> String { String(decoding: arn, as: UTF8.self) }
}

/// The function of an authorizer, and whether it may be called for it.
struct AuthorizerFunction: Sendable {
    let function: ResolvedFunction
    /// As the authorizer writes it, with its stage variables filled in.
    let uri: String
    /// Whom the function's policy is asked about.
    let source: String
    /// With those of a role the function's policy is not asked.
    let credentials: CallCredentials
    private let arn: String
    private let isPermitted: Bool

    init(
        _ function: ResolvedFunction, uri: String, credentials: CallCredentials, authorizerId: String, key: StageKey,
        account: AccountIdentity
    ) {
        self.function = function
        self.uri = uri
        self.credentials = credentials
        arn = account.functionARN(function.name)
        source = account.executeAPIARN("\(key.apiId)/authorizers/\(authorizerId)")
        isPermitted =
            function.target?.policy.allowsInvoke(
                byService: "apigateway.amazonaws.com", sourceArn: source, sourceAccount: account.accountId) ?? false
    }

    func target(_ x: Exchange, _ gate: FunctionGate) throws(Refusal) -> any FunctionTarget {
        guard let target = function.target else {
            throw refusal(
                x, gate, .malformed("does not exist", log: "Invalid permissions on Lambda function"))
        }
        do throws(AuthorizerFault) { try checkPermission(x) } catch { throw refusal(x, gate, error) }
        return target
    }

    private func checkPermission(_ x: Exchange) throws(AuthorizerFault) {
        let log = "Invalid permissions on Lambda function"
        switch credentials {
        case .own:
            guard !isPermitted else { return }
            throw .malformed(
                "may not be called for it; this lets it: aws lambda add-permission --function-name \(function.name) "
                    + "--statement-id \(Identifiers.part(6)) --action lambda:InvokeFunction "
                    + "--principal apigateway.amazonaws.com --source-arn '\(source)'",
                log: log)
        // Nobody is known yet.
        case .callers:
            throw .malformed("is to be called with the credentials of callers, as only integrations are", log: log)
        case .role(let role):
            switch x.worker.snapshot.callers.gatewayRole(role, now: x.startTime) {
            case .madeUp: return
            case .assumed(let caller):
                guard let denial = InvokePermission.denial(of: caller, arn, x) else { return }
                throw .malformed("is called with the credentials of a role: \(denial)", log: log)
            case .refused(let why):
                throw .malformed(
                    "is to be called with the role \(role), which API Gateway cannot assume: \(why)",
                    log: ExecutionFailure.unassumable(role))
            }
        }
    }

    /// What a fault of the function's means for the request.
    func refusal(_ x: Exchange, _ gate: FunctionGate, _ fault: AuthorizerFault) -> Refusal {
        switch fault {
        case .unauthorized:
            x.reason = "is refused by its \(gate.name): the function \(function.name) says Unauthorized"
            return .unauthorized
        case .failed(let error):
            x.reason = "has the \(gate.name), whose function \(function.name) failed: \(error)"
            x.authorizerError = "The authorizer's function failed"
            x.rest.log?.failure = [
                ExecutionFailure.configuration + "Authorizer error", "AuthorizerConfigurationException",
            ]
            return .authorizerFailed
        case .malformed(let what, let log):
            x.reason = "has the \(gate.name), whose function \(function.name) \(what)"
            x.authorizerError = log
            x.rest.log?.failure = [ExecutionFailure.configuration + log, "AuthorizerConfigurationException"]
            return .authorizerMisconfigured
        }
    }
}
