import Dispatch
import GatewayModel
import Synchronization

/// Which folders of code are held, so that one that is not wanted any more goes with its last holder: a call may read a
/// file of its package long after its function was changed or deleted.
package final class CodeFolders: Sendable {
    private struct Folder {
        var holders = 0
        /// What is to be done with it once nobody holds it; nil while it is wanted.
        var discard: Discard?
    }

    private struct Discard {
        /// Where it is moved first, in one step: nobody may find half of it.
        let grave: String
        let removed: @Sendable () -> Void
    }

    private let folders = Mutex<[String: Folder]>([:])
    /// How many calls put something into a folder of folders.
    private let fillers = Mutex<[String: Int]>([:])
    private let queue = DispatchQueue(label: "gatehouse.code-folders")

    package init() {}

    /// Waits until what was let go of is gone.
    package func settle() {
        // Letting go is one step, removing the next.
        for _ in 0..<2 { queue.sync {} }
    }

    /// Runs `body`, which makes a folder and puts something into it; nobody takes it away while it is still empty.
    func filling<Result>(
        _ path: String, _ body: () throws(PackageError) -> Result
    ) throws(PackageError) -> Result {
        fillers.withLock { $0[path, default: 0] += 1 }
        defer {
            fillers.withLock { fillers in
                let others = (fillers[path] ?? 1) - 1
                fillers[path] = others == 0 ? nil : others
            }
            removeIfEmpty(path)
        }
        return try body()
    }

    func removeIfEmpty(_ path: String) {
        fillers.withLock { if $0[path] == nil { Files.removeEmptyFolder(path) } }
    }

    /// Holds the folder for as long as what this answers lives. That it is wanted, `keep` says.
    func hold(_ path: String) -> Lambda.CodeFolder {
        folders.withLock { folders in
            folders[path, default: Folder()].holders += 1
        }
        return Lambda.CodeFolder(path) { [self] in release(path) }
    }

    /// The folder is wanted after all.
    func keep(_ path: String) { folders.withLock { $0[path]?.discard = nil } }

    /// Removes the folder when nobody holds it, now or later; then calls `removed`. Where it was is free at once, its
    /// files go in a while.
    func discard(_ path: String, to grave: String, removed: @escaping @Sendable () -> Void = {}) {
        bury(path) { folders in
            folders[path, default: Folder()].discard = Discard(grave: grave, removed: removed)
        }
    }

    private func release(_ path: String) {
        // Whoever let go may be an event loop: even one step on a disk is not for it.
        queue.async { [self] in bury(path) { $0[path]?.holders -= 1 } }
    }

    private func bury(_ path: String, after change: (inout [String: Folder]) -> Void) {
        let discard: Discard? = folders.withLock { folders in
            change(&folders)
            guard let folder = folders[path], folder.holders == 0 else { return nil }
            folders[path] = nil
            guard let discard = folder.discard, (try? Files.rename(path, to: discard.grave)) == true else { return nil }
            return discard
        }
        guard let discard else { return }
        queue.async {
            Files.remove(discard.grave)
            discard.removed()
        }
    }
}
