import GatewayModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The few things that packages do with files, each with the machine's own words when it refuses.
enum Files {
    enum Kind { case file, folder, symbolicLink, other }

    /// Nil when there is nothing; links are not followed.
    static func kind(_ path: String) -> Kind? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        case S_IFLNK: .symbolicLink
        default: .other
        }
    }

    /// Whether this is a folder, or a link to one.
    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether this is a file, or a link to one.
    static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// What tells the file apart from another state of it; links are followed.
    static func identity(_ path: String) -> FileIdentity? {
        var status = stat()
        return stat(path, &status) == 0 ? identity(status) : nil
    }

    /// The same of a link itself.
    static func ownIdentity(_ path: String) -> FileIdentity? {
        var status = stat()
        return lstat(path, &status) == 0 ? identity(status) : nil
    }

    private static func identity(_ status: stat) -> FileIdentity {
        #if canImport(Darwin)
        let (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
        #else
        let (modified, changed) = (status.st_mtim, status.st_ctim)
        #endif
        return FileIdentity(
            node: FileIdentity.Node(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)),
            mode: UInt32(status.st_mode), size: Int(status.st_size),
            modified: Int64(modified.tv_sec) * 1_000_000_000 + Int64(modified.tv_nsec),
            changed: Int64(changed.tv_sec) * 1_000_000_000 + Int64(changed.tv_nsec))
    }

    /// Nanoseconds since 1970, by the clock that files are stamped with.
    static var now: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }

    /// What a symbolic link says; nil for everything else.
    static func linkTarget(_ path: String) -> String? {
        var target = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &target, target.count)
        guard count > 0, count < target.count else { return nil }
        return String(validating: target[..<count], as: UTF8.self)
    }

    /// Gives a file a second name; false when the file system does not want to.
    static func makeHardLink(_ path: String, to existing: String) -> Bool { link(existing, path) == 0 }

    /// The same content under a second name: a second name of the file itself, or a copy on another file system. A file
    /// that is not there any more is left out.
    static func copyOrLink(_ existing: String, _ path: String) throws(PackageError) {
        if makeHardLink(path, to: existing) { return }
        guard let identity = identity(existing) else { return }
        try create(path, mode: UInt16(identity.mode & 0o777), isDurable: false) { write throws(PackageError) in
            try read(existing) { piece throws(PackageError) in try write(piece) }
        }
    }

    /// Makes the folder, and those above it that are missing.
    static func makeFolders(_ path: String, mode: UInt16 = 0o755) throws(PackageError) {
        guard !isFolder(path) else { return }
        let parent = parent(of: path)
        if !parent.isEmpty { try makeFolders(parent) }
        // Another call may make it at the same time.
        do { try makeFolder(path, mode: mode) } catch { if !isFolder(path) { throw error } }
    }

    /// Makes one folder, with this mode whatever the process's umask is; fails when there is something.
    static func makeFolder(_ path: String, mode: UInt16 = 0o755) throws(PackageError) {
        guard mkdir(path, mode_t(mode)) == 0, chmod(path, mode_t(mode)) == 0 else {
            throw failure("make the folder", path)
        }
    }

    /// Writes a file that is not there yet and makes it durable, unless nobody needs it later. Links are not followed.
    static func create(
        _ path: String, mode: UInt16, isDurable: Bool = true,
        _ content: (_ write: (UnsafeRawBufferPointer) throws(PackageError) -> Void) throws(PackageError) -> Void
    ) throws(PackageError) {
        let file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("create", path) }
        defer { close(file) }
        try content { piece throws(PackageError) in
            var rest = piece
            while !rest.isEmpty {
                let written = write(file, rest.baseAddress, rest.count)
                guard written > 0 else {
                    if errno == EINTR { continue }
                    throw failure("write", path)
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            }
        }
        guard fchmod(file, mode_t(mode)) == 0, !isDurable || fsync(file) == 0 else { throw failure("write", path) }
    }

    /// Hands the content of a file on, piece by piece.
    static func read(
        _ path: String, _ sink: (UnsafeRawBufferPointer) throws(PackageError) -> Void
    ) throws(PackageError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure("open", path) }
        defer { close(file) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 1)
        defer { buffer.deallocate() }
        while true {
            #if canImport(Glibc)
            let count = Glibc.read(file, buffer.baseAddress, buffer.count)
            #elseif canImport(Musl)
            let count = Musl.read(file, buffer.baseAddress, buffer.count)
            #else
            let count = Darwin.read(file, buffer.baseAddress, buffer.count)
            #endif
            if count == 0 { return }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw failure("read", path)
            }
            try sink(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    static func makeSymbolicLink(_ path: String, to target: String) throws(PackageError) {
        guard symlink(target, path) == 0 else { throw failure("link", path) }
    }

    /// Makes the names in a folder durable.
    static func syncFolder(_ path: String) throws(PackageError) { try sync(path) }

    /// Makes everything that is in a folder durable.
    static func syncAll(_ root: String) throws(PackageError) {
        var (files, folders) = ([String](), [root])
        var next = 0
        while next < folders.count {
            for name in list(folders[next]) {
                let path = "\(folders[next])/\(name)"
                switch kind(path) {
                case .folder: folders.append(path)
                case .file: files.append(path)
                case .symbolicLink, .other, nil: continue
                }
            }
            next += 1
        }
        try ManySyncs.run(files + folders)
    }

    /// Makes a file's content, or a folder's names, durable.
    static func sync(_ path: String) throws(PackageError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure("open", path) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw failure("sync", path) }
    }

    /// False when the new name is taken by a folder that is not empty.
    static func rename(_ old: String, to new: String) throws(PackageError) -> Bool {
        #if canImport(Glibc)
        let status = Glibc.rename(old, new)
        #elseif canImport(Musl)
        let status = Musl.rename(old, new)
        #else
        let status = Darwin.rename(old, new)
        #endif
        if status == 0 { return true }
        guard errno == ENOTEMPTY || errno == EEXIST else { throw failure("rename", old) }
        return false
    }

    /// Names in a folder, in byte order; none when it cannot be read.
    static func list(_ path: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Removes a file, a link or a folder with all that is in it; what cannot be removed stays.
    static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

    /// Removes a folder that is empty.
    static func removeEmptyFolder(_ path: String) { rmdir(path) }

    private static func parent(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    private static func failure(_ what: String, _ path: String) -> PackageError {
        .machine("could not \(what) \(path): \(SystemReason.text(errno))")
    }
}

extension FileIdentity {
    var isFile: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFREG) }
    var isFolder: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFDIR) }
    var isLink: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFLNK) }
}
