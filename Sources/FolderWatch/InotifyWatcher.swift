#if os(Linux)
import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Lets the kernel tell of changes (inotify(7)): a watch on every folder, read on a queue of its own.
final class InotifyWatcher: Watcher {
    private let descriptor: Int32
    /// A pipe whose end ends the thread's wait.
    private let wake: (read: Int32, write: Int32)
    private let walk: FolderWalk
    private let onChange: @Sendable (FolderChanges) -> Void
    private let state = Mutex(State())

    private struct State {
        var targets = WatchTargets()
        /// By watch descriptor.
        var watches: [Int32: Watch] = [:]
        /// Whether the kernel had no room for a watch.
        var isFull = false
        var isStopped = false
        /// Gathered by the thread, with the times of the first and the last in milliseconds.
        var gathered: (changes: FolderChanges, first: Int64, last: Int64)?
    }

    /// A folder. The same one may be reached by several paths, as through links.
    private struct Watch {
        /// Those below which everything is of interest, and how deep they lie.
        var trees: [String: Int] = [:]
        /// Names that are of interest in it whatever else is, with the paths that they are told by.
        var names: [String: Set<String>] = [:]
    }

    /// Nil when the kernel has no more instances for this user.
    init?(_ walk: FolderWalk, onChange: @escaping @Sendable (FolderChanges) -> Void) {
        descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            close(descriptor)
            return nil
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        wake = (ends[0], ends[1])
        self.walk = walk
        self.onChange = onChange
        // It ends with `stop`, which whoever holds this calls. Waiting blocks, which Swift's own threads must not.
        DispatchQueue(label: "gatehouse.folder-watch").async { [self] in
            while turn() {}
        }
    }

    func watch(_ targets: WatchTargets) {
        state.withLock { state in
            guard !state.isStopped, targets != state.targets else { return }
            state.targets = targets
            let old = state.watches
            state.watches = [:]
            addAll(&state)
            for watch in old.keys where state.watches[watch] == nil { inotify_rm_watch(descriptor, watch) }
        }
    }

    /// Whether there is more to watch than the kernel has room for.
    var isFull: Bool { state.withLock(\.isFull) }

    func stop() {
        let isFirst = state.withLock { state in
            defer { state.isStopped = true }
            return !state.isStopped
        }
        if isFirst { close(wake.write) }
    }
}

/// Watches.
extension InotifyWatcher {
    private static let events =
        IN_CLOSE_WRITE | IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB

    private func addAll(_ state: inout State) {
        for folder in state.targets.folders { add(target: folder, &state) }
        for file in state.targets.files { add(target: file, &state) }
    }

    /// Answers what files it found.
    @discardableResult
    private func add(target: String, _ state: inout State) -> [String] {
        // A folder that is deleted and made again is a new one: its parent tells.
        add(name: target, for: target, &state)
        if state.targets.folders.contains(target) { return add(tree: target, depth: 0, &state) }
        // What a link leads to changes elsewhere.
        if let file = FolderWalk.resolved(target), file != target { add(name: file, for: target, &state) }
        return []
    }

    /// Watches a folder and those in it; answers what files it found.
    @discardableResult
    private func add(tree folder: String, depth: Int, _ state: inout State) -> [String] {
        guard depth < FolderWalk.maximumDepth, let watch = add(folder, &state) else { return [] }
        // Through a link to a folder above, the same watch is met again.
        let isCircle = state.watches[watch]?.trees.keys.contains { folder.hasPrefix($0 + "/") } ?? false
        guard !isCircle else { return [] }
        state.watches[watch, default: Watch()].trees[folder] = depth
        var found: [String] = []
        for entry in walk.entries(folder) {
            if entry.isFolder {
                found += add(tree: entry.path, depth: depth + 1, &state)
            } else {
                found.append(entry.path)
                // What a link leads to changes elsewhere.
                if entry.isLink, let target = FolderWalk.resolved(entry.path) {
                    add(name: target, for: entry.path, &state)
                }
            }
        }
        return found
    }

    /// Watches one name in a folder, which `path` is told for. While there is no such folder, the nearest one above it
    /// tells of the way that leads there.
    private func add(name path: String, for told: String, _ state: inout State) {
        var path = path
        while path != "/" {
            let parent = FolderWalk.parent(of: path)
            if let watch = add(parent, &state) {
                state.watches[watch, default: Watch()].names[FolderWalk.name(of: path), default: []].insert(told)
                return
            }
            path = parent
        }
    }

    private func add(_ folder: String, _ state: inout State) -> Int32? {
        let watch = inotify_add_watch(descriptor, folder, UInt32(Self.events | IN_ONLYDIR))
        guard watch < 0 else {
            if state.watches[watch] == nil { state.watches[watch] = Watch() }
            return watch
        }
        if errno == ENOSPC { state.isFull = true }
        return nil
    }
}

/// Events.
extension InotifyWatcher {
    /// One turn of the thread: waits, reads, and gives out what is ripe. False after `stop`.
    private func turn() -> Bool {
        var descriptors = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wake.read, events: Int16(POLLIN), revents: 0),
        ]
        _ = poll(&descriptors, nfds_t(descriptors.count), wait())
        let ripe: FolderChanges? = state.withLock { state in
            guard !state.isStopped else { return nil }
            read(&state)
            return takeRipe(&state)
        }
        if let ripe { onChange(ripe) }
        let isStopped = state.withLock(\.isStopped)
        if isStopped {
            close(descriptor)
            close(wake.read)
        }
        return !isStopped
    }

    /// Milliseconds until what is gathered is ripe; -1 while there is nothing.
    private func wait() -> Int32 {
        state.withLock { state in
            guard let gathered = state.gathered else { return -1 }
            return Int32(max(0, Self.ripeAt(gathered.first, gathered.last) - Self.now))
        }
    }

    private func takeRipe(_ state: inout State) -> FolderChanges? {
        guard let gathered = state.gathered, Self.ripeAt(gathered.first, gathered.last) <= Self.now else { return nil }
        state.gathered = nil
        return gathered.changes
    }

    private static func ripeAt(_ first: Int64, _ last: Int64) -> Int64 {
        min(last + Int64(Debounce.quietMilliseconds), first + Int64(Debounce.longestMilliseconds))
    }

    private static var now: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }

    private func read(_ state: inout State) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: 65_536, alignment: MemoryLayout<inotify_event>.alignment)
        defer { buffer.deallocate() }
        while true {
            #if canImport(Glibc)
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #else
            let count = Musl.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            guard count > 0 else { return }
            var offset = 0
            while offset + MemoryLayout<inotify_event>.size <= count {
                let event = buffer.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
                let start = offset + MemoryLayout<inotify_event>.size
                let name = String(decoding: buffer[start..<start + Int(event.len)].prefix { $0 != 0 }, as: UTF8.self)
                happened(event.wd, event.mask, name, &state)
                offset = start + Int(event.len)
            }
        }
    }

    private func happened(_ descriptor: Int32, _ mask: UInt32, _ name: String, _ state: inout State) {
        func has(_ flag: Int32) -> Bool { mask & UInt32(bitPattern: flag) != 0 }
        if has(IN_Q_OVERFLOW) {
            // Folders may have come that nobody was told of.
            addAll(&state)
            return gather(.everything, &state)
        }
        if has(IN_IGNORED) {
            // The folder is gone. What it told of may come again with another one of its name.
            guard let lost = state.watches.removeValue(forKey: descriptor) else { return }
            for target in lost.names.values.reduce(into: Set<String>(), { $0.formUnion($1) })
            where isTarget(target, state) {
                let found = add(target: target, &state)
                gather(.paths(Set(found + [target])), &state)
            }
            return
        }
        guard !name.isEmpty, let watch = state.watches[descriptor] else { return }
        var changed = watch.names[name] ?? []
        let isNew = has(IN_CREATE | IN_MOVED_TO)
        for (folder, depth) in watch.trees where !walk.isIgnored(name, in: folder) {
            let path = folder + "/" + name
            changed.insert(path)
            guard isNew else {
                if has(IN_MOVED_FROM), has(IN_ISDIR) { forget(path, &state) }
                continue
            }
            // A new folder, or a link to one or to a file: with what came into it before it was watched.
            changed.formUnion(add(tree: path, depth: depth + 1, &state))
            if let target = FolderWalk.resolved(path), target != path { add(name: target, for: path, &state) }
        }
        if isNew {
            for target in watch.names[name] ?? [] where isTarget(target, state) {
                changed.formUnion(add(target: target, &state))
            }
        }
        if !changed.isEmpty { gather(.paths(changed), &state) }
    }

    private func isTarget(_ path: String, _ state: State) -> Bool {
        state.targets.folders.contains(path) || state.targets.files.contains(path)
    }

    /// A folder that was moved away goes on being watched by the kernel, under a path that is no longer its own.
    private func forget(_ folder: String, _ state: inout State) {
        for (descriptor, watch) in state.watches {
            for tree in watch.trees.keys where tree == folder || tree.hasPrefix(folder + "/") {
                state.watches[descriptor]?.trees[tree] = nil
            }
            if let left = state.watches[descriptor], left.trees.isEmpty, left.names.isEmpty {
                inotify_rm_watch(self.descriptor, descriptor)
                state.watches[descriptor] = nil
            }
        }
    }

    private func gather(_ changes: FolderChanges, _ state: inout State) {
        let now = Self.now
        guard let gathered = state.gathered else {
            state.gathered = (changes, now, now)
            return
        }
        state.gathered = (gathered.changes.merged(with: changes), gathered.first, now)
    }
}
#endif
