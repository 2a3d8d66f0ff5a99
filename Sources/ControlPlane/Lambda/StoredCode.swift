package import EntityStore

/// What the functions of a store need of the folder of code, and a copy of that.
package enum StoredCode {
    /// Paths from the folder: archives, from which the next start unpacks what is missing, and copies of local code.
    package static func paths(namedIn store: any EntityStore) async throws -> Set<String> {
        var paths: Set<String> = []
        for root in try await store.load([LambdaFunction.type]).roots {
            let function = try LambdaFunction(root)
            for codeSha256 in function.packagesInUse {
                paths.insert("\(function.name)/\(FunctionPackages.fileName(codeSha256)).zip")
            }
            for snapshot in function.snapshotsInUse.compactMap(\.snapshot) {
                paths.insert("\(CodeSnapshots.name)/\(snapshot)")
            }
        }
        return paths
    }

    /// Gives all archives and copies of local code in `folder` a second name in `target`, where they are not there yet.
    package static func copy(_ folder: String, to target: String) throws {
        do throws(PackageError) {
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
        } catch {
            throw StoredCodeError(description: "\(error)")
        }
    }

    /// Gives all files of a flat folder a second name.
    package static func copyFiles(_ folder: String, to target: String) throws {
        guard Files.isFolder(folder) else { return }
        do throws(PackageError) {
            try Files.makeFolders(target)
            for file in Files.list(folder) where !file.hasPrefix(".") {
                let to = "\(target)/\(file)"
                if Files.kind(to) == nil { try Files.copyOrLink("\(folder)/\(file)", to) }
            }
        } catch {
            throw StoredCodeError(description: "\(error)")
        }
    }

    /// Waits until everything under `folder` is on the disk.
    package static func sync(_ folder: String) throws {
        do throws(PackageError) { try Files.syncAll(folder) } catch { throw StoredCodeError(description: "\(error)") }
    }

    /// Waits until a new name of a folder is on the disk.
    package static func sync(parent path: String) throws {
        let parent = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        do throws(PackageError) { try Files.syncFolder(parent.isEmpty ? "/" : parent) } catch {
            throw StoredCodeError(description: "\(error)")
        }
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

package struct StoredCodeError: Error, CustomStringConvertible {
    package let description: String
}
