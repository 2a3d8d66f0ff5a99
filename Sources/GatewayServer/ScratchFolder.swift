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

/// The scratch space of one server, `gatehouse-PID-NUMBER` in the temporary folder. It goes when the server stops; what a
/// killed one left is removed by the next that starts.
///
/// A lock is held on a file in it for as long as its server lives: only this says that nobody uses it, for process ids
/// are given again, and containers that share the folder have ids of their own.
final class ScratchFolder: Sendable {
    let path: String
    private let lock: Int32

    private static let lockName = "lock"

    init(in parent: String) throws {
        let path = "\(parent)/gatehouse-\(getpid())-\(UInt32.random(in: .min ... .max))"
        guard mkdir(path, 0o700) == 0 else {
            throw StartError("The folder \(path) cannot be made: \(SystemReason.text(errno))")
        }
        // Locked before it has its name, so that nobody ever finds it unlocked.
        let unnamed = path + "/lock-to-be"
        lock = open(unnamed, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0, rename(unnamed, "\(path)/\(Self.lockName)") == 0 else {
            throw StartError("The folder \(path) cannot be locked: \(SystemReason.text(errno))")
        }
        self.path = path
    }

    func remove() {
        FolderRemoval.remove(path, last: Self.lockName)
        Descriptors.close(lock)
    }

    /// Removes the scratch folders of this user whose servers are gone. A folder without a lock file is left alone: a
    /// server may be about to make one.
    static func removeStale(in parent: String) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: parent) else { return }
        for name in names where isName(name) {
            let path = "\(parent)/\(name)"
            var info = stat()
            guard lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFDIR, info.st_uid == getuid() else { continue }
            let lock = open("\(path)/\(lockName)", O_RDWR | O_NOFOLLOW | O_CLOEXEC)
            guard lock >= 0 else { continue }
            // The lock goes last, so that a removal that is interrupted goes on next time.
            if flock(lock, LOCK_EX | LOCK_NB) == 0 { FolderRemoval.remove(path, last: lockName) }
            Descriptors.close(lock)
        }
    }

    private static func isName(_ name: String) -> Bool {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 3 && parts[0] == "gatehouse"
            && parts[1...].allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    }
}
