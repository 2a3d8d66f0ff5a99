import Dispatch
import NIOCore

/// What an operator says of the response caches of all stages.
package struct CacheSettings: Sendable {
    /// What one stage's cache may take of the memory: the smaller of this and its `cacheClusterSize` counts.
    package var bytes = 64 << 20
    /// Of requests that miss the same key at once, one asks the integration and the others wait for its answer. AWS is
    /// not known to do so.
    package var fillsOnce = false

    package init() {}
}

/// The response cache of one stage.
///
/// Every key has a loop that owns it and its entry: there it is looked for last, filled, invalidated and evicted, in
/// one order for all. Other loops keep what they have seen of it in a replica, so a hit is answered where it comes in,
/// and costs no hop; an atomic mark on the entry tells them when it is no longer good. Only who finds nothing asks the
/// owner, once, before it asks the integration. So two loops answer alike, and what has been kept, invalidated or
/// flushed before a request came is seen by it, whatever its connection.
final class StageCache: Sendable {
    /// What the owner knows.
    enum Found: Sendable {
        case answer(CachedAnswer)
        /// `fill` numbers the fill that others wait for.
        case nothing(startedAt: UInt64, fill: Int?)
    }

    private let parts: [LoopCache]
    private let owners: Int

    /// An answer has to fit into one owner's part: there are fewer owners than loops where parts would be small.
    private static let smallestPart = 8 << 20

    /// `clusterSize`: AWS's, in gigabytes.
    init(clusterSize: String, _ settings: CacheSettings, loops: [any EventLoop]) {
        let bytes = min(settings.bytes, Int((Double(clusterSize) ?? 0.5) * 1_073_741_824))
        let owners = max(1, min(loops.count, bytes / Self.smallestPart))
        // A lone loop has nobody to know entries of.
        let owned = loops.count > 1 ? bytes / 4 * 3 / owners : bytes
        let replicated = loops.count > 1 ? bytes / 4 / loops.count : 0
        parts = loops.map { loop in
            LoopCache(loop, owned: owned, replicated: replicated, fillsOnce: settings.fillsOnce)
        }
        self.owners = owners
    }

    deinit { LoopCache.freeing.async { [parts] in withExtendedLifetime(parts) {} } }

    private func owner(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: (hash >> 48) % UInt64(owners)) }

    // MARK: For requests

    /// What the loop of that number has itself.
    @inline(__always)
    func find(_ hash: UInt64, _ key: UnsafeRawBufferPointer, on loop: Int, _ now: UInt64) -> CachedAnswer? {
        parts[loop].find(hash, key, isOwned: owner(hash) == loop, now)
    }

    /// Asks the owner, and answers on the loop of that number, later. It goes through the owner's queue even on the
    /// owner's loop: what other loops have sent before is there then.
    func ask(
        _ key: CacheKey, invalidates: Bool, patience: TimeAmount, on loop: Int,
        _ completion: @escaping @Sendable (Found) -> Void
    ) {
        let (part, asker) = (parts[owner(key.hash)], parts[loop])
        part.eventLoop.execute {
            part.look(key, invalidates: invalidates, patience: patience) { found in
                guard asker !== part else { return completion(found) }
                asker.eventLoop.execute {
                    if case .answer(let answer) = found { asker.remember(answer) }
                    completion(found)
                }
            }
        }
    }

    func keep(_ answer: CachedAnswer, _ key: CacheKey, fill: Int?) {
        let part = parts[owner(key.hash)]
        part.eventLoop.execute { part.keep(answer, key, fill: fill) }
    }

    /// There will be no answer that can be kept.
    func abandon(_ key: CacheKey, fill: Int) {
        let part = parts[owner(key.hash)]
        part.eventLoop.execute { part.endFill(key, fill, with: nil) }
    }

    // MARK: Flushing

    /// Nothing that has been kept so far answers when the futures are done.
    func flush() -> [EventLoopFuture<Void>] {
        parts.map { part in part.eventLoop.submit { part.flush() } }
    }

    /// For tests: what a loop may own.
    func limit(on loop: Int) -> Int { parts[loop].shard.limit }

    /// For tests: the entries that a loop owns, on that loop.
    func answers(on loop: Int) -> [CachedAnswer] { parts[loop].shard.answers }
}
