import ControlPlane
import FoundationEssentials
import FunctionPackages
import GatewayModel
import LogStore
import ObjectStore
import SQLiteStore

/// A copy of a data folder, on which a server can start. The folder may be in service meanwhile: databases are read
/// through connections of this program's own, and packages never change.
///
/// The copy holds the resources as they were at one moment, with the code that they name, and the tables as they were
/// at a moment a little later.
package struct Backup {
    let source: String
    let target: String
    /// Lines for whoever waits.
    let tell: (String) -> Void

    /// Why there is no backup, in a sentence.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// How often the state is copied again because a package that it names went meanwhile.
    private static let maximumAttempts = 20

    package init(of source: String, to target: String, tell: @escaping (String) -> Void) {
        self.source = StateFolder.absolute(source)
        self.target = StateFolder.absolute(target)
        self.tell = tell
    }

    /// The copy appears under its name when it is complete; of several backups to one place, one does.
    package func make() async throws(Failure) {
        guard FileManager.default.fileExists(atPath: source + "/state.sqlite") else {
            throw Failure(description: "There is no state in \(source).")
        }
        let parent = String(target[..<(target.lastIndex(of: "/") ?? target.startIndex)])
        guard FileManager.default.fileExists(atPath: parent.isEmpty ? "/" : parent) else {
            throw Failure(description: "There is no folder \(parent). Make it, or name a place in one that is there.")
        }
        guard !FileManager.default.fileExists(atPath: target) else { throw isThere }
        let partial = try PartialFolder(for: target)
        do {
            // Another backup may have been completed before this one had the lock.
            guard !FileManager.default.fileExists(atPath: target) else { throw isThere }
            try await fill(partial.path)
            try StoredCode.sync(partial.path)
            guard try partial.move(to: target) else { throw isThere }
            try StoredCode.sync(parent: target)
        } catch {
            partial.remove()
            throw error as? Failure ?? failure(error)
        }
    }

    private var isThere: Failure { Failure(description: "\(target) is there already.") }

    private func failure(_ error: any Error) -> Failure {
        Failure(
            description: """
                The backup \(target) could not be made: \(SystemReason.text(error)). Nothing of it is left. Put that right, or \
                name another place, and make it again.
                """)
    }

    private func fill(_ partial: String) async throws {
        let code = (from: source + "/functions", to: partial + "/functions")
        for attempt in 1...Self.maximumAttempts {
            // Before and after: what the state names was there before it, or came meanwhile.
            try StoredCode.copy(code.from, to: code.to)
            let named = try await copyState(partial + "/state.sqlite")
            try StoredCode.copy(code.from, to: code.to)
            let missing = named.filter { !FileManager.default.fileExists(atPath: "\(code.to)/\($0)") }
            if missing.isEmpty {
                tell("functions: \(named.count) packages")
                break
            }
            // Code that was replaced in this moment is replaced in the next copy of the state, too.
            if attempt == Self.maximumAttempts {
                for path in missing.sorted() { tell("functions/\(path) is missing in \(source), too") }
            }
        }
        try StoredCode.copyFiles(source + "/assets", to: partial + "/assets")
        if FileManager.default.fileExists(atPath: source + "/objects.sqlite") { try copyObjects(partial) }
        if FileManager.default.fileExists(atPath: source + "/tables.sqlite") {
            try copy("tables.sqlite", to: partial + "/tables.sqlite")
        }
        if FileManager.default.fileExists(atPath: source + "/pools.sqlite") {
            try copy("pools.sqlite", to: partial + "/pools.sqlite")
        }
        if FileManager.default.fileExists(atPath: source + "/logs.sqlite") {
            try LogStore.copyGroups(from: source + "/logs.sqlite", to: partial + "/logs.sqlite")
        }
        // Without it nobody could open what is sealed in the databases.
        if FileManager.default.fileExists(atPath: source + "/secrets.key") {
            try FileManager.default.copyItem(atPath: source + "/secrets.key", toPath: partial + "/secrets.key")
        }
    }

    /// The same for objects and the files that they consist of.
    private func copyObjects(_ partial: String) throws {
        let database = partial + "/objects.sqlite"
        for attempt in 1...Self.maximumAttempts {
            try copyContents(partial)
            if FileManager.default.fileExists(atPath: database) { try FileManager.default.removeItem(atPath: database) }
            try copy("objects.sqlite", to: database)
            try copyContents(partial)
            let missing = try ObjectStore.paths(namedIn: database)
                .filter { !FileManager.default.fileExists(atPath: "\(partial)/objects/\($0)") }
            if missing.isEmpty { return }
            if attempt == Self.maximumAttempts {
                for path in missing.sorted() { tell("objects/\(path) is missing in \(source), too") }
            }
        }
    }

    private func copyContents(_ partial: String) throws {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: source + "/objects")) ?? []
        // What is being written has a longer name.
        for name in folders where name.utf8.count == 2 {
            try StoredCode.copyFiles("\(source)/objects/\(name)", to: "\(partial)/objects/\(name)")
        }
    }

    /// Answers the paths of the code that the state names.
    private func copyState(_ path: String) async throws -> Set<String> {
        if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
        try copy("state.sqlite", to: path)
        // Opened as a server would, so that what cannot be served is no backup.
        let store = try SQLiteCopy.naming(path) { try SQLiteStore(path: path) }
        defer { store.close() }
        return try await StoredCode.paths(namedIn: store)
    }

    private func copy(_ name: String, to path: String) throws {
        var told = 0
        try SQLiteCopy.make(of: "\(source)/\(name)", at: path) { done, total in
            let percent = total == 0 ? 100 : done * 100 / total
            guard percent >= told + 10, percent < 100 else { return }
            told = percent
            tell("\(name): \(percent) %")
        }
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        tell("\(name): \((size + 1023) / 1024) KB")
    }
}
