import Crypto
import Dispatch
import GatewayModel

/// Content that is being received: written to a file and hashed as it comes. One thread at a time touches it, and none
/// that others wait for.
package final class IncomingContent {
    /// Nil: the content is there already, and hashed only.
    private let file: SystemFile?
    private let name: String
    private let folder: ContentFolder
    private var sha256 = SHA256()
    private var md5 = Insecure.MD5()
    private var checksums: [ChecksumKind: RunningChecksum] = [:]
    private var size = 0
    /// How much of it the disk has been told to write.
    private var syncing = 0
    private var isKept = false

    init(file: SystemFile?, name: String, folder: ContentFolder, _ wanted: Set<ChecksumKind>) {
        self.file = file
        self.name = name
        self.folder = folder
        for kind in wanted where kind != .sha256 { checksums[kind] = RunningChecksum(kind) }
    }

    /// An upload that is broken off leaves nothing.
    deinit { if file != nil, !isKept { SystemFile.remove(name) } }

    /// Bytes for which it pays to wake another thread.
    private static let sharedBytes = 65_536
    /// Bytes that are given to the disk at a time.
    private static let syncedBytes = 8_388_608

    /// - Parameter pieces: each in one place in memory.
    package func append(_ pieces: [some Collection<UInt8> & Sendable]) throws(ObjectError) {
        let count = pieces.reduce(0) { $0 + $1.count }
        size += count
        defer { beginSync() }
        guard count >= Self.sharedBytes else {
            hash(pieces)
            return try write(pieces)
        }
        // MD5 takes as long as all else together. Both threads are done before this returns, and neither touches what is
        // the other's.
        nonisolated(unsafe) let content = self
        nonisolated(unsafe) var outcome = Result<Void, ObjectError>.success(())
        DispatchQueue.concurrentPerform(iterations: 2) { part in
            if part == 0 {
                content.hash(pieces)
            } else {
                outcome = Result { () throws(ObjectError) in try content.write(pieces) }
            }
        }
        try outcome.get()
    }

    /// The disk works while more comes; small content is not worth the call.
    private func beginSync() {
        guard let file, size - syncing >= Self.syncedBytes, folder.isDurable else { return }
        file.beginSync(syncing..<size)
        syncing = size
    }

    private func hash(_ pieces: [some Collection<UInt8>]) {
        for piece in pieces {
            piece.withContiguousStorageIfAvailable { md5.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        }
    }

    private func write(_ pieces: [some Collection<UInt8>]) throws(ObjectError) {
        for piece in pieces {
            let outcome = piece.withContiguousStorageIfAvailable { bytes in
                Result { () throws(ObjectError) in try write(UnsafeRawBufferPointer(bytes)) }
            }
            try outcome?.get()
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws(ObjectError) {
        try file?.append(bytes)
        sha256.update(bufferPointer: bytes)
        for kind in checksums.keys { checksums[kind]?.update(bytes) }
    }

    /// What the content is; nothing is kept of it yet.
    package func seal() -> ContentDigests {
        let sha256 = Array(sha256.finalize())
        var values: [ChecksumKind: [UInt8]] = checksums.mapValues(\.value)
        values[.sha256] = sha256
        return ContentDigests(
            size: size, sha256: Hexadecimal.encode(sha256), md5: Array(md5.finalize()), checksums: values)
    }

    /// Gives the file its name, durably. The caller commits who uses it and then lets it go (`ObjectStore`).
    func keep(_ digests: ContentDigests) throws(ObjectError) {
        guard let file else { throw .internalError("content that was not written is to be kept") }
        isKept = true
        try folder.keep(file, name, as: digests.sha256)
    }
}

/// What content is known by.
package struct ContentDigests: Sendable {
    package let size: Int
    /// In hexadecimal digits: the name of its file.
    package let sha256: String
    package let md5: [UInt8]
    package let checksums: [ChecksumKind: [UInt8]]

    init(size: Int, sha256: String, md5: [UInt8], checksums: [ChecksumKind: [UInt8]]) {
        self.size = size
        self.sha256 = sha256
        self.md5 = md5
        self.checksums = checksums
    }

    /// Of what is in memory.
    package init(of bytes: [UInt8], _ kind: ChecksumKind) {
        var running = RunningChecksum(kind)
        bytes.withUnsafeBytes { running.update($0) }
        self.init(
            size: bytes.count, sha256: Hexadecimal.encode(SHA256.hash(data: bytes)),
            md5: Array(Insecure.MD5.hash(data: bytes)), checksums: [kind: running.value])
    }

    package var etag: String { Hexadecimal.encode(md5) }

    package func checksum(_ kind: ChecksumKind) -> Checksum? {
        checksums[kind].map { Checksum(kind: kind, value: Base64.encode($0)) }
    }
}

/// A file's worth of an object's content.
package struct Piece: Sendable, Codable, Equatable {
    package let digest: String
    package let size: Int
}
