import Synchronization

/// The entries of a cache that one loop owns.
///
/// Eviction is S3-FIFO (Yang et al., SOSP 2023): what is new waits in a small queue and reaches the main one only if it
/// is asked for again, or comes back soon. So a scan through a million keys, which is what a crawler or a bad key
/// parameter does, drives out nothing that is in use; a hit moves nothing, so that other loops may hit as well; and
/// there is nothing to tune. The index is a linear hash: it grows by one bucket at a time, and never stops its loop to
/// be made anew.
final class CacheShard {
    private struct Queue {
        unowned(unsafe) var newest: CachedAnswer?
        unowned(unsafe) var oldest: CachedAnswer?
        var bytes = 0

        mutating func add(_ answer: CachedAnswer) {
            answer.older = newest
            answer.newer = nil
            newest?.newer = answer
            newest = answer
            if oldest == nil { oldest = answer }
            bytes += answer.cost
        }

        mutating func remove(_ answer: CachedAnswer) {
            if let newer = answer.newer { newer.older = answer.older } else { newest = answer.older }
            if let older = answer.older { older.newer = answer.newer } else { oldest = answer.newer }
            (answer.newer, answer.older) = (nil, nil)
            bytes -= answer.cost
        }
    }

    /// Bytes that its entries may take.
    let limit: Int
    private var buckets: [CachedAnswer?] = Array(repeating: nil, count: firstBuckets)
    /// A power of two: there are at least so many buckets, and fewer than twice as many.
    private var base = firstBuckets
    private(set) var count = 0
    private var small = Queue()
    private var main = Queue()
    /// Of entries that left the small queue unused, part of their hashes; each by its own place, so that a later one
    /// displaces it.
    private var ghosts: [UInt32] = Array(repeating: 0, count: firstBuckets)

    private static let firstBuckets = 64
    /// The small queue's part of the memory, as in the paper.
    private static let smallShare = 10
    /// Who was used gets another chance; in making room for one entry only so many do.
    private static let chances = 64

    init(limit: Int) { self.limit = limit }

    var bytes: Int { small.bytes + main.bytes }

    /// For tests.
    var answers: [CachedAnswer] {
        var all: [CachedAnswer] = []
        for newest in [small.newest, main.newest] {
            var next = newest
            while let answer = next {
                all.append(answer)
                next = answer.older
            }
        }
        return all
    }

    // MARK: The index

    private func bucket(_ hash: UInt64) -> Int {
        let wide = Int(truncatingIfNeeded: hash & UInt64(truncatingIfNeeded: 2 * base - 1))
        return wide < buckets.count ? wide : wide - base
    }

    /// One that may answer.
    func find(_ hash: UInt64, _ key: UnsafeRawBufferPointer, _ now: UInt64) -> CachedAnswer? {
        guard let answer = entry(hash, key) else { return nil }
        guard answer.mayAnswer(now) else {
            remove(answer)
            return nil
        }
        return answer
    }

    private func entry(_ hash: UInt64, _ key: UnsafeRawBufferPointer) -> CachedAnswer? {
        var next = buckets[bucket(hash)]
        while let answer = next {
            if answer.hash == hash, answer.has(key) { return answer }
            next = answer.chain
        }
        return nil
    }

    private func link(_ answer: CachedAnswer) {
        grow()
        let index = bucket(answer.hash)
        answer.chain = buckets[index]
        buckets[index] = answer
        count += 1
    }

    private func unlink(_ answer: CachedAnswer) {
        let index = bucket(answer.hash)
        count -= 1
        guard buckets[index] !== answer else {
            buckets[index] = answer.chain
            answer.chain = nil
            return
        }
        var before = buckets[index]
        while let entry = before, entry.chain !== answer { before = entry.chain }
        before?.chain = answer.chain
        answer.chain = nil
    }

    /// One more bucket, with those of its sibling's entries that belong to it.
    private func grow() {
        guard count >= buckets.count else { return }
        let number = buckets.count
        var next = buckets[number - base]
        buckets[number - base] = nil
        buckets.append(nil)
        while let answer = next {
            next = answer.chain
            let index =
                Int(truncatingIfNeeded: answer.hash & UInt64(truncatingIfNeeded: 2 * base - 1)) == number
                ? number : number - base
            answer.chain = buckets[index]
            buckets[index] = answer
        }
        if buckets.count == 2 * base { base *= 2 }
    }

    // MARK: Coming and going

    /// Takes an answer in. False when it is too large, or when what is there began later.
    @discardableResult
    func insert(_ answer: CachedAnswer, _ now: UInt64) -> Bool {
        guard answer.cost <= limit else { return false }
        var goesToMain = takeGhost(answer.hash)
        if let known = entry(answer.hash, answer.key) {
            guard known.startedAt <= answer.startedAt else { return false }
            goesToMain = known.isInMain
            answer.uses.store(known.uses.load(ordering: .relaxed), ordering: .relaxed)
            remove(known)
        }
        var chances = Self.chances
        while bytes + answer.cost > limit { evict(&chances, now) }
        link(answer)
        enqueue(answer, inMain: goesToMain)
        return true
    }

    func remove(_ hash: UInt64, _ key: UnsafeRawBufferPointer) {
        if let answer = entry(hash, key) { remove(answer) }
    }

    private func remove(_ answer: CachedAnswer) {
        answer.isStale.store(true, ordering: .releasing)
        if answer.isInMain { main.remove(answer) } else { small.remove(answer) }
        unlink(answer)
    }

    private func enqueue(_ answer: CachedAnswer, inMain: Bool) {
        answer.isInMain = inMain
        if inMain { main.add(answer) } else { small.add(answer) }
    }

    // MARK: Eviction

    private func evict(_ chances: inout Int, _ now: UInt64) {
        if let answer = small.oldest, small.bytes > limit / Self.smallShare || main.oldest == nil {
            guard answer.mayAnswer(now) else { return remove(answer) }
            if answer.uses.load(ordering: .relaxed) > 0, chances > 0 {
                chances -= 1
                answer.uses.store(0, ordering: .relaxed)
                small.remove(answer)
                enqueue(answer, inMain: true)
            } else {
                keepGhost(answer.hash)
                remove(answer)
            }
        } else if let answer = main.oldest {
            let uses = answer.uses.load(ordering: .relaxed)
            if uses > 0, chances > 0, answer.mayAnswer(now) {
                chances -= 1
                answer.uses.store(uses - 1, ordering: .relaxed)
                main.remove(answer)
                main.add(answer)
            } else {
                remove(answer)
            }
        }
    }

    private func keepGhost(_ hash: UInt64) {
        // What they have been told is lost when there are more places: that is harmless.
        if count > ghosts.count { ghosts = Array(repeating: 0, count: 2 * ghosts.count) }
        ghosts[Int(truncatingIfNeeded: hash) & (ghosts.count - 1)] = Self.mark(hash)
    }

    private func takeGhost(_ hash: UInt64) -> Bool {
        let place = Int(truncatingIfNeeded: hash) & (ghosts.count - 1)
        guard ghosts[place] == Self.mark(hash) else { return false }
        ghosts[place] = 0
        return true
    }

    /// Never the 0 that stands for none.
    private static func mark(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 32) | 1 }
}
