internal import Crypto

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The key that a data folder's secrets are sealed with, so that a copy of its databases alone tells none of them:
/// passwords' verifiers, secrets of clients and of access keys, private keys of user pools.
///
/// AES-256 in GCM. What is sealed for one purpose cannot be opened for another.
package struct SealingKey: Sendable {
    private let key: SymmetricKey

    /// Why there is no key, or nothing can be sealed with it, in a sentence.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private static let size = 32

    /// A new key, which nobody keeps.
    package init() { key = SymmetricKey(size: .bits256) }

    /// Whether there is a file, whatever is in it.
    package static func isThere(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The key in a file that only its owner may read; made when it is not there. Whoever calls this knows that nothing
    /// is sealed with a key that is gone.
    package init(file path: String) throws(Failure) {
        if !Self.isThere(path) { try Self.make(path) }
        key = SymmetricKey(data: try Self.read(path))
    }

    /// A key that belongs to this one and is used for nothing else.
    package func derived(for purpose: String) -> [UInt8] {
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key, info: Array("gatehouse \(purpose)".utf8), outputByteCount: Self.size)
        return derived.withUnsafeBytes { Array($0) }
    }

    /// Nonce, ciphertext and tag.
    package func seal(_ secret: [UInt8], for purpose: String) throws(Failure) -> [UInt8] {
        guard let box = try? AES.GCM.seal(secret, using: key, authenticating: Array(purpose.utf8)),
            let combined = box.combined
        else { throw Failure(description: "A secret could not be sealed.") }
        return combined.map(\.self)
    }

    /// nil for all that `seal` has not made with this key for this purpose.
    package func open(_ sealed: [UInt8], for purpose: String) -> [UInt8]? {
        guard let box = try? AES.GCM.SealedBox(combined: sealed) else { return nil }
        return (try? AES.GCM.open(box, using: key, authenticating: Array(purpose.utf8))).map { $0.map(\.self) }
    }

    private static func make(_ path: String) throws(Failure) {
        let partial = path + ".incomplete"
        unlink(partial)
        let descriptor = Self.openFile(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path, "cannot be made") }
        defer { _ = closeFile(descriptor) }
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
        // It appears under its name when it is whole: half a key would lock its owner out.
        guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0, rename(partial, path) == 0
        else { throw failure(path, "cannot be written") }
        try syncFolder(of: path)
    }

    /// The name has to survive a power cut before anything that is sealed with the key does.
    private static func syncFolder(of path: String) throws(Failure) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let descriptor = Self.openFile(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw failure(path, "cannot be made durable") }
        defer { _ = closeFile(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(path, "cannot be made durable") }
    }

    private static func read(_ path: String) throws(Failure) -> [UInt8] {
        let descriptor = Self.openFile(path, O_RDONLY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw failure(path, "cannot be read") }
        defer { _ = closeFile(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & 0o077 == 0 else {
            throw Failure(
                description: "The key \(path) may be read by others. Keep it to yourself: chmod 600 \(path).")
        }
        var bytes = [UInt8](repeating: 0, count: size + 1)
        guard Self.readFile(descriptor, &bytes, bytes.count) == size else {
            throw Failure(description: "\(path) is no key: it has not \(size) bytes.")
        }
        return Array(bytes[..<size])
    }

    private static func failure(_ path: String, _ what: String) -> Failure {
        Failure(description: "The key \(path) \(what): \(String(cString: strerror(errno))).")
    }
}

// Inside the type the names of these functions mean its own.
extension SealingKey {
    private static func openFile(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 {
        #if canImport(Glibc)
        Glibc.open(path, flags, mode)
        #elseif canImport(Musl)
        Musl.open(path, flags, mode)
        #else
        Darwin.open(path, flags, mode)
        #endif
    }

    private static func closeFile(_ descriptor: Int32) -> Int32 { close(descriptor) }

    private static func readFile(_ descriptor: Int32, _ bytes: inout [UInt8], _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.read(descriptor, &bytes, count)
        #elseif canImport(Musl)
        Musl.read(descriptor, &bytes, count)
        #else
        Darwin.read(descriptor, &bytes, count)
        #endif
    }
}
