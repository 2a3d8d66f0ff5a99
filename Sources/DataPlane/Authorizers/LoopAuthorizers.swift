import HTTPFront
import IAMPolicy
import JSON
import NIOCore

/// What function authorizers have said, as one loop keeps it, and the calls that their functions are at work on.
///
/// Bounded: what has not been asked for since its turn came last goes first (a clock). Touched on its loop only.
final class LoopAuthorizers {
    /// Of one loop, in bytes: more than 100,000 identities with a short policy, which most of them share.
    static let limit = 160 << 20
    /// What an entry takes beside its values, as measured with 100,000 of them: small blocks that stay leave holes where
    /// larger ones have come and gone.
    private static let entryBytes = 1_152
    /// In making room for one decision so many that were used meanwhile get another chance.
    private static let chances = 64
    /// So many policies are looked at to find an equal one.
    private static let knownPolicies = 64

    private final class Entry {
        let gate: FunctionGate
        let hash: Int
        let identity: [UInt8]
        let epoch: Int
        let end: NIODeadline
        let decision: AuthorizerDecision
        /// Without its policy, which others may have too.
        let cost: Int
        var wasUsed = false

        var policy: KeptPolicy? { if case .policy(let policy) = decision.verdict { policy } else { nil } }

        init(_ key: Key, _ hash: Int, _ end: NIODeadline, _ decision: AuthorizerDecision) {
            gate = key.gate
            identity = key.identity
            epoch = key.epoch
            self.hash = hash
            self.end = end
            self.decision = decision
            cost = decision.cost + key.identity.count + LoopAuthorizers.entryBytes
        }
    }

    /// Whose answer it is, and to whom.
    struct Key {
        let gate: FunctionGate
        let identity: [UInt8]
        /// `StageState.authorizerEpoch` when the function was asked.
        let epoch: Int
    }

    private let limit: Int
    private var entries: [Int: Entry] = [:]
    private var ring = CircularBuffer<Entry>()
    private(set) var cost = 0
    private var policies: [KeptPolicy?] = Array(repeating: nil, count: knownPolicies)
    /// By the hash of their keys.
    private var calls: [Int: AuthorizerCall] = [:]

    init(limit: Int = LoopAuthorizers.limit) { self.limit = limit }

    var count: Int { entries.count }

    // MARK: What is kept

    func find(_ gate: FunctionGate, _ identity: [UInt8], epoch: Int, now: NIODeadline) -> AuthorizerDecision? {
        guard let entry = entries[Self.hash(gate, identity)], entry.gate === gate, entry.epoch == epoch,
            now < entry.end, entry.identity == identity
        else { return nil }
        entry.wasUsed = true
        return entry.decision
    }

    /// Makes a decision of what a function has said, and keeps it until `end` where there is one.
    func decision(
        _ answer: AuthorizerAnswer, _ key: Key, until end: NIODeadline?
    ) throws(AuthorizerFault) -> AuthorizerDecision {
        let verdict: AuthorizerDecision.Verdict =
            if let isAuthorized = answer.isAuthorized { .simple(isAuthorized: isAuthorized) } else {
                .policy(try policy(answer))
            }
        let decision = AuthorizerDecision(answer, verdict)
        if let end { keep(decision, key, until: end) }
        return decision
    }

    private func policy(_ answer: AuthorizerAnswer) throws(AuthorizerFault) -> KeptPolicy {
        let text = answer.policy.bytes
        var hasher = Hasher()
        text.withUnsafeBytes { hasher.combine(bytes: $0) }
        let place = hasher.finalize() & (Self.knownPolicies - 1)
        if let known = policies[place], known.text == text { return known }
        let policy = KeptPolicy(text, try answer.document())
        policies[place] = policy
        return policy
    }

    private func keep(_ decision: AuthorizerDecision, _ key: Key, until end: NIODeadline) {
        let entry = Entry(key, Self.hash(key.gate, key.identity), end, decision)
        entries[entry.hash] = entry
        ring.append(entry)
        cost += entry.cost
        if let policy = entry.policy {
            if policy.holders == 0 { cost += policy.cost }
            policy.holders += 1
        }
        var chances = Self.chances
        while cost > limit, let oldest = ring.popFirst() {
            let isCurrent = entries[oldest.hash] === oldest
            if isCurrent, oldest.wasUsed, chances > 0 {
                chances -= 1
                oldest.wasUsed = false
                ring.append(oldest)
                continue
            }
            if isCurrent { entries[oldest.hash] = nil }
            cost -= oldest.cost
            guard let policy = oldest.policy else { continue }
            policy.holders -= 1
            if policy.holders == 0 { cost -= policy.cost }
        }
    }

    private static func hash(_ gate: FunctionGate, _ identity: [UInt8]) -> Int {
        var hasher = Hasher()
        hasher.combine(ObjectIdentifier(gate))
        identity.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }

    // MARK: Calls

    /// The call that is under way for the same question, which whoever asks it as well waits for.
    func call(_ gate: FunctionGate, _ identity: [UInt8], epoch: Int) -> AuthorizerCall? {
        guard let call = calls[Self.hash(gate, identity)], call.key.gate === gate, call.key.epoch == epoch,
            call.key.identity == identity
        else { return nil }
        return call
    }

    func begin(_ call: AuthorizerCall) { calls[Self.hash(call.key.gate, call.key.identity)] = call }

    func end(_ call: AuthorizerCall) {
        let hash = Self.hash(call.key.gate, call.key.identity)
        if calls[hash] === call { calls[hash] = nil }
    }
}
