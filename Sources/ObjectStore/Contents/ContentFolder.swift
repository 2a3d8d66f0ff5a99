import GatewayModel
import Synchronization

/// The content of all objects, as files by their digest: a key never becomes a file's name, and what is the same is there
/// once. `xx/DIGEST` is whole and on the disk; what is in `incoming` is being written.
final class ContentFolder: Sendable {
    let path: String
    let isDurable: Bool
    /// Digests that are about to be used, and how often: what has come and is not committed yet.
    private let held = Mutex<[String: Int]>([:])
    private let count = Atomic<Int>(0)

    /// What another process has not finished is removed.
    init(path: String, isDurable: Bool) throws(ObjectError) {
        self.path = path
        self.isDurable = isDurable
        try SystemFile.makeFolder(path)
        try SystemFile.makeFolder(incoming)
        for name in SystemFile.names(in: incoming) { SystemFile.remove("\(incoming)/\(name)") }
    }

    private var incoming: String { "\(path)/incoming" }

    func receive(_ wanted: Set<ChecksumKind>, isWritten: Bool) throws(ObjectError) -> IncomingContent {
        guard isWritten else { return IncomingContent(file: nil, name: "", folder: self, wanted) }
        let name = "\(incoming)/\(count.add(1, ordering: .relaxed).newValue)"
        return IncomingContent(file: try SystemFile.create(name), name: name, folder: self, wanted)
    }

    func file(_ digest: String) -> String { "\(path)/\(Self.name(digest))" }

    /// Within the folder.
    static func name(_ digest: String) -> String { "\(digest.prefix(2))/\(digest)" }

    /// Gives a written file its name, and holds it until `release`.
    func keep(_ file: SystemFile, _ name: String, as digest: String) throws(ObjectError) {
        held.withLock { $0[digest, default: 0] += 1 }
        do throws(ObjectError) {
            if isDurable { try file.sync() }
            let folder = "\(path)/\(digest.prefix(2))"
            if try SystemFile.makeFolder(folder), isDurable { try SystemFile.syncFolder(path) }
            try SystemFile.move(name, to: self.file(digest))
            if isDurable { try SystemFile.syncFolder(folder) }
        } catch {
            release(digest) { true }
            throw error
        }
    }

    /// The content is committed, or never will be. What nobody uses is removed.
    func release(_ digest: String, isUsed: () -> Bool) {
        held.withLock { held in
            let left = (held[digest] ?? 1) - 1
            held[digest] = left > 0 ? left : nil
            if left <= 0, !isUsed() { SystemFile.remove(file(digest)) }
        }
    }

    /// Removes content unless it is used, or is about to be.
    func remove(_ digest: String, isUsed: () -> Bool) {
        held.withLock { held in
            if held[digest] == nil, !isUsed() { SystemFile.remove(file(digest)) }
        }
    }

    /// Digests of all files there are.
    func digests() -> [String] {
        SystemFile.names(in: path).filter { $0.utf8.count == 2 }
            .flatMap { SystemFile.names(in: "\(path)/\($0)") }.filter { Hexadecimal.isSHA256($0) }
    }
}
