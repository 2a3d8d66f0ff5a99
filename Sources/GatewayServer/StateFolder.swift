import FoundationEssentials
import GatewayModel
import LambdaHost

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The folders of one server: its state, or scratch space that goes when it stops.
final class StateFolder: Sendable {
    /// The database; nil keeps everything in memory.
    let database: String?
    /// The database of the tables; when nothing is kept, one that goes with the scratch space.
    let tables: String
    /// The database of S3's objects, and the folder of their content; when nothing is kept, both go with the scratch space.
    let objects: String
    let contents: String
    /// The database of the user pools; nil keeps them in memory.
    let userPools: String?
    /// The key that secrets are sealed with; nil: one that ends with the process.
    let sealingKey: String?
    /// Function packages, zipped and unpacked.
    let code: String
    /// Packages of code that were sent to be deployed.
    let assets: String
    /// Log files; nil when nothing is kept.
    let logs: String?
    /// The database of log events; when nothing is kept, one that goes with the scratch space.
    let logEvents: String
    /// What processes have as `/tmp`, and the runtime clients.
    let scratch: String
    private let scratchFolder: ScratchFolder
    private let lock: Int32

    /// - Parameter user: who functions run as, when it is not the server's own user.
    init(_ dataFolder: String?, sharedWith user: FunctionUser? = nil) throws {
        scratchFolder = try ScratchFolder(in: Self.temporaryFolder)
        let temporary = scratchFolder.path
        scratch = temporary
        if let dataFolder {
            let folder = Self.absolute(dataFolder)
            database = folder + "/state.sqlite"
            tables = folder + "/tables.sqlite"
            objects = folder + "/objects.sqlite"
            contents = folder + "/objects"
            userPools = folder + "/pools.sqlite"
            sealingKey = folder + "/secrets.key"
            code = folder + "/functions"
            assets = folder + "/assets"
            logs = folder + "/logs"
            logEvents = folder + "/logs.sqlite"
            try Self.make(folder)
            let databases = ["state", "tables", "objects", "pools", "logs"].map { "\(folder)/\($0).sqlite" }
            for database in databases { try Self.checkWritable(database) }
            lock = try Self.lock(folder)
            for database in databases { try Self.makePrivate(database) }
            if user == nil { Self.warnIfOpen(folder) }
        } else {
            database = nil
            tables = temporary + "/tables.sqlite"
            objects = temporary + "/objects.sqlite"
            contents = temporary + "/objects"
            userPools = nil
            logEvents = temporary + "/logs.sqlite"
            for database in [tables, objects, logEvents] { try Self.makePrivate(database) }
            sealingKey = nil
            code = temporary + "/functions"
            assets = temporary + "/assets"
            logs = nil
            lock = -1
        }
        for folder in [code, logs].compactMap(\.self) { try Self.make(folder) }
        if let user {
            try SharedModes(user: user, code: code).apply(data: dataFolder.map(Self.absolute), scratch: scratch)
        }
    }

    func close() {
        scratchFolder.remove()
        if lock >= 0 { _ = Self.closeDescriptor(lock) }
    }

    static var temporaryFolder: String {
        let path = FileManager.default.temporaryDirectory.path()
        return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// From the root, without a slash at the end: names are put behind it, and `.incomplete` too.
    static func absolute(_ path: String) -> String {
        let whole = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        let parts = whole.split(separator: "/").filter { $0 != "." }
        return "/" + parts.joined(separator: "/")
    }

    /// SQLite opens what may not be written read-only and says nothing. It leaves files beside it that have the same mode.
    private static func checkWritable(_ database: String) throws {
        for file in [database, database + "-wal", database + "-shm"] where access(file, F_OK) == 0 {
            guard access(file, W_OK) == 0 else {
                throw StartError(
                    "\(file) may not be written to: \(SystemReason.text(errno)). Make it writable for the user who runs this."
                )
            }
        }
    }

    /// Nobody else reads a database, whatever the folder lets others do. SQLite gives the files beside it the same mode.
    ///
    /// Before anything opens it: whoever closes a file loses SQLite's locks on it.
    private static func makePrivate(_ database: String) throws {
        let descriptor = open(database, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            _ = closeDescriptor(descriptor)
            return
        }
        guard errno == EEXIST else {
            throw StartError("\(database) cannot be made: \(SystemReason.text(errno)).")
        }
        for file in [database, database + "-wal", database + "-shm"] {
            guard let mode = mode(of: file), mode & 0o077 != 0 else { continue }
            guard chmod(file, mode & 0o700) == 0 || errno == ENOENT else {
                throw StartError(
                    "\(file) may be read by others and cannot be closed to them: \(SystemReason.text(errno)). "
                        + "Close it with chmod 600 \(file).")
            }
        }
    }

    private static func warnIfOpen(_ folder: String) {
        guard let mode = mode(of: folder), mode & 0o066 != 0 else { return }
        Console.postWarning(
            "gatehouse: others may look into \(folder) (mode \(String(mode, radix: 8))): close it with chmod 700 \(folder)"
        )
    }

    private static func mode(of path: String) -> mode_t? {
        var facts = stat()
        return stat(path, &facts) == 0 ? facts.st_mode & 0o7777 : nil
    }

    private static func make(_ folder: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StartError(
                "The folder \(folder) cannot be made: \(SystemReason.text(error)). Name another with --data.")
        }
    }

    /// Two servers on one folder would overwrite each other's state.
    private static func lock(_ folder: String) throws -> Int32 {
        let descriptor = open(folder + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StartError("The folder \(folder) cannot be written to: \(SystemReason.text(errno))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw StartError(
                "Another Gatehouse uses the folder \(folder). Stop it, or give this one a folder of its own with --data."
            )
        }
        // Where a server before this one listened says nothing any more.
        guard ftruncate(descriptor, 0) == 0 else {
            throw StartError("The file \(folder)/lock cannot be written to: \(SystemReason.text(errno))")
        }
        return descriptor
    }

    /// Leaves in the folder on which port of loopback its server answers without TLS, for commands that have nothing but
    /// the folder.
    func tell(localPort: Int) {
        guard lock >= 0 else { return }
        let text = Array("\(localPort)\n".utf8)
        // A disk that is full: the commands then ask for `--endpoint`.
        _ = pwrite(lock, text, text.count, 0)
    }

    /// Whether a server uses a folder at the moment.
    static func isLocked(_ folder: String) -> Bool {
        let descriptor = open(absolute(folder) + "/lock", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { _ = closeDescriptor(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) != 0
    }

    /// What the server that uses a folder has left there; nil while it starts.
    static func localPort(of folder: String) -> Int? {
        guard let file = FileManager.default.contents(atPath: absolute(folder) + "/lock") else { return nil }
        let line = String(decoding: file, as: UTF8.self)
        // Whole lines only: it may be being written.
        return line.hasSuffix("\n") ? Int(line.dropLast()) : nil
    }

    private static func closeDescriptor(_ descriptor: Int32) -> Int32 {
        #if canImport(Glibc)
        Glibc.close(descriptor)
        #elseif canImport(Musl)
        Musl.close(descriptor)
        #else
        Darwin.close(descriptor)
        #endif
    }
}
