import Callers
import GatewayModel
package import HTTPFront
import IAMPolicy
import NIOCore
package import SigV4

/// AWS_IAM: whoever signs a request makes it, and policies say whether he may.
///
/// Key, scope, date and signed fields are looked at before the body is read: who is nobody here uploads nothing. The
/// signature itself needs the body's digest; `SignatureCheck` follows when it is there.
struct SignatureAuthorizer: Authorizer {
    func decide(_ x: Exchange) throws(Refusal) -> StepResult {
        guard let request = x.signableRequest else { throw .forbidden }
        let signature = try PendingSignature(x, request, refusing: SignatureCheck.refusal)
        x.signature = signature
        guard signature.claim.needsBody else { return .next }
        return try x.collectBody(limit: x.worker.options.limits.heldBytes)
    }
}

/// A signature that is still to be checked.
struct PendingSignature {
    let request: SignableRequest
    let claim: SignatureClaim
    let key: CallerDirectory.Key

    /// What the head says of it.
    ///
    /// - Parameter refusing: what a fault means for the request; with the id of the key, once it has been read.
    init(
        _ x: Exchange, _ request: SignableRequest, refusing: (Exchange, SignatureFault, String?) -> Refusal
    ) throws(Refusal) {
        guard let stage = x.stage else { throw .forbidden }
        var keyId: String?
        do throws(SignatureFault) {
            claim = try SignatureClaim(request, for: "execute-api", in: stage.account.region, now: x.startTime)
            keyId = claim.accessKeyId
            key = try x.worker.snapshot.callers.key(claim.accessKeyId, token: claim.token, now: x.startTime)
        } catch { throw refusing(x, error, keyId) }
        self.request = request
    }

    /// Who has signed the request, whose body is here; whether he may is another question.
    func verify(_ x: Exchange, refusing: (Exchange, SignatureFault, String?) -> Refusal) throws(Refusal) -> Caller {
        let digest =
            x.body.map { body in Array(body.withUnsafeReadableBytes(RequestSigner.digest).utf8) }
            ?? SignatureClaim.emptyDigest
        do throws(SignatureFault) {
            try claim.verify(request, body: digest, with: x.worker.signingKeys.key(of: claim, key))
        } catch { throw refusing(x, error, claim.accessKeyId) }
        return key.caller
    }
}

extension Refusal {
    init(_ kind: SignatureFault.Kind) {
        self =
            switch kind {
            case .missing: .missingToken
            case .incomplete: .incompleteSignature
            case .invalid: .invalidSignature
            case .unknownKey: .unknownKey
            case .expiredToken: .expiredToken
            }
    }
}

/// The step behind authorization: the signature, and what the caller may do.
enum SignatureCheck {
    static func finish(_ x: Exchange) throws(Refusal) {
        guard let pending = x.signature else { return }
        x.signature = nil
        let caller = try pending.verify(x, refusing: refusal)
        x.caller = caller
        if x.apiKind == .rest { x.rest.authenticate = .passed }
        try check(x, caller)
    }

    private static func check(_ x: Exchange, _ caller: Caller) throws(Refusal) {
        let policy = x.rest.deployment?.policy
        let request = try MethodARN.request(x, by: caller.principal)
        let decision = caller.decision(request, resourcePolicy: policy) { PolicyValues.of($0, x, caller) }
        if x.apiKind == .rest { x.rest.authorize = decision == .allowed ? .passed : .refused }
        guard decision != .allowed else { return }
        x.tellNotAuthorized(caller.arn, decision, by: caller.denial(of: request) { PolicyValues.of($0, x, caller) })
        if decision == .explicitlyDenied(by: .resource), let policy {
            let verdict = policy.verdict(for: request) { PolicyValues.of($0, x, caller) }
            x.reason = ResourcePolicy.explanation(policy, verdict, String(decoding: x.worker.methodARN, as: UTF8.self))
        }
        throw .callerDenied
    }

    /// - Parameter keyId: of the key that the request names, once it has been read.
    static func refusal(_ x: Exchange, _ fault: SignatureFault, _ keyId: String?) -> Refusal {
        let key = keyId.map { " (key \($0))" } ?? ""
        x.reason = "is open to callers known by IAM only: \(fault.message.prefix { $0 != "\n" })\(key)"
        // HTTP APIs tell nobody why.
        guard x.rest.deployment != nil else { return .callerDenied }
        x.rest.authenticate = .refused
        if fault.kind == .missing, let foreign = ForeignAuthorization.refusal(x) { return foreign }
        x.rest.message = Array(fault.message.utf8)
        return Refusal(fault.kind)
    }
}

extension Exchange {
    var startTime: Timestamp { Timestamp(milliseconds: Int64(startedAtEpochMilliseconds)) }

    /// The words of a refusal of what `LoopWorker.methodARN` names. Seen of live APIs: the first digits of the account
    /// are not told. What follows the ARN: AWS's words since 2025.
    ///
    /// - Parameter statement: the one that denies, for the operator.
    func tellNotAuthorized(_ who: String, _ decision: AccessDecision, by statement: String? = nil) {
        let resource = String(decoding: worker.methodARN, as: UTF8.self)
        let account = stage?.account.accountId ?? ""
        let masked = resource.replacing(
            ":\(account):", with: ":\(String(repeating: "*", count: 8))\(account.suffix(4)):", maxReplacements: 1)
        if rest.deployment != nil {
            rest.message = Array(
                ("User: \(who) is not authorized to perform: execute-api:Invoke on resource: \(masked)"
                    + decision.reason("execute-api:Invoke")).utf8)
        }
        reason = "refuses \(who), who \(decision.explanation(by: statement)) (execute-api:Invoke on \(resource))"
    }

    var signableRequest: SignableRequest? { connection.map { SignableRequest($0.head) } }
}

extension SignableRequest {
    /// Copied: the body may come later, and the head's bytes may be others by then.
    package init(_ head: RequestHead) {
        var bytes = head.withBytes { Array($0) }
        let fields = head.fields.map { Field(name: $0.name.range, value: $0.value.range) }
        for field in fields {
            for position in field.name where (0x41...0x5A).contains(bytes[position]) { bytes[position] |= 0x20 }
        }
        self.init(
            bytes: bytes, method: head.methodRange.range, path: head.path.range, query: head.query.range,
            fields: fields)
    }
}

extension AccessDecision {
    /// For the operator.
    ///
    /// - Parameter statement: the one that denies.
    func explanation(by statement: String?) -> String {
        switch self {
        case .allowed: "is allowed to"
        case .explicitlyDenied(let source): "is denied it by \(statement ?? "a statement") of the \(source) policies"
        case .notAllowed(let missing): "is not allowed to by any statement of the \(missing) policies"
        }
    }
}

/// Keys of the day, made once per loop, access key and secret: making one costs four rounds of HMAC.
struct LoopSigningKeys {
    private struct Entry {
        let secret: String
        let day: String
        let key: SigningKey
    }

    /// Access keys of which the key is kept; some 300 bytes each.
    private static let limit = 10_000

    private var entries: [String: Entry] = [:]

    mutating func key(of claim: SignatureClaim, _ key: CallerDirectory.Key) -> SigningKey {
        if let known = entries[claim.accessKeyId], known.day == claim.day, known.secret == key.secret {
            return known.key
        }
        let made = claim.key(secret: key.secret)
        // All of them change with the day anyway.
        if entries.count >= Self.limit { entries.removeAll(keepingCapacity: true) }
        entries[claim.accessKeyId] = Entry(secret: key.secret, day: claim.day, key: made)
        return made
    }
}
