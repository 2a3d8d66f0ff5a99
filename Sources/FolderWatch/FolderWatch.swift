import Synchronization

/// Tells when files change: those in some folders, however deep, and single files elsewhere.
///
/// Changes are gathered until there is quiet for a moment, since an editor's one save is several steps, and then given
/// out together. On Linux the kernel tells of them (inotify); elsewhere, and where the kernel has no room for another
/// watch, the files are looked at several times a second.
package final class FolderWatch: Sendable {
    private let mailbox = Mailbox()
    private let walk: FolderWalk
    private let onProblem: @Sendable (String) -> Void
    private let watcher: Mutex<any Watcher>

    /// - Parameters:
    ///   - ignoring: whether a file or folder of that name, in a folder of that name, concerns nobody.
    ///   - onProblem: takes sentences about what cannot be watched.
    package init(
        ignoring: @escaping @Sendable (_ name: String, _ parent: String) -> Bool = { _, _ in false },
        onProblem: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        walk = FolderWalk(ignoring: ignoring)
        self.onProblem = onProblem
        let mailbox = mailbox
        #if os(Linux)
        if let kernel = InotifyWatcher(walk, onChange: { mailbox.put($0) }) {
            watcher = Mutex(kernel)
            return
        }
        onProblem("the kernel gives no inotify instance (fs.inotify.max_user_instances): files are polled instead")
        #endif
        watcher = Mutex(PollingWatcher(walk) { mailbox.put($0) })
    }

    deinit { watcher.withLock { $0.stop() } }

    /// Watches these from now on instead of those before. What changes after this returns is told.
    package func watch(folders: Set<String>, files: Set<String> = []) {
        let targets = WatchTargets(folders: folders, files: files)
        watcher.withLock { watcher in
            watcher.watch(targets)
            #if os(Linux)
            guard let kernel = watcher as? InotifyWatcher, kernel.isFull else { return }
            onProblem("the kernel's limit fs.inotify.max_user_watches is reached: files are polled instead")
            kernel.stop()
            let polling = PollingWatcher(walk) { [mailbox] in mailbox.put($0) }
            polling.watch(targets)
            watcher = polling
            #endif
        }
    }

    /// Waits for changes; those since the last call come together. Nil after `stop`.
    package func next() async -> FolderChanges? { await mailbox.next() }

    package func stop() {
        watcher.withLock { $0.stop() }
        mailbox.close()
    }
}

/// What changed.
package enum FolderChanges: Sendable, Equatable {
    /// Absolute paths of files and folders.
    case paths(Set<String>)
    /// More than the kernel could tell.
    case everything

    func merged(with other: FolderChanges) -> FolderChanges {
        guard case .paths(let mine) = self, case .paths(let theirs) = other else { return .everything }
        return .paths(mine.union(theirs))
    }
}

/// What is watched: folders with all that is in them, and files.
struct WatchTargets: Sendable, Equatable {
    var folders: Set<String> = []
    var files: Set<String> = []
}

/// How changes are found out.
protocol Watcher: Sendable {
    func watch(_ targets: WatchTargets)
    func stop()
}

/// How long changes are gathered.
enum Debounce {
    /// After the last one.
    static let quietMilliseconds = 10
    /// After the first one, whatever follows.
    static let longestMilliseconds = 100
}

/// Changes that nobody has taken yet.
private final class Mailbox: Sendable {
    private struct State {
        var changes: FolderChanges?
        var waiting: CheckedContinuation<FolderChanges?, Never>?
        var isClosed = false
    }

    private let state = Mutex(State())

    func put(_ changes: FolderChanges) {
        state.withLock { state in
            let all = state.changes?.merged(with: changes) ?? changes
            guard let waiting = state.waiting else {
                state.changes = all
                return
            }
            state.waiting = nil
            waiting.resume(returning: all)
        }
    }

    func next() async -> FolderChanges? {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                if let changes = state.changes {
                    state.changes = nil
                    continuation.resume(returning: changes)
                } else if state.isClosed {
                    continuation.resume(returning: nil)
                } else {
                    // One taker at a time: an earlier one goes away empty-handed.
                    state.waiting?.resume(returning: nil)
                    state.waiting = continuation
                }
            }
        }
    }

    func close() {
        state.withLock { state in
            state.isClosed = true
            state.waiting?.resume(returning: nil)
            state.waiting = nil
        }
    }
}
