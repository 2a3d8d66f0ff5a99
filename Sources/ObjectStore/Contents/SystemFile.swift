import CFiles
import GatewayModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An open file, closed with its last holder. One thread at a time writes; reads name their place.
final class SystemFile: Sendable {
    private let descriptor: Int32
    private let path: String

    private init(_ descriptor: Int32, _ path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// A file that is not there yet. Links are not followed.
    static func create(_ path: String) throws(ObjectError) -> SystemFile {
        let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("create", path) }
        return SystemFile(descriptor, path)
    }

    static func read(_ path: String) throws(ObjectError) -> SystemFile {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        return SystemFile(descriptor, path)
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws(ObjectError) {
        var rest = bytes
        while !rest.isEmpty {
            let written = write(descriptor, rest.baseAddress, rest.count)
            guard written > 0 else {
                if errno == EINTR { continue }
                throw Self.failure("write", path)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }

    /// Fills as much of `bytes` as the file has from there on.
    func read(_ bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws(ObjectError) -> Int {
        var count = 0
        while count < bytes.count {
            let read = pread(
                descriptor, bytes.baseAddress.map { $0 + count }, bytes.count - count, off_t(offset + count))
            if read == 0 { break }
            guard read > 0 else {
                if errno == EINTR { continue }
                throw Self.failure("read", path)
            }
            count += read
        }
        return count
    }

    /// Has the disk begin with what has been written there, so that less is left for `sync`. A hint, and no promise.
    func beginSync(_ range: Range<Int>) {
        file_begin_sync(descriptor, Int64(range.lowerBound), Int64(range.count))
    }

    func sync() throws(ObjectError) {
        guard fsync(descriptor) == 0 else { throw Self.failure("sync", path) }
    }

    // MARK: Names

    /// False where it is there already.
    @discardableResult
    static func makeFolder(_ path: String) throws(ObjectError) -> Bool {
        if mkdir(path, 0o700) == 0 { return true }
        guard errno == EEXIST else { throw failure("make the folder", path) }
        return false
    }

    static func move(_ old: String, to new: String) throws(ObjectError) {
        guard rename(old, new) == 0 else { throw failure("rename", old) }
    }

    /// What cannot be removed stays; the next start tries again.
    static func remove(_ path: String) { unlink(path) }

    /// Makes the names in a folder durable.
    static func syncFolder(_ path: String) throws(ObjectError) { try read(path).sync() }

    /// Names in a folder; none when it cannot be read.
    static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private static func failure(_ what: String, _ path: String) -> ObjectError {
        .internalError("could not \(what) \(path): \(SystemReason.text(errno))")
    }
}
