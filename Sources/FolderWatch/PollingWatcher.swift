import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Looks at all files several times a second, on a queue of its own.
final class PollingWatcher: Watcher {
    private struct Mark: Equatable {
        let inode: UInt64
        let size: Int64
        let seconds: Int
        let nanoseconds: Int
    }

    private struct State {
        var targets = WatchTargets()
        var seen: [String: Mark] = [:]
        var isStopped = false
    }

    private let walk: FolderWalk
    private let onChange: @Sendable (FolderChanges) -> Void
    private let state = Mutex(State())

    private static let pauseMicroseconds: UInt32 = 250_000

    init(_ walk: FolderWalk, onChange: @escaping @Sendable (FolderChanges) -> Void) {
        self.walk = walk
        self.onChange = onChange
        DispatchQueue(label: "gatehouse.folder-watch").async { [weak self] in
            repeat { usleep(Self.pauseMicroseconds) } while self?.look() ?? false
        }
    }

    func watch(_ targets: WatchTargets) {
        state.withLock { state in
            guard targets != state.targets else { return }
            state.targets = targets
            state.seen = marks(targets)
        }
    }

    func stop() { state.withLock { $0.isStopped = true } }

    /// False when nobody wants to know any more.
    private func look() -> Bool {
        let changed: Set<String>? = state.withLock { state in
            guard !state.isStopped else { return nil }
            let now = marks(state.targets)
            let changed = now.filter { state.seen[$0.key] != $0.value }.map(\.key)
            let gone = state.seen.keys.filter { now[$0] == nil }
            state.seen = now
            return Set(changed + gone)
        }
        guard let changed else { return false }
        if !changed.isEmpty { onChange(.paths(changed)) }
        return true
    }

    private func marks(_ targets: WatchTargets) -> [String: Mark] {
        var marks: [String: Mark] = [:]
        for file in targets.files {
            var status = stat()
            if stat(file, &status) == 0 { marks[file] = Self.mark(status) }
        }
        for folder in targets.folders { add(folder, depth: 0, above: [], &marks) }
        return marks
    }

    private func add(_ folder: String, depth: Int, above: [UInt64], _ marks: inout [String: Mark]) {
        var status = stat()
        guard depth < FolderWalk.maximumDepth, stat(folder, &status) == 0 else { return }
        // A link may lead to a folder above.
        let inode = UInt64(status.st_ino)
        guard !above.contains(inode) else { return }
        for entry in walk.entries(folder) {
            if entry.isFolder {
                add(entry.path, depth: depth + 1, above: above + [inode], &marks)
            } else {
                marks[entry.path] = Self.mark(entry.status)
            }
        }
    }

    private static func mark(_ status: stat) -> Mark {
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        return Mark(
            inode: UInt64(status.st_ino), size: Int64(status.st_size), seconds: Int(time.tv_sec),
            nanoseconds: Int(time.tv_nsec))
    }
}
