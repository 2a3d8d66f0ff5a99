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

/// The folder in which a backup grows, `TARGET.incomplete`, until it gets its name. It belongs to one backup at a time:
/// to who holds a lock on a file in it. The file stays, as a server that is started on the backup has one as well.
struct PartialFolder: ~Copyable {
    let path: String
    private let lock: Int32

    private static let lockName = "lock"
    /// How often it may go, moved or removed by its owner, between being found and being locked.
    private static let maximumAttempts = 100

    /// An empty folder; what a backup left that was cut short goes.
    init(for target: String) throws(Backup.Failure) {
        let path = target + ".incomplete"
        for _ in 1...Self.maximumAttempts {
            let isNew = mkdir(path, 0o700) == 0
            guard isNew || errno == EEXIST else { throw Self.failure("made", path) }
            // Only what a backup has left is a backup's to remove.
            guard isNew || Self.isBackups(path) else {
                throw Backup.Failure(
                    description: "\(path) is there already, and no backup has left it. Move it, or name another place.")
            }
            let lock = open("\(path)/\(Self.lockName)", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard lock >= 0 else {
                if errno == ENOENT { continue }
                let failure = Self.failure("written to", path)
                rmdir(path)
                throw failure
            }
            guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
                let failure =
                    errno == EWOULDBLOCK
                    ? Backup.Failure(description: "Another backup to \(target) is under way.")
                    : Self.failure("locked", path)
                Descriptors.close(lock)
                throw failure
            }
            // Its owner may have moved or removed it meanwhile.
            if Self.isStill(lock, in: path) {
                if Self.hasOnlyTheLock(path) {
                    self.path = path
                    self.lock = lock
                    return
                }
                FolderRemoval.remove(path, last: Self.lockName)
            }
            Descriptors.close(lock)
        }
        throw Backup.Failure(description: "\(path) is made and removed all the time by others.")
    }

    /// Gives the folder its name, whole; false when something has that name by now.
    func move(to target: String) throws(Backup.Failure) -> Bool {
        if rename(path, target) == 0 { return true }
        guard errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR else { throw Self.failure("renamed", path) }
        return false
    }

    func remove() { FolderRemoval.remove(path, last: Self.lockName) }

    deinit { Descriptors.close(lock) }

    private static func isStill(_ lock: Int32, in path: String) -> Bool {
        var (held, named) = (stat(), stat())
        return fstat(lock, &held) == 0 && stat("\(path)/\(lockName)", &named) == 0 && held.st_ino == named.st_ino
            && held.st_dev == named.st_dev
    }

    /// Whether it is a folder with a lock in it, or nothing yet; or gone.
    private static func isBackups(_ path: String) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else { return true }
        guard status.st_mode & S_IFMT == S_IFDIR else { return false }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.isEmpty || names.contains(lockName)
    }

    private static func hasOnlyTheLock(_ path: String) -> Bool {
        (try? FileManager.default.contentsOfDirectory(atPath: path)) == [lockName]
    }

    private static func failure(_ what: String, _ path: String) -> Backup.Failure {
        Backup.Failure(description: "The folder \(path) cannot be \(what): \(SystemReason.text(errno)).")
    }
}
