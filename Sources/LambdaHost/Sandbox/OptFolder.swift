import GatewayModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What a function finds at `/opt`: the files of its layers, later ones over earlier ones.
///
/// Where the system lets a process have a view of its own of the file system, this folder is shown at `/opt` itself.
/// Elsewhere the variables by which runtimes look there name the folder.
struct OptFolder {
    /// Where the files lie.
    let folder: String
    /// As the process sees it.
    let path: String

    /// Nil when there are no layers.
    ///
    /// - Parameters:
    ///   - merged: a path at which nothing is yet, for the folder that several layers make.
    ///   - used: what the process needs and would not find any more if it lay in the machine's own `/opt`.
    ///   - toOthers: whether the process is another user's.
    init?(
        _ layers: [Lambda.CodeFolder], merged: String, used: [String], toOthers: Bool = false
    ) throws(LaunchError) {
        guard let first = layers.first else { return nil }
        if layers.count > 1 { try Self.merge(layers.map(\.path), at: merged) }
        folder = layers.count > 1 ? merged : first.path
        let isHidden = (used + layers.map(\.path) + [merged]).contains { Self.resolved($0).hasPrefix("/opt/") }
        path = isHidden || !ProcessTable.canShowOpt(toOthers: toOthers) ? folder : "/opt"
    }

    var isShown: Bool { path != folder }

    /// Links to what one layer alone has, and folders for what several have.
    private static func merge(_ sources: [String], at path: String) throws(LaunchError) {
        guard mkdir(path, 0o755) == 0, chmod(path, 0o755) == 0 else { throw failure(path) }
        var names: [String] = []
        var having: [String: [String]] = [:]
        for source in sources {
            for name in list(source) {
                if having[name] == nil { names.append(name) }
                having[name, default: []].append("\(source)/\(name)")
            }
        }
        for name in names {
            // What is no folder takes the place of all before it.
            let entries = having[name] ?? []
            let start = entries.lastIndex { !isFolder($0) } ?? 0
            let folders = entries[start...].filter(isFolder)
            let target = "\(path)/\(name)"
            if folders.count > 1 {
                try merge(folders, at: target)
            } else if let last = entries.last, symlink(last, target) != 0 {
                throw failure(target)
            }
        }
    }

    private static func failure(_ path: String) -> LaunchError {
        LaunchError(message: "cannot make \(path) for the function's layers: \(SystemReason.text(errno))")
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func list(_ path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}
