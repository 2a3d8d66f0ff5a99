import HTTPFront
import NIOCore

/// The step in which a request is answered from its stage's cache.
enum ResponseCache {
    /// A call's part in a cache, as metrics count it.
    enum Use: UInt8 { case none, hit, miss }

    static func look(_ x: Exchange) throws(Refusal) -> StepResult {
        guard let rule = x.rest.cacheRule else { return .next }
        if rule.needsMapping { try x.mapParameters() }
        let invalidates = try mayInvalidate(x, rule)
        var bytes = x.worker.cacheKey
        x.worker.cacheKey = []
        rule.writeKey(x, to: &bytes)
        defer { x.worker.cacheKey = bytes }
        let hash = bytes.withUnsafeBytes(CacheKey.hash)
        if !invalidates {
            let now = x.startedAt.uptimeNanoseconds
            let found = bytes.withUnsafeBytes { rule.cache.find(hash, $0, on: x.worker.number, now) }
            if let answer = found {
                answer.use()
                hit(x, answer)
                return .done
            }
        }
        ask(x, rule, CacheKey(hash: hash, bytes: bytes), invalidates: invalidates)
        return .wait
    }

    private static func hit(_ x: Exchange, _ answer: CachedAnswer) {
        x.rest.cacheUse = .hit
        answer.respond(x)
    }

    private static func ask(_ x: Exchange, _ rule: CacheRule, _ key: CacheKey, invalidates: Bool) {
        let bound = NIOLoopBound(x, eventLoop: x.worker.eventLoop)
        let (turn, pause) = (x.turn, x.pause)
        rule.cache.ask(key, invalidates: invalidates, patience: rule.patience, on: x.worker.number) { found in
            let x = bound.value
            let isWaiting = x.turn == turn && x.pause == pause
            switch found {
            case .answer(let answer) where isWaiting:
                x.pause += 1
                hit(x, answer)
            case .answer: break
            case .nothing(let startedAt, let number):
                // Where nobody waits any more it ends at once, and lets those go on who wait for it.
                let fill = CacheFill(rule, key, startedAt: startedAt, number: number)
                guard isWaiting else { return }
                x.rest.cacheUse = .miss
                x.rest.fill = fill
                x.resume(pause)
            }
        }
    }

    // MARK: Cache-Control

    /// Whether the request gives up what is kept under its key.
    private static func mayInvalidate(_ x: Exchange, _ rule: CacheRule) throws(Refusal) -> Bool {
        guard asksForFreshAnswer(x) else { return false }
        if rule.invalidation != .byAnyone, try InvalidationPermission.isGiven(x) { return true }
        switch rule.invalidation {
        case .byAnyone: return true
        case .refused:
            x.reason = "was sent Cache-Control: max-age=0 by a caller who may not invalidate the cache"
            throw .accessDenied
        case .ignoredWithWarning: x.rest.warnsOfCacheControl = true
        case .ignored: break
        }
        return false
    }

    /// `Cache-Control: max-age=0`, the one directive that the guide knows.
    private static func asksForFreshAnswer(_ x: Exchange) -> Bool {
        x.withHead { bytes, head in
            for field in head.fields where field.name.count == 13 && field.known == .other {
                let name = UnsafeRawBufferPointer(rebasing: bytes[field.name.range])
                guard ASCII.equalsIgnoringCase(name, "cache-control") else { continue }
                let value = UnsafeRawBufferPointer(rebasing: bytes[field.value.range])
                if RequestHeadParser.containsToken(value, "max-age=0") { return true }
            }
            return false
        } ?? false
    }

    static let warning: StaticString =
        "Warning: 199 Cache-control headers were ignored because the caller was unauthorized.\r\n"
}

/// The answer that is being fetched for a key. Who lets go of it without an answer to keep gives it up.
final class CacheFill {
    private let rule: CacheRule
    private let key: CacheKey
    private let startedAt: UInt64
    /// Others wait for it under this number.
    private var number: Int?

    /// AWS keeps no longer ones.
    static let answerBytes = 1_048_576

    init(_ rule: CacheRule, _ key: CacheKey, startedAt: UInt64, number: Int?) {
        self.rule = rule
        self.key = key
        self.startedAt = startedAt
        self.number = number
    }

    deinit { if let number { rule.cache.abandon(key, fill: number) } }

    /// `length`: what the head says of the body; nil for a status without one.
    func keep(_ x: Exchange, _ head: AnswerHead, body: ByteBuffer, length: Int?) {
        guard head.fields.readableBytes + body.readableBytes <= Self.answerBytes else { return }
        let isPacked = x.rest.deployment?.minimumCompressionSize.map { body.readableBytes >= $0 } ?? false
        let answer = CachedAnswer(
            key, head, body: body, length: length, startedAt: startedAt,
            expiresAt: (NIODeadline.now() + rule.timeToLive).uptimeNanoseconds,
            packedTimes: isPacked && !head.isCoded ? 2 : 0)
        rule.cache.keep(answer, key, fill: number)
        number = nil
    }
}
