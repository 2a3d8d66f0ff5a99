#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Looks at what is in folders.
struct FolderWalk: Sendable {
    let ignoring: @Sendable (_ name: String, _ parent: String) -> Bool

    struct Entry {
        let name: String
        let path: String
        let isFolder: Bool
        let isLink: Bool
        /// Of what a link leads to.
        let status: stat
    }

    /// Deeper folders are not watched.
    static let maximumDepth = 64

    /// What is in a folder and concerns somebody; empty when it cannot be read.
    func entries(_ folder: String) -> [Entry] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        let parent = Self.name(of: folder)
        var entries: [Entry] = []
        while let next = readdir(stream) {
            let name = withUnsafePointer(to: &next.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != "..", !ignoring(name, parent) else { continue }
            let path = folder == "/" ? "/" + name : folder + "/" + name
            var (own, status) = (stat(), stat())
            guard lstat(path, &own) == 0, stat(path, &status) == 0 else { continue }
            entries.append(
                Entry(
                    name: name, path: path, isFolder: status.st_mode & S_IFMT == S_IFDIR,
                    isLink: own.st_mode & S_IFMT == S_IFLNK, status: status))
        }
        return entries
    }

    func isIgnored(_ name: String, in folder: String) -> Bool { ignoring(name, Self.name(of: folder)) }

    static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "" }

    static func parent(of path: String) -> String {
        "/" + path.split(separator: "/").dropLast().joined(separator: "/")
    }

    /// Where a path leads to when all links are followed.
    static func resolved(_ path: String) -> String? {
        guard let pointer = realpath(path, nil) else { return nil }
        defer { free(pointer) }
        return String(cString: pointer)
    }
}
