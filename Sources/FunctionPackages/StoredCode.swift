/// A copy of the folder of code, for a backup.
package enum StoredCode {
    /// Gives all archives and copies of local code in `folder` a second name in `target`, where they are not there yet.
    package static func copy(_ folder: String, to target: String) throws(PackageError) {
        for name in Files.list(folder) where name == CodeSnapshots.name || !name.hasPrefix(".") {
            try Files.makeFolders("\(target)/\(name)")
            for file in Files.list("\(folder)/\(name)") where !file.hasPrefix(".") {
                let (from, to) = ("\(folder)/\(name)/\(file)", "\(target)/\(name)/\(file)")
                guard Files.kind(to) == nil else { continue }
                if name == CodeSnapshots.name {
                    try copyTree(from, to)
                } else if file.hasSuffix(".zip") {
                    try Files.copyOrLink(from, to)
                }
            }
        }
    }

    /// Gives all files of a flat folder a second name.
    package static func copyFiles(_ folder: String, to target: String) throws(PackageError) {
        guard Files.isFolder(folder) else { return }
        try Files.makeFolders(target)
        for file in Files.list(folder) where !file.hasPrefix(".") {
            let to = "\(target)/\(file)"
            if Files.kind(to) == nil { try Files.copyOrLink("\(folder)/\(file)", to) }
        }
    }

    /// Waits until everything under `folder` is on the disk.
    package static func sync(_ folder: String) throws(PackageError) {
        try Files.syncAll(folder)
    }

    /// Waits until a new name of a folder is on the disk.
    package static func sync(parent path: String) throws(PackageError) {
        let parent = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        try Files.syncFolder(parent.isEmpty ? "/" : parent)
    }

    /// Appears under its name when it is complete. What disappears meanwhile is in no use any more.
    private static func copyTree(_ source: String, _ target: String) throws(PackageError) {
        let slash = target.lastIndex(of: "/") ?? target.startIndex
        let temporary = "\(target[..<slash])/.copy-\(target[slash...].dropFirst())"
        Files.remove(temporary)
        try fill(temporary, from: source)
        guard Files.kind(source) != nil, try Files.rename(temporary, to: target) else { return Files.remove(temporary) }
    }

    private static func fill(_ target: String, from source: String) throws(PackageError) {
        try Files.makeFolder(target)
        for name in Files.list(source) {
            let (from, to) = ("\(source)/\(name)", "\(target)/\(name)")
            switch Files.kind(from) {
            case .folder: try fill(to, from: from)
            case .file: try Files.copyOrLink(from, to)
            case .symbolicLink: if let link = Files.linkTarget(from) { try Files.makeSymbolicLink(to, to: link) }
            case .other, nil: continue
            }
        }
    }
}
