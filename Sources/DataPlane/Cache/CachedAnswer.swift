import HTTPFront
import NIOCore
import Synchronization

/// One answer that is kept, under its key: the bytes that went to the wire, but for what is each response's own.
///
/// `@unchecked`: all of it is constant or atomic, but for the links, which only the loop touches that owns the entry.
final class CachedAnswer: @unchecked Sendable {
    let hash: UInt64
    /// When its integration was asked, in nanoseconds of `NIODeadline`'s clock.
    let startedAt: UInt64
    let expiresAt: UInt64
    let status: Int
    let dateAt: Int
    let lengthAt: Int
    let isCoded: Bool
    /// How long its body is said to be, which of an answer to HEAD is not there; nil for a status without one.
    let length: Int?
    /// What it takes of the cache's memory.
    let cost: Int
    /// A body of such a length that it is written without a copy.
    let body: ByteBuffer?
    /// The key, the head's lines, and a small body.
    private let bytes: UnsafeMutableRawBufferPointer
    private let keyLength: Int
    private let fieldsLength: Int

    /// Another answer has its place, or it has been given up: no loop answers with it any more.
    let isStale = Atomic(false)
    /// How often it has been asked for, up to 3, since it was last looked at for eviction.
    let uses = Atomic<UInt8>(0)
    /// The body in each coding, once somebody has asked for it.
    let gzip = AtomicLazyReference<PackedBody>()
    let deflate = AtomicLazyReference<PackedBody>()

    // The owner's.
    /// The next one of the same bucket.
    var chain: CachedAnswer?
    unowned(unsafe) var newer: CachedAnswer?
    unowned(unsafe) var older: CachedAnswer?
    var isInMain = false

    /// Bodies up to this size are copied behind the head.
    static let copiedBodyBytes = 16_384
    /// What an entry takes besides its bytes: the object and its allocations, its place in the index and among the
    /// ghosts.
    private static let overhead = 288

    /// `packedTimes`: in how many codings the body may be kept besides.
    init(
        _ key: CacheKey, _ head: AnswerHead, body: ByteBuffer, length: Int?, startedAt: UInt64, expiresAt: UInt64,
        packedTimes: Int
    ) {
        hash = key.hash
        self.startedAt = startedAt
        self.expiresAt = expiresAt
        status = head.status
        (dateAt, lengthAt, isCoded) = (head.dateAt, head.lengthAt, head.isCoded)
        self.length = length
        keyLength = key.bytes.count
        fieldsLength = head.fields.readableBytes
        let isCopied = body.readableBytes <= Self.copiedBodyBytes
        self.body = isCopied ? nil : body
        let count = keyLength + fieldsLength + (isCopied ? body.readableBytes : 0)
        let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: 1)
        var position = 0
        func append(_ source: UnsafeRawBufferPointer) {
            UnsafeMutableRawBufferPointer(rebasing: storage[position...]).copyMemory(from: source)
            position += source.count
        }
        key.bytes.withUnsafeBytes(append)
        head.fields.withUnsafeReadableBytes(append)
        if isCopied { body.withUnsafeReadableBytes(append) }
        bytes = storage
        cost =
            Self.overhead + count + (isCopied ? 0 : body.storageCapacity) + packedTimes * body.readableBytes
    }

    deinit { bytes.deallocate() }

    func has(_ key: UnsafeRawBufferPointer) -> Bool {
        key.count == keyLength && key.elementsEqual(UnsafeRawBufferPointer(rebasing: bytes[..<keyLength]))
    }

    var key: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[..<keyLength]) }

    var fields: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[keyLength..<(keyLength + fieldsLength)])
    }

    /// The body when it is not in `body`.
    var smallBody: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[(keyLength + fieldsLength)...])
    }

    var bodyLength: Int { body?.readableBytes ?? smallBody.count }

    /// Counts a use. Written only while it changes anything, as the loops share it.
    @inline(__always)
    func use() {
        let uses = uses.load(ordering: .relaxed)
        if uses < 3 { self.uses.store(uses + 1, ordering: .relaxed) }
    }

    @inline(__always)
    func mayAnswer(_ now: UInt64) -> Bool { expiresAt > now && !isStale.load(ordering: .acquiring) }
}

/// A body in a content coding.
final class PackedBody: Sendable {
    let bytes: ByteBuffer

    init(_ bytes: ByteBuffer) { self.bytes = bytes }
}

/// What tells requests apart that may not share an answer.
struct CacheKey: Sendable, Hashable {
    let hash: UInt64
    let bytes: [UInt8]

    /// Seeded anew for every process, so that nobody can choose keys that meet in one bucket.
    static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(bytes: bytes)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}
