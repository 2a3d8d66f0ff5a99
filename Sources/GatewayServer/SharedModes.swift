import FoundationEssentials
import FunctionPackages
import GatewayModel
import LambdaHost

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The modes by which functions that run as a user of their own get to their code, and to nothing else: folders on the way
/// let everybody through and show nobody what is in them, what lies beside the way is the server's alone.
struct SharedModes {
    let user: FunctionUser
    /// The folder of code.
    let code: String

    /// In the data folder, or its stand-in, beside the code.
    private static let databases = ["state.sqlite", "tables.sqlite", "pools.sqlite", "logs.sqlite"]
    private static let own = ["secrets.key", "lock", "assets", "logs"]

    /// Everything is closed before the way is opened. A folder that an older version has made is brought to the same.
    func apply(data: String?, scratch: String) throws {
        try checkWay(to: scratch)
        if let data {
            try checkWay(to: data)
            try checkOwner(data)
            // SQLite gives the files beside a database the database's own mode.
            for name in Self.databases { try makePrivateFile("\(data)/\(name)") }
            try closeContents(of: data)
        } else {
            for name in ["tables.sqlite", "logs.sqlite"] { try makePrivateFile("\(scratch)/\(name)") }
        }
        try closePackages()
        for folder in [code, scratch, data].compactMap(\.self) {
            try set(folder, mode: mode_t(FunctionPackages.passage))
        }
    }

    /// What is Gatehouse's is closed in any case. What lies beside it is when nobody else could get there before.
    private func closeContents(of data: String) throws {
        let wasClosed = try status(data).map { $0.st_mode & 0o011 == 0 } ?? true
        for name in try list(data) where "\(data)/\(name)" != code {
            let path = "\(data)/\(name)"
            let isOurs = Self.own.contains(name) || Self.databases.contains { name.hasPrefix($0) }
            guard isOurs || wasClosed && !isLink(path) else { continue }
            try checkOwner(path)
            try close(path)
        }
    }

    /// Folders of code are opened one by one, when something runs in them.
    private func closePackages() throws {
        try checkOwner(code)
        for name in try list(code) where !isLink("\(code)/\(name)") {
            let home = "\(code)/\(name)"
            try checkOwner(home)
            guard isFolder(home) else { continue }
            for entry in try list(home) where !isLink("\(home)/\(entry)") {
                try checkOwner("\(home)/\(entry)")
                try close("\(home)/\(entry)")
            }
            try set(home, mode: mode_t(FunctionPackages.passage))
        }
    }

    /// Whoever may rename a folder on the way puts another in its place, and the server writes there.
    private func checkWay(to path: String) throws {
        for folder in FunctionFence.way(to: path) where folder != path {
            guard let facts = try status(folder), facts.st_mode & S_IFMT == S_IFDIR else { continue }
            // In a folder like /tmp only the owner of an entry may rename it.
            let isEverybodys = facts.st_mode & 0o1002 == 0o002
            guard isEverybodys || facts.st_uid == user.user else { continue }
            throw StartError(
                """
                \(folder) can be changed by \(user.name), whom functions run as (--function-user): they could put something \
                else in the place of \(path). Give it to root alone (chown root \(folder); chmod o-w \(folder)), or name \
                another folder.
                """)
        }
    }

    /// Owners read what is theirs, whatever its mode.
    private func checkOwner(_ path: String) throws {
        guard try status(path)?.st_uid == user.user else { return }
        throw StartError(
            """
            \(path) belongs to \(user.name), whom functions run as (--function-user): they could read it. Give it to root \
            (chown -R root:root \(path)), or name another user.
            """)
    }

    private func makePrivateFile(_ path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path) }
        Descriptors.close(descriptor)
        try close(path)
    }

    private func close(_ path: String) throws {
        guard let mode = try status(path)?.st_mode, mode & 0o077 != 0 else { return }
        try set(path, mode: mode & 0o700)
    }

    private func set(_ path: String, mode: mode_t) throws {
        guard chmod(path, mode) == 0 else { throw failure(path) }
    }

    /// Nil for what is gone, as the files beside a database are when the last one who reads it, a backup, has ended.
    private func status(_ path: String) throws -> stat? {
        var status = stat()
        if stat(path, &status) == 0 { return status }
        guard errno == ENOENT else { throw failure(path) }
        return nil
    }

    private func isFolder(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    private func list(_ folder: String) throws -> [String] {
        do { return try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
            throw StartError("The folder \(folder) cannot be read: \(SystemReason.text(error)).")
        }
    }

    private func failure(_ path: String) -> StartError {
        StartError(
            "\(path) cannot be closed to the user that functions run as (--function-user): \(SystemReason.text(errno))."
        )
    }
}
