import Dispatch
import NIOCore

/// One loop's part of a stage's cache. `@unchecked`: it is touched on its loop only.
final class LoopCache: @unchecked Sendable {
    typealias Reply = @Sendable (StageCache.Found) -> Void

    /// Requests that wait for the answer to another one.
    private struct Fill {
        let number: Int
        var waiting: [Reply] = []
    }

    let eventLoop: any EventLoop
    private(set) var shard: CacheShard
    private(set) var replica: CacheReplica
    private let fillsOnce: Bool
    private var fills: [CacheKey: Fill] = [:]
    private var lastFill = 0
    /// What began before is not kept.
    private var flushedAt: UInt64 = 0

    /// Frees what nobody needs any more: for many entries that takes longer than a loop may stand still.
    static let freeing = DispatchQueue(label: "gatehouse.cache", qos: .utility)

    init(_ eventLoop: any EventLoop, owned: Int, replicated: Int, fillsOnce: Bool) {
        self.eventLoop = eventLoop
        self.fillsOnce = fillsOnce
        shard = CacheShard(limit: owned)
        replica = CacheReplica(limit: replicated)
    }

    private static var now: UInt64 { NIODeadline.now().uptimeNanoseconds }

    /// What this loop has itself.
    @inline(__always)
    func find(_ hash: UInt64, _ key: UnsafeRawBufferPointer, isOwned: Bool, _ now: UInt64) -> CachedAnswer? {
        isOwned ? shard.find(hash, key, now) : replica.find(hash, key, now)
    }

    /// Looks for the owner's entry; `invalidates` gives it up instead.
    func look(_ key: CacheKey, invalidates: Bool, patience: TimeAmount, _ reply: @escaping Reply) {
        let now = Self.now
        if invalidates {
            key.bytes.withUnsafeBytes { shard.remove(key.hash, $0) }
            return reply(.nothing(startedAt: now, fill: nil))
        }
        if let answer = key.bytes.withUnsafeBytes({ shard.find(key.hash, $0, now) }) {
            answer.use()
            return reply(.answer(answer))
        }
        guard fillsOnce else { return reply(.nothing(startedAt: now, fill: nil)) }
        if let fill = fills[key] {
            fills[key]?.waiting.append(reply)
            guard fill.waiting.isEmpty else { return }
            // Whoever has waited as long as for an integration of its own asks it itself.
            eventLoop.scheduleTask(in: patience) { self.endFill(key, fill.number, with: nil) }
            return
        }
        lastFill += 1
        fills[key] = Fill(number: lastFill)
        reply(.nothing(startedAt: now, fill: lastFill))
    }

    func keep(_ answer: CachedAnswer, _ key: CacheKey, fill: Int?) {
        let isKept = answer.startedAt > flushedAt && shard.insert(answer, Self.now)
        if let fill { endFill(key, fill, with: isKept ? answer : nil) }
    }

    func endFill(_ key: CacheKey, _ number: Int, with answer: CachedAnswer?) {
        guard let fill = fills[key], fill.number == number else { return }
        fills[key] = nil
        let now = Self.now
        for reply in fill.waiting { reply(answer.map { .answer($0) } ?? .nothing(startedAt: now, fill: nil)) }
    }

    /// Knows an entry of another loop, unless it has been flushed meanwhile.
    func remember(_ answer: CachedAnswer) {
        if answer.startedAt > flushedAt { replica.put(answer, Self.now) }
    }

    func flush() {
        flushedAt = Self.now
        let flushed = Flushed(shard: shard, replica: replica)
        shard = CacheShard(limit: shard.limit)
        replica = CacheReplica(limit: replica.limit)
        Self.freeing.async { _ = flushed }
    }

    /// `@unchecked`: nobody else holds it.
    private struct Flushed: @unchecked Sendable {
        let shard: CacheShard
        let replica: CacheReplica
    }
}
