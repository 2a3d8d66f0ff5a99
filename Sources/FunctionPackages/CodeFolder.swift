/// What lies in a folder of code at one moment: names, and what tells that a file is another one than before.
///
/// Links that stay inside the folder are links of the code (package managers build on them). What other links lead to
/// belongs to the code as if it lay there.
struct CodeFolder: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        /// From the folder.
        let path: String
        let kind: Kind
    }

    enum Kind: Sendable, Equatable {
        case file(FileIdentity)
        /// With its target, as it is written.
        case link(String)
    }

    /// In byte order of the paths' components, folders without files left out.
    let entries: [Entry]

    /// - Parameter excluded: a folder that is left out wherever it is met.
    init(_ folder: String, without excluded: FileIdentity.Node? = nil) throws(PackageError) {
        guard let identity = Files.identity(folder), identity.isFolder else {
            throw .unusableFolder("There is no folder \(folder).")
        }
        var walk = Walk(excluded: excluded)
        try walk.add(folder, as: "", Walk.Place(name: folder, depth: 0, above: [identity.node], linkRoot: 0))
        guard walk.entries.contains(where: \.isFile) else { throw .unusableFolder("There is no file in \(folder).") }
        entries = walk.entries
    }

    private struct Walk {
        /// Where the walk is.
        struct Place {
            let name: String
            let depth: Int
            /// The folders on the way here: a link to one of them is a circle.
            let above: [FileIdentity.Node]
            /// How many folders up a link may lead and still stay inside what is copied together.
            let linkRoot: Int
        }

        let excluded: FileIdentity.Node?
        var entries: [Entry] = []

        mutating func add(_ folder: String, as relative: String, _ place: Place) throws(PackageError) {
            guard place.depth < LocalCode.maximumDepth else {
                throw .unusableFolder("Folders are nested too deep at \(folder).")
            }
            let parent = place.name.split(separator: "/").last.map(String.init) ?? ""
            for name in Files.list(folder) where !LocalCode.isIgnored(name, in: parent) {
                guard entries.count < LocalCode.maximumFiles else {
                    throw .unusableFolder("There are more than \(LocalCode.maximumFiles) files in \(folder).")
                }
                let path = folder + "/" + name
                let relativePath = relative.isEmpty ? name : relative + "/" + name
                guard let own = Files.ownIdentity(path) else { continue }
                let isLink = own.isLink
                if isLink, let target = Files.linkTarget(path), Self.staysInside(target, levels: place.linkRoot) {
                    entries.append(Entry(path: relativePath, kind: .link(target)))
                    continue
                }
                guard let identity = isLink ? Files.identity(path) : own else { continue }
                if identity.isFolder {
                    guard identity.node != excluded, !place.above.contains(identity.node) else { continue }
                    try add(
                        path, as: relativePath,
                        Place(
                            name: name, depth: place.depth + 1, above: place.above + [identity.node],
                            linkRoot: isLink ? 0 : place.linkRoot + 1))
                } else if identity.isFile {
                    entries.append(Entry(path: relativePath, kind: .file(identity)))
                }
            }
        }

        /// Whether a link in a folder `levels` below the root never leaves that root.
        private static func staysInside(_ target: String, levels: Int) -> Bool {
            guard !target.hasPrefix("/") else { return false }
            var level = levels
            for part in target.split(separator: "/") where part != "." {
                level += part == ".." ? -1 : 1
                if level < 0 { return false }
            }
            return level > 0
        }
    }
}

extension CodeFolder.Entry {
    var isFile: Bool { if case .file = kind { true } else { false } }
}

/// What tells two states of a file apart without reading it.
struct FileIdentity: Sendable, Hashable {
    struct Node: Sendable, Hashable {
        let device: UInt64
        let inode: UInt64
    }

    let node: Node
    let mode: UInt32
    let size: Int
    /// Nanoseconds since 1970 of the last change of the content, and of anything.
    let modified: Int64
    let changed: Int64

    var isExecutable: Bool { mode & 0o100 != 0 }
}
