internal import Crypto
package import GatewayModel
import Synchronization

/// Copies of local code, `<folder>/<digest>/`: what runs is never a file that somebody is just saving, old code stays
/// whole while calls run in it, and all functions of one folder share a copy.
///
/// A copy appears under its name when it is complete. What did not change since the copy before is a second name of the
/// same file there, never of the source's.
package final class CodeSnapshots: Sendable {
    private let folder: String
    private let reader: CodeReader
    /// False when the copies end with the process: then nothing waits for the disk.
    package let isDurable: Bool
    package let folders = CodeFolders()
    private let state = Mutex(State())

    private struct State {
        /// By folder of the source.
        var latest: [String: Latest] = [:]
        /// Names of snapshots that are about to be used, and how often.
        var pins: [String: Int] = [:]
        /// By name.
        var snapshots: [String: FunctionPackage] = [:]
    }

    /// The copy that was made last of a folder.
    private struct Latest {
        let name: String
        let content: CodeReader.Content
    }

    /// A function may be called "local"; none can be called this.
    package static let name = ".local"
    private static let temporaryPrefix = ".incoming-"
    private static let removedPrefix = ".removed-"
    /// How often a copy is begun again because the code changed under it, before the caller is told so.
    private static let maximumAttempts = 20

    /// - Parameters:
    ///   - codeFolder: where function packages are kept.
    ///   - isDurable: false when that folder ends with the process.
    package init(codeFolder: String, isDurable: Bool) {
        folder = codeFolder + "/" + Self.name
        reader = CodeReader(home: codeFolder.split(separator: "/").dropLast().reduce(into: "") { $0 += "/" + $1 })
        self.isDurable = isDurable
    }

    /// Waits until code that nobody holds or wants any more is gone.
    package func settle() { folders.settle() }

    /// Where the code of a snapshot lies.
    func codeFolder(of name: String) -> String { folder + "/" + name }

    /// Whether a file did not change between two copies: it is one file with two names then.
    package func isSameFile(_ path: String, in copy: String, and other: String) -> Bool {
        Files.identity("\(codeFolder(of: copy))/\(path)")?.node
            == Files.identity("\(codeFolder(of: other))/\(path)")?.node
    }

    /// Where it lies, to be kept while it is held.
    package func hold(_ name: String) -> Lambda.CodeFolder { folders.hold(codeFolder(of: name)) }

    func isKept(_ name: String) -> Bool { Files.isFolder(codeFolder(of: name)) }

    /// A digest of the code at a path, a folder or a package, as it is now; nil when there is none. That of a folder is
    /// its CodeSha256, over the sorted relative paths, the contents and which files are programs.
    package func codeDigest(of path: String) -> String? {
        guard !Files.isFile(path) else { return (try? CodeReader.digest(of: path)).map(Base64.encode) }
        return try? Base64.encode(reader.read(path).digest)
    }

    /// What `take` would answer, with nothing kept.
    package func describe(_ source: String, isFresh: Bool = true) throws(PackageError) -> FunctionPackage {
        let known = isFresh ? nil : reader.latest(source)
        let content = if let known { known } else { try reader.read(source) }
        return FunctionPackage(
            codeSha256: Base64.encode(content.digest), codeSize: content.size, unzippedSize: content.size,
            localFolder: source)
    }

    /// Copies the code, unless the same is there already, and holds the copy until `release`.
    ///
    /// - Parameter dependencies: a folder whose entries are linked beside the code, where the code has none of the name.
    package func take(_ source: String, dependencies: String?) throws(PackageError) -> FunctionPackage {
        for attempt in 0..<Self.maximumAttempts {
            // What was read a moment ago, for a plan, is read again only if it is something else by now.
            let known = attempt == 0 ? reader.latest(source) : nil
            let content = if let known { known } else { try reader.read(source) }
            let name = Self.snapshotName(content, source, dependencies)
            let package = FunctionPackage(
                codeSha256: Base64.encode(content.digest), codeSize: content.size, unzippedSize: content.size,
                localFolder: source, snapshot: name)
            pin(name, package)
            do throws(PackageError) {
                var isThere = isKept(name)
                if !isThere {
                    isThere = try copy(content, from: source, dependencies, as: name)
                } else if known != nil {
                    isThere = try reader.isCurrent(content, source)
                }
                if isThere {
                    state.withLock { $0.latest[source] = Latest(name: name, content: content) }
                    return package
                }
            } catch {
                release(name)
                throw error
            }
            release(name)
        }
        throw .unusableFolder("The files in \(source) change all the time.")
    }

    /// The snapshot is in use by a function now, or will never be.
    package func release(_ name: String) {
        state.withLock { state in
            let count = state.pins[name, default: 0] - 1
            state.pins[name] = count > 0 ? count : nil
        }
    }
}

/// Copying.
extension CodeSnapshots {
    /// The source belongs to the name: a path in a copy leads back to one folder.
    private static func snapshotName(
        _ content: CodeReader.Content, _ source: String, _ dependencies: String?
    ) -> String {
        let parts = [source, dependencies ?? ""].map { Array($0.utf8) + [0] }
        return FunctionPackages.digest(content.digest + parts.joined())
    }

    /// False when the source is not what it was when it was read.
    private func copy(
        _ content: CodeReader.Content, from source: String, _ dependencies: String?, as name: String
    ) throws(PackageError) -> Bool {
        if !Files.isFolder(folder) { try Files.makeFolders(folder, mode: FunctionPackages.passage) }
        let temporary = "\(folder)/\(Self.temporaryPrefix)\(Identifiers.uuid())"
        try Files.makeFolder(temporary, mode: 0o700)
        do throws(PackageError) {
            guard try fill(temporary, content, from: source), try reader.isCurrent(content, source) else {
                Files.remove(temporary)
                return false
            }
            if let dependencies { try Self.link(dependencies, into: temporary, depth: 0) }
            if isDurable { try sync(temporary, content) }
            // Another call may have made the same copy meanwhile.
            if try !Files.rename(temporary, to: codeFolder(of: name)) { Files.remove(temporary) }
            if isDurable { try Files.syncFolder(folder) }
            return true
        } catch {
            Files.remove(temporary)
            throw error
        }
    }

    /// What has a second name of a file that an earlier copy has is durable already, and costs nothing now.
    private func sync(_ copy: String, _ content: CodeReader.Content) throws(PackageError) {
        let files = content.folder.entries.filter(\.isFile).map { "\(copy)/\($0.path)" }
        var folders: Set<Substring> = [""]
        for entry in content.folder.entries {
            var parent = entry.path[...]
            while let slash = parent.lastIndex(of: "/") {
                parent = parent[..<slash]
                guard folders.insert(parent).inserted else { break }
            }
        }
        try ManySyncs.run(files + folders.map { "\(copy)/\($0)" })
    }

    private func fill(_ target: String, _ content: CodeReader.Content, from source: String) throws(PackageError) -> Bool
    {
        let previous = state.withLock { $0.latest[source] }
        var folders: Set<Substring> = [""]
        for entry in content.folder.entries {
            let parent = entry.path.lastIndex(of: "/").map { entry.path[..<$0] } ?? ""
            if folders.insert(parent).inserted { try Files.makeFolders("\(target)/\(parent)") }
            let path = "\(target)/\(entry.path)"
            guard let file = content.files[entry.path] else {
                if case .link(let link) = entry.kind { try Files.makeSymbolicLink(path, to: link) }
                continue
            }
            if let previous, previous.content.files[entry.path] == file,
                Files.makeHardLink(path, to: "\(codeFolder(of: previous.name))/\(entry.path)")
            {
                continue
            }
            guard try copy(file, from: "\(source)/\(entry.path)", to: path) else { return false }
        }
        return true
    }

    /// Reads the file a second time: what it says now must be what was read first.
    private func copy(_ file: CodeReader.FileContent, from source: String, to path: String) throws(PackageError) -> Bool
    {
        var digest = SHA256()
        // Code is read-only to whom it runs for, as /var/task is.
        let mode: UInt16 = file.isExecutable ? 0o555 : 0o444
        try Files.create(path, mode: mode, isDurable: false) { write throws(PackageError) in
            try Files.read(source) { piece throws(PackageError) in
                digest.update(bufferPointer: piece)
                try write(piece)
            }
        }
        return Array(digest.finalize()) == file.digest
    }

    /// Folders that both have are merged, as if the packages had been installed into the code.
    private static func link(_ source: String, into target: String, depth: Int) throws(PackageError) {
        guard depth < LocalCode.maximumDepth else { return }
        for name in Files.list(source) {
            let (from, to) = ("\(source)/\(name)", "\(target)/\(name)")
            switch Files.kind(to) {
            case nil: try Files.makeSymbolicLink(to, to: from)
            case .folder where Files.isFolder(from): try link(from, into: to, depth: depth + 1)
            default: continue
            }
        }
    }
}

/// Keeping and removing.
extension CodeSnapshots {
    private func pin(_ name: String, _ package: FunctionPackage) {
        state.withLock { state in
            // Within the lock, as whoever collects looks for pins.
            folders.keep(codeFolder(of: name))
            state.pins[name, default: 0] += 1
            state.snapshots[name] = package
        }
    }

    /// Code that is a snapshot itself is taken as it is; nil for all other code.
    package func takeAgain(_ path: String) -> FunctionPackage? {
        guard path.hasPrefix(folder + "/") else { return nil }
        let name = String(path.dropFirst(folder.count + 1))
        return state.withLock { state in
            folders.keep(codeFolder(of: name))
            guard let package = state.snapshots[name], isKept(name) else { return nil }
            state.pins[name, default: 0] += 1
            return package
        }
    }

    /// Where the code of a folder lies as it was when it had this digest; nil when that is not kept any more.
    package func folder(of source: String, codeSha256: String) -> String? {
        state.withLock { state in
            let found = state.snapshots.values.first { $0.localFolder == source && $0.codeSha256 == codeSha256 }
            return found?.snapshot.map(codeFolder)
        }
    }

    /// Holds all that is there, so that what is changed now can be taken back; answers what `release` takes.
    package func holdAll() -> [String] {
        state.withLock { state in
            for name in state.snapshots.keys { state.pins[name, default: 0] += 1 }
            return Array(state.snapshots.keys)
        }
    }

    /// At start: tells the snapshots that functions use, by name. What is half-done goes at once, whole copies that none
    /// uses by age (`Unnamed`).
    ///
    /// - Parameter isTrusted: false when the store that names them is empty.
    package func restore(_ snapshots: [String: FunctionPackage], isTrusted: Bool = true) {
        let files = Files.list(folder)
        for file in files where file.hasPrefix(Self.temporaryPrefix) || file.hasPrefix(Self.removedPrefix) {
            Files.remove(codeFolder(of: file))
        }
        if isTrusted {
            Unnamed(in: folder).sweep(files.filter { !$0.hasPrefix(".") }) { snapshots[$0] != nil }
        }
        state.withLock { $0.snapshots = snapshots }
    }

    /// Removes the snapshots that are not in use, each when nothing runs in it.
    ///
    /// - Parameter used: asked while nobody can let go of one: whoever did so before has put it into use.
    package func collect(keeping used: () -> Set<String>) {
        state.withLock { state in
            let kept = used()
            for name in state.snapshots.keys where !kept.contains(name) && state.pins[name] == nil {
                let grave = "\(folder)/\(Self.removedPrefix)\(Identifiers.uuid())"
                folders.discard(codeFolder(of: name), to: grave) { [self] in forget(name) }
            }
        }
    }

    /// A snapshot was removed; unless it has been made again since.
    private func forget(_ name: String) {
        state.withLock { state in
            guard state.pins[name] == nil, !isKept(name) else { return }
            state.snapshots[name] = nil
            let alive = Set(state.snapshots.values.map(\.localFolder))
            for source in state.latest.keys where !alive.contains(source) { state.latest[source] = nil }
            reader.forget { !alive.contains($0) }
        }
    }

    /// `text` with paths in snapshots turned into those of the sources.
    package func namingSources(in text: String) -> String {
        guard Self.contains(folder, in: text) else { return text }
        var result = ""
        var rest = text[...]
        while let found = rest.firstRange(of: folder + "/") {
            let name = String(rest[found.upperBound...].prefix(64))
            let origin = state.withLock { $0.snapshots[name]?.localFolder }
            result += rest[..<found.lowerBound]
            result += origin ?? String(rest[found.lowerBound..<found.upperBound] + name)
            rest = rest[found.upperBound...].dropFirst(name.count)
        }
        return result + rest
    }

    /// By bytes: the lines of a function that floods its log go through here.
    private static func contains(_ folder: String, in text: String) -> Bool {
        var (folder, text) = (folder, text)
        return folder.withUTF8 { folder in
            text.withUTF8 { text in
                guard let first = folder.first else { return true }
                var start = 0
                while start + folder.count <= text.count {
                    if text[start] == first, text[start..<start + folder.count].elementsEqual(folder) { return true }
                    start += 1
                }
                return false
            }
        }
    }
}
