internal import Crypto
import Synchronization

/// Reads folders of code, and reads again only files that are others than before.
final class CodeReader: Sendable {
    /// A folder as it was read.
    struct Content {
        let folder: CodeFolder
        /// By path from the folder.
        let files: [String: FileContent]
        /// Over the sorted relative paths, the contents and which files are programs.
        let digest: [UInt8]
        let size: Int
    }

    struct FileContent: Equatable {
        let digest: [UInt8]
        let isExecutable: Bool
    }

    private struct Source {
        /// By path from the source.
        var digests: [String: KnownDigest] = [:]
        /// As it was read last.
        var content: Content?
    }

    private struct KnownDigest {
        let identity: FileIdentity
        let digest: [UInt8]
    }

    /// A file that changed this shortly before it was read may change again without another time of change: the
    /// clocks of file systems tick every few milliseconds.
    private static let clockTick: Int64 = 20_000_000

    /// The server's own folder.
    private let home: String
    private let sources = Mutex<[String: Source]>([:])

    init(home: String) { self.home = home }

    /// As it was read last.
    func latest(_ source: String) -> Content? { sources.withLock { $0[source]?.content } }

    func forget(_ isGone: (String) -> Bool) {
        sources.withLock { sources in
            for source in sources.keys where isGone(source) { sources[source] = nil }
        }
    }

    func read(_ source: String) throws(PackageError) -> Content {
        let folder = try CodeFolder(source, without: ownNode)
        let known = sources.withLock { $0[source]?.digests ?? [:] }
        var digests: [String: KnownDigest] = [:]
        var files: [String: FileContent] = [:]
        var digest = SHA256()
        var size = 0
        for entry in folder.entries {
            digest.update(Array(entry.path.utf8) + [0])
            switch entry.kind {
            case .link(let target): digest.update(Array("link \(target)".utf8) + [0])
            case .file(let identity):
                size += identity.size
                guard size < FunctionPackages.maximumUnzippedSize else { throw .unzippedTooLarge }
                let fileDigest: [UInt8]
                if let known = known[entry.path], known.identity == identity {
                    fileDigest = known.digest
                    digests[entry.path] = known
                } else {
                    let readAt = Files.now
                    fileDigest = try Self.digest(of: source + "/" + entry.path)
                    if readAt - max(identity.modified, identity.changed) > Self.clockTick {
                        digests[entry.path] = KnownDigest(identity: identity, digest: fileDigest)
                    }
                }
                files[entry.path] = FileContent(digest: fileDigest, isExecutable: identity.isExecutable)
                // The file's own digest has a fixed length, so that no name can pass for content.
                digest.update([identity.isExecutable ? 1 : 0] + fileDigest)
            }
        }
        let content = Content(folder: folder, files: files, digest: Array(digest.finalize()), size: size)
        sources.withLock { $0[source] = Source(digests: digests, content: content) }
        return content
    }

    /// Whether the source is what it was when it was read.
    func isCurrent(_ content: Content, _ source: String) throws(PackageError) -> Bool {
        try CodeFolder(source, without: ownNode) == content.folder
    }

    /// A server's folder may lie in the code that it serves; it is no part of it.
    private var ownNode: FileIdentity.Node? { Files.identity(home)?.node }

    static func digest(of file: String) throws(PackageError) -> [UInt8] {
        var digest = SHA256()
        var size = 0
        try Files.read(file) { piece throws(PackageError) in
            size += piece.count
            guard size < FunctionPackages.maximumUnzippedSize else { throw .unzippedTooLarge }
            digest.update(bufferPointer: piece)
        }
        return Array(digest.finalize())
    }
}

extension SHA256 {
    fileprivate mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update(bufferPointer: $0) }
    }
}
