import GatewayModel
import Synchronization

/// The content of all objects, as files by their digest: a key never becomes a file's name, and what is the same is there
/// once. `xx/DIGEST` is whole and on the disk; what is in `incoming` is being written.
final class ContentFolder: Sendable {
    let path: String
    let isDurable: Bool
    private let holds = Mutex(Holds())
    private let count = Atomic<Int>(0)

    private struct Holds {
        /// How often a digest is held: it is about to be used, or being read.
        var counts: [String: Int] = [:]
        /// Those that were to go meanwhile.
        var unused: Set<String> = []
    }

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
        hold([digest])
        do throws(ObjectError) {
            if isDurable { try file.sync() }
            let folder = "\(path)/\(digest.prefix(2))"
            if try SystemFile.makeFolder(folder), isDurable { try SystemFile.syncFolder(path) }
            try SystemFile.move(name, to: self.file(digest))
            if isDurable { try SystemFile.syncFolder(folder) }
        } catch {
            release([digest]) { _ in true }
            throw error
        }
    }

    /// The files of these are not removed until they are released as often.
    func hold(_ digests: Set<String>) {
        holds.withLock { holds in for digest in digests { holds.counts[digest, default: 0] += 1 } }
    }

    /// What was held for content that is committed, or never will be. What nobody uses is removed.
    func settle(_ digest: String, isUsed: (String) -> Bool) {
        holds.withLock { _ = $0.unused.insert(digest) }
        release([digest], isUsed: isUsed)
    }

    /// What was to go while it was held goes with its last holder, unless it is used again.
    func release(_ digests: Set<String>, isUsed: (String) -> Bool) {
        for digest in digests {
            holds.withLock { holds in
                let left = (holds.counts[digest] ?? 1) - 1
                holds.counts[digest] = left > 0 ? left : nil
                guard left <= 0, holds.unused.remove(digest) != nil, !isUsed(digest) else { return }
                SystemFile.remove(file(digest))
            }
        }
    }

    /// Removes content unless it is used, or held.
    func remove(_ digest: String, isUsed: (String) -> Bool) {
        holds.withLock { holds in
            if holds.counts[digest] != nil {
                holds.unused.insert(digest)
            } else if !isUsed(digest) {
                SystemFile.remove(file(digest))
            }
        }
    }

    /// Digests of all files there are.
    func digests() -> [String] {
        SystemFile.names(in: path).filter { $0.utf8.count == 2 }
            .flatMap { SystemFile.names(in: "\(path)/\($0)") }.filter { Hexadecimal.isSHA256($0) }
    }
}
