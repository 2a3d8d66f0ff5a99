import NIOCore
import Testing

@testable import DataPlane

@Suite("What one loop owns of a cache")
struct CacheShardTests {
    private let now: UInt64 = 1_000

    private func key(_ name: String) -> CacheKey {
        let bytes = Array(name.utf8)
        return CacheKey(hash: bytes.withUnsafeBytes(CacheKey.hash), bytes: bytes)
    }

    private func answer(
        _ name: String, body: String = "body", startedAt: UInt64 = 1, expiresAt: UInt64 = 2_000
    ) -> CachedAnswer {
        CachedAnswer(
            key(name), Array("A: b\r\n".utf8).withUnsafeBytes { AnswerHead(200, $0) }, body: ByteBuffer(string: body),
            length: body.utf8.count, startedAt: startedAt, expiresAt: expiresAt, packedTimes: 0)
    }

    private func find(_ name: String, in shard: CacheShard, at time: UInt64? = nil) -> CachedAnswer? {
        let key = self.key(name)
        return key.bytes.withUnsafeBytes { shard.find(key.hash, $0, time ?? now) }
    }

    private func text(_ answer: CachedAnswer?) -> String? {
        answer.map { String(decoding: $0.smallBody, as: UTF8.self) }
    }

    @Test("is found under its key, as long as it lasts")
    func found() {
        let shard = CacheShard(limit: 100_000)
        for number in 0..<200 { #expect(shard.insert(answer("k\(number)", body: "b\(number)"), now)) }
        #expect(shard.count == 200)
        for number in 0..<200 { #expect(text(find("k\(number)", in: shard)) == "b\(number)") }
        #expect(find("other", in: shard) == nil)
        #expect(find("k7", in: shard, at: 2_000) == nil)
        // It is gone then.
        #expect(shard.count == 199)
        #expect(find("k7", in: shard) == nil)
    }

    @Test("is the answer to what was asked last, and no loop answers with another one any more")
    func replaced() {
        let shard = CacheShard(limit: 100_000)
        let first = answer("k", body: "first", startedAt: 5)
        #expect(shard.insert(first, now))
        #expect(!shard.insert(answer("k", body: "late", startedAt: 4), now))
        #expect(text(find("k", in: shard)) == "first")
        #expect(shard.insert(answer("k", body: "second", startedAt: 6), now))
        #expect(text(find("k", in: shard)) == "second")
        #expect(!first.mayAnswer(now))
        let second = find("k", in: shard)
        let key = self.key("k")
        key.bytes.withUnsafeBytes { shard.remove(key.hash, $0) }
        #expect(find("k", in: shard) == nil)
        #expect(second?.mayAnswer(now) == false)
        #expect((shard.count, shard.bytes) == (0, 0))
    }

    @Test("never takes more than its limit, whatever comes and goes")
    func limit() {
        let shard = CacheShard(limit: 60_000)
        var random: UInt64 = 7
        for step in 0..<20_000 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let name = "k\((random >> 40) % 500)"
            switch random >> 60 {
            case 0:
                let key = self.key(name)
                key.bytes.withUnsafeBytes { shard.remove(key.hash, $0) }
            case 1..<6: find(name, in: shard, at: UInt64(step))?.use()
            default:
                let body = String(repeating: "x", count: Int((random >> 20) % 3_000))
                let made = answer(name, body: body, startedAt: UInt64(step), expiresAt: UInt64(step + 400))
                #expect(shard.insert(made, UInt64(step)))
                #expect(find(name, in: shard, at: UInt64(step)) === made)
            }
            #expect(shard.bytes <= 60_000 && shard.bytes >= shard.count * 300)
        }
        #expect(shard.count > 10)
        #expect(!shard.insert(answer("large", body: String(repeating: "x", count: 60_000)), now))
    }

    @Test("keeps what is in use when a crawler asks for all there is")
    func scan() {
        let shard = CacheShard(limit: 100_000)
        // Of 300 bytes and more each, some 200 fit.
        for number in 0..<50 { shard.insert(answer("used\(number)"), now) }
        for number in 0..<100_000 {
            shard.insert(answer("scan\(number)"), now)
            find("used\(number % 50)", in: shard)?.use()
        }
        #expect((0..<50).filter { find("used\($0)", in: shard) != nil }.count == 50)
        #expect(shard.bytes > 90_000)
    }

    @Test("lets what is used no more go in the end")
    func change() {
        let shard = CacheShard(limit: 100_000)
        for number in 0..<100 {
            shard.insert(answer("old\(number)"), now)
            find("old\(number)", in: shard)?.use()
        }
        // Each comes back soon after it has been given up, which makes it one to keep.
        for round in 0..<40 {
            for number in 0..<400 where find("new\(number)", in: shard) == nil || round == 0 {
                shard.insert(answer("new\(number)", startedAt: UInt64(round + 1)), now)
                find("new\(number)", in: shard)?.use()
            }
        }
        #expect((0..<100).filter { find("old\($0)", in: shard) != nil }.isEmpty)
    }

    @Test("another loop's knowledge of it is bounded, and ends with it")
    func replica() {
        var replica = CacheReplica(limit: 20_000)
        let shard = CacheShard(limit: 1_000_000)
        func known(_ name: String) -> CachedAnswer? {
            let key = self.key(name)
            return key.bytes.withUnsafeBytes { replica.find(key.hash, $0, now) }
        }
        for number in 0..<1_000 {
            let made = answer("k\(number)")
            shard.insert(made, now)
            replica.put(made, now)
            #expect(replica.bytes <= 20_000)
            #expect(known("k\(number)") === made)
        }
        let key = self.key("k999")
        key.bytes.withUnsafeBytes { shard.remove(key.hash, $0) }
        #expect(known("k999") == nil)
        #expect(known("k999x") == nil)
        replica.put(answer("large", body: String(repeating: "x", count: 20_000)), now)
        #expect(known("large") == nil)
    }
}
