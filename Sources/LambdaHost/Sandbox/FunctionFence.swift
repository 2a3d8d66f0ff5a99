import CSandbox
import GatewayModel
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Keeps functions, which run as a user of their own, to the code that is theirs.
///
/// One user cannot tell functions apart, groups can: each environment has a group of its own, which the kernel wants to
/// be the same before one process may look into another, and is in the groups of the folders that it needs, its code and
/// its layers. Nobody else may enter those, and the groups have no names and no other members.
package final class FunctionFence: Sendable {
    package let user: FunctionUser
    /// Where code lies; what is elsewhere is not touched.
    private let codeFolder: String
    /// Whether processes here may be in groups of our own. In a container whose ids are mapped they may be in few: there
    /// all functions have the user's group, and only the server's files are closed to them.
    package let hasGroups: Bool
    private let state: Mutex<State>

    private struct State {
        /// By path of the folder of code.
        var folders: [String: UInt32] = [:]
        /// How many folders there may be before those that are gone are forgotten.
        var room = 1_000
        var lastFolder: UInt32
        var lastEnvironment: UInt32
    }

    /// Source: systemd, UIDS-GIDS.md: 1879048192 (0x70000000) to 2147483647 are unused by any convention.
    static let folderGroups: Range<UInt32> = 0x7000_0000..<0x7800_0000
    static let environmentGroups: Range<UInt32> = 0x7800_0000..<0x7FFF_FFFF

    package convenience init(user: FunctionUser, codeFolder: String) {
        self.init(user: user, codeFolder: codeFolder, hasGroups: Self.mayUseGroups())
    }

    init(user: FunctionUser, codeFolder: String, hasGroups: Bool) {
        self.user = user
        self.codeFolder = codeFolder
        self.hasGroups = hasGroups
        // Another server on this machine begins elsewhere.
        state = Mutex(
            State(
                lastFolder: .random(in: Self.folderGroups), lastEnvironment: .random(in: Self.environmentGroups)))
    }

    /// Who an environment is that runs with these folders of code. They are opened to it, and its temporary folder is its
    /// own.
    func admit(to folders: [String], temporaryFolder: String) throws(LaunchError) -> ProcessIdentity {
        var groups: [UInt32] = []
        for folder in folders where folder.hasPrefix(codeFolder + "/") {
            let group = group(of: folder)
            try Self.open(folder, to: group)
            if hasGroups { groups.append(group) }
        }
        guard hasGroups else {
            try Self.set(temporaryFolder, owner: user.user, group: user.group, mode: 0o700)
            return ProcessIdentity(user: user.user, group: user.group, groups: [])
        }
        let own = state.withLock { Self.next(&$0.lastEnvironment, in: Self.environmentGroups) }
        // By its group alone: the owner would be every other function, too.
        try Self.set(temporaryFolder, owner: 0, group: own, mode: 0o770)
        return ProcessIdentity(user: user.user, group: own, groups: groups)
    }

    private func group(of folder: String) -> UInt32 {
        guard hasGroups else { return user.group }
        return state.withLock { state in
            if let known = state.folders[folder] { return known }
            if state.folders.count >= state.room {
                state.folders = state.folders.filter { access($0.key, F_OK) == 0 }
                state.room = max(1_000, 2 * state.folders.count)
            }
            let group = Self.next(&state.lastFolder, in: Self.folderGroups)
            state.folders[folder] = group
            return group
        }
    }

    private static func next(_ last: inout UInt32, in range: Range<UInt32>) -> UInt32 {
        last = last + 1 < range.upperBound ? last + 1 : range.lowerBound
        return last
    }

    // MARK: Files

    /// Lets the group in, and nobody else, at whatever modes the files within came with: as everywhere else, the mode of a
    /// file in a package does not decide whether its own function reads it.
    private static func open(_ folder: String, to group: UInt32) throws(LaunchError) {
        var status = stat()
        guard lstat(folder, &status) == 0 else { throw failure(folder) }
        if status.st_gid == group, status.st_mode & 0o777 == 0o750 { return }
        try letOthersRead(folder)
        // Last: who finds it open finds all of it readable.
        try set(folder, owner: status.st_uid, group: group, mode: 0o750)
    }

    private static func letOthersRead(_ folder: String) throws(LaunchError) {
        for name in OptFolder.list(folder) {
            let path = "\(folder)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0 else { throw failure(path) }
            let mode = status.st_mode & 0o777
            switch status.st_mode & S_IFMT {
            case S_IFDIR:
                if mode & 0o005 != 0o005, chmod(path, mode | 0o755) != 0 { throw failure(path) }
                try letOthersRead(path)
            case S_IFREG:
                let wanted: mode_t = mode & 0o100 != 0 ? 0o555 : 0o444
                if mode & wanted != wanted, chmod(path, mode | wanted) != 0 { throw failure(path) }
            default: continue
            }
        }
    }

    private static func set(_ path: String, owner: UInt32, group: UInt32, mode: mode_t) throws(LaunchError) {
        guard chown(path, owner, group) == 0, chmod(path, mode) == 0 else { throw failure(path) }
    }

    private static func failure(_ path: String) -> LaunchError {
        LaunchError(message: "cannot open \(path) to the user that functions run as: \(SystemReason.text(errno))")
    }

    // MARK: The machine

    /// The first place on the way to one of these that the user may not enter or execute; nil when all are open.
    package func firstClosed(to places: [String]) -> (closed: String, place: String)? {
        let steps = places.flatMap { place in Self.way(to: place).map { (closed: $0, place: place) } }
        let identity = ProcessIdentity(user: user.user, group: user.group, groups: [])
        let found = withCStrings(steps.map(\.closed)) { paths in
            paths.withMemoryRebound(to: UnsafePointer<CChar>?.self, capacity: steps.count) { paths in
                ProcessIdentity.with(identity) { sandbox_first_closed($0, paths, Int32(steps.count)) }
            }
        }
        return steps.indices.contains(Int(found)) ? steps[Int(found)] : nil
    }

    /// All folders above the place, then itself; by its real name first, which links lead to.
    package static func way(to place: String) -> [String] {
        var names = [place]
        if let real = realpath(place, nil) {
            names.insert(String(cString: real), at: 0)
            free(real)
        }
        return names.flatMap { name in
            let parts = name.split(separator: "/")
            return parts.indices.map { "/" + parts[...$0].joined(separator: "/") }
        }
    }

    private static func mayUseGroups() -> Bool {
        #if os(Linux)
        guard let file = fopen("/proc/self/gid_map", "re") else { return true }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while getline(&line, &capacity, file) > 0 {
            // First id inside, first id outside, how many.
            let numbers = line.map {
                String(cString: $0).split(whereSeparator: \.isWhitespace).compactMap { UInt64($0) }
            }
            guard let numbers, numbers.count == 3 else { continue }
            if numbers[0] <= UInt64(folderGroups.lowerBound),
                numbers[0] + numbers[2] >= UInt64(environmentGroups.upperBound)
            {
                return true
            }
        }
        return false
        #else
        return true
        #endif
    }
}

/// Who functions run as when it is not the server's own user.
package struct FunctionUser: Sendable, Equatable {
    /// As it was named.
    package let name: String
    package let user: UInt32
    package let group: UInt32

    package init(name: String, user: UInt32, group: UInt32) {
        self.name = name
        self.user = user
        self.group = group
    }
}

/// Who a process is: its user, its group, and all further ones.
struct ProcessIdentity: Sendable, Equatable {
    let user: UInt32
    let group: UInt32
    let groups: [UInt32]

    /// As C takes it, for as long as `body` runs.
    static func with<Result>(
        _ identity: ProcessIdentity?, _ body: (UnsafePointer<sandbox_identity>?) -> Result
    ) -> Result {
        guard let identity else { return body(nil) }
        return identity.groups.withUnsafeBufferPointer { groups in
            var value = sandbox_identity(
                user: identity.user, group: identity.group, groups: groups.baseAddress,
                group_count: Int32(groups.count))
            return body(&value)
        }
    }
}
