internal import Crypto
package import GatewayModel

/// The code of functions on disk: `<folder>/<function>/<SHA-256>.zip` as it was uploaded, and
/// `<folder>/<function>/<SHA-256>/` with its files.
///
/// Both appear under their names only when they are complete and durable, so that a package that a function names is
/// always whole. They are the server's alone; who runs a function as another user opens its files to it.
package struct FunctionPackages: Sendable {
    /// Bytes of an upload. Source: Lambda quotas, "50 MB (zipped, for direct upload)".
    package static let maximumZippedSize = 52_428_800
    /// Bytes of the files. Source: Lambda quotas, "250 MB (the maximum size of the contents of a deployment package)".
    package static let maximumUnzippedSize = 262_144_000

    let folder: String
    /// False when the folder ends with the process: then nothing waits for the disk.
    var isDurable: Bool
    let folders: CodeFolders

    private static let temporaryPrefix = ".incoming-"
    /// Of folders on the way to code: whoever has a name gets through, and nobody can list names.
    package static let passage: UInt16 = 0o711

    package init(folder: String, isDurable: Bool = true, folders: CodeFolders) {
        self.folder = folder
        self.isDurable = isDurable
        self.folders = folders
    }

    /// Keeps an uploaded archive and unpacks it, unless it is there already.
    ///
    /// - Parameter limit: less bytes than that it must have; of what was not sent with a call that is `maximumUnzippedSize`.
    package func keep(
        _ zip: [UInt8], for functionName: String, limit: Int = maximumZippedSize
    ) throws(PackageError) -> FunctionPackage {
        let checked = try Self.read(zip, limit)
        let home = home(of: functionName)
        return try folders.filling(home) { () throws(PackageError) in
            try store(zip, checked.package, checked.archive, functionName, in: home)
        }
    }

    private func store(
        _ zip: [UInt8], _ package: FunctionPackage, _ archive: ZipArchive, _ functionName: String, in home: String
    ) throws(PackageError) -> FunctionPackage {
        if !Files.isFolder(home) {
            try Files.makeFolders(home, mode: Self.passage)
            if isDurable { try Files.syncFolder(folder) }
        }
        let codeFolder = codeFolder(of: functionName, codeSha256: package.codeSha256)
        // Its files may only have stayed because calls still run in them.
        folders.keep(codeFolder)
        let zipFile = zipFile(of: functionName, codeSha256: package.codeSha256)
        // Nothing of it stays when there is no room for both.
        let temporary = Files.isFile(zipFile) ? nil : "\(home)/\(Self.temporaryPrefix)\(Identifiers.uuid())"
        do throws(PackageError) {
            if let temporary {
                try Files.create(temporary, mode: 0o600, isDurable: isDurable) { write throws(PackageError) in
                    try zip.span.bytes.withUnsafeBytes { all throws(PackageError) in try write(all) }
                }
            }
            if !Files.isFolder(codeFolder) { try unpack(archive, to: codeFolder, in: home) }
            if let temporary { _ = try Files.rename(temporary, to: zipFile) }
        } catch {
            if let temporary { Files.remove(temporary) }
            throw error
        }
        if isDurable { try Files.syncFolder(home) }
        return package
    }

    /// What keeping the archive would answer, as far as that can be told without inflating it.
    package static func check(
        _ zip: [UInt8], limit: Int = maximumZippedSize
    ) throws(PackageError) -> FunctionPackage { try read(zip, limit).package }

    private static func read(
        _ zip: [UInt8], _ limit: Int
    ) throws(PackageError) -> (package: FunctionPackage, archive: ZipArchive) {
        var package = try describe(zip, limit: limit)
        let archive = try ZipArchive(zip)
        package.unzippedSize = archive.entries.reduce(0) { $0 + $1.size }
        guard archive.entries.contains(where: { $0.kind == .file }) else { throw .empty }
        return (package, archive)
    }

    /// What AWS tells of the archive.
    static func describe(
        _ zip: [UInt8], limit: Int = maximumZippedSize
    ) throws(PackageError) -> FunctionPackage {
        guard zip.count < limit else { throw limit == maximumZippedSize ? .zippedTooLarge : .unzippedTooLarge }
        guard !zip.isEmpty else { throw .empty }
        return FunctionPackage(codeSha256: Base64.encode(sha256(zip)), codeSize: zip.count)
    }

    /// Hexadecimal.
    package static func digest(_ bytes: [UInt8]) -> String { Hexadecimal.encode(sha256(bytes)) }

    private static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var digest = SHA256()
        bytes.withUnsafeBytes { digest.update(bufferPointer: $0) }
        return Array(digest.finalize())
    }

    func codeFolder(of functionName: String, codeSha256: String) -> String {
        "\(home(of: functionName))/\(Self.fileName(codeSha256))"
    }

    /// The unpacked package, to be kept while it is held.
    package func hold(_ functionName: String, codeSha256: String) -> Lambda.CodeFolder {
        folders.hold(codeFolder(of: functionName, codeSha256: codeSha256))
    }

    package func zipFile(of functionName: String, codeSha256: String) -> String {
        codeFolder(of: functionName, codeSha256: codeSha256) + ".zip"
    }

    func isKept(_ codeSha256: String, for functionName: String) -> Bool {
        Files.isFolder(codeFolder(of: functionName, codeSha256: codeSha256))
    }

    /// Has the package stay, whatever was to become of it; false when it is not all there any more.
    package func retain(_ codeSha256: String, for functionName: String) -> Bool {
        // First said, then looked: what its last holder would have removed with it stays from now on.
        folders.keep(codeFolder(of: functionName, codeSha256: codeSha256))
        return isKept(codeSha256, for: functionName)
            && Files.isFile(zipFile(of: functionName, codeSha256: codeSha256))
    }

    /// Base64 may hold a slash; a digest in a file name is hexadecimal.
    package static func fileName(_ codeSha256: String) -> String { Hexadecimal.encode(Base64.decode(codeSha256) ?? []) }

    private func home(of functionName: String) -> String { "\(folder)/\(functionName)" }

    /// Unpacks beside the final name and renames. Links come last: nothing is written through one.
    private func unpack(_ archive: ZipArchive, to codeFolder: String, in home: String) throws(PackageError) {
        let temporary = "\(home)/\(Self.temporaryPrefix)\(Identifiers.uuid())"
        try Files.makeFolder(temporary, mode: 0o700)
        do {
            for folder in archive.folders { try Files.makeFolder(path(temporary, folder)) }
            var links = SymbolicLinks()
            var files: [String] = []
            for entry in archive.entries {
                switch entry.kind {
                case .folder: continue
                case .symbolicLink: links.add(try archive.linkTarget(entry), at: entry.path)
                case .file:
                    // The owner may always read: the server itself has to.
                    let mode = (entry.mode ?? 0o644) | 0o400
                    let file = path(temporary, entry.path)
                    try Files.create(file, mode: mode, isDurable: false) { write throws(PackageError) in
                        try archive.read(entry, write)
                    }
                    files.append(file)
                }
            }
            try links.check()
            for (path, target) in links.targets {
                try Files.makeSymbolicLink(self.path(temporary, path), to: target)
            }
            if isDurable {
                let folders = [temporary] + archive.folders.map { path(temporary, $0) }
                try ManySyncs.run(files + folders)
            }
            // Another call may have unpacked the same package meanwhile; either copy is as good.
            if try !Files.rename(temporary, to: codeFolder) { Files.remove(temporary) }
        } catch {
            Files.remove(temporary)
            throw error
        }
    }

    private func path(_ root: String, _ components: [String]) -> String {
        ([root] + components).joined(separator: "/")
    }
}

/// Removing what no version needs.
extension FunctionPackages {
    /// Removes the function's packages that are not in `kept`; files that environments run in stay while they do.
    package func collect(_ functionName: String, keeping kept: Set<String>) {
        let names = Set(kept.map(Self.fileName))
        let home = home(of: functionName)
        for file in Files.list(home) where Self.isPackage(file) && !names.contains(String(file.prefix(64))) {
            folders.discard("\(home)/\(file)", to: "\(home)/\(Self.temporaryPrefix)\(Identifiers.uuid())") {
                [folders] in
                folders.removeIfEmpty(home)
            }
        }
    }

    /// Removes all packages of a function that is gone.
    package func remove(_ functionName: String) {
        collect(functionName, keeping: [])
        folders.removeIfEmpty(home(of: functionName))
    }

    /// At start: removes what an end in the middle of something left half-done, and unpacks again what is missing. Whole
    /// packages that no function names go by age (`Unnamed`).
    package func tidy(inUse: [String: Set<String>]) {
        // Snapshots of local code are in a folder that no function's name can be.
        for functionName in Files.list(folder) where !functionName.hasPrefix(".") {
            let home = home(of: functionName)
            let files = Files.list(home)
            for file in files where file.hasPrefix(Self.temporaryPrefix) { Files.remove("\(home)/\(file)") }
            guard !inUse.isEmpty else { continue }
            let named = Set((inUse[functionName] ?? []).map(Self.fileName))
            Unnamed(in: home).sweep(files.filter(Self.isPackage)) { named.contains(String($0.prefix(64))) }
            folders.removeIfEmpty(home)
        }
        for (functionName, packages) in inUse {
            for codeSha256 in packages where !isKept(codeSha256, for: functionName) {
                restore(codeSha256, for: functionName)
            }
        }
    }

    /// The whole content of a kept archive, or nil.
    package func archive(of functionName: String, fileName: String) -> [UInt8]? {
        let path = "\(home(of: functionName))/\(fileName)"
        guard Self.isPackage(fileName), Files.isFile(path) else { return nil }
        var content: [UInt8] = []
        do {
            try Files.read(path) { piece throws(PackageError) in content.append(contentsOf: piece) }
        } catch {
            return nil
        }
        return content
    }

    /// A function whose archive is gone too stays without code; its invocations say so.
    private func restore(_ codeSha256: String, for functionName: String) {
        let name = Self.fileName(codeSha256) + ".zip"
        guard let content = archive(of: functionName, fileName: name) else { return }
        _ = try? keep(content, for: functionName, limit: Self.maximumUnzippedSize)
    }

    /// 64 hexadecimal digits, and `.zip` or nothing.
    private static func isPackage(_ file: String) -> Bool {
        Hexadecimal.isSHA256(file.hasSuffix(".zip") ? file.dropLast(4) : file[...])
    }
}

/// What AWS tells of a function's code, and where it is when it is not unpacked.
package struct FunctionPackage: Sendable, Equatable {
    package let codeSha256: String
    /// Bytes.
    package let codeSize: Int
    /// Bytes of the files; nil when nobody has counted them.
    package fileprivate(set) var unzippedSize: Int?
    /// The folder that it was copied from.
    package let localFolder: String?
    /// The name of the copy.
    package let snapshot: String?

    package init(
        codeSha256: String, codeSize: Int, unzippedSize: Int? = nil, localFolder: String? = nil,
        snapshot: String? = nil
    ) {
        self.codeSha256 = codeSha256
        self.codeSize = codeSize
        self.unzippedSize = unzippedSize
        self.localFolder = localFolder
        self.snapshot = snapshot
    }
}

extension ZipArchive {
    /// Linux allows 4,095 bytes.
    private static let maximumTarget = 4095

    fileprivate func linkTarget(_ entry: Entry) throws(PackageError) -> String {
        guard (1...Self.maximumTarget).contains(entry.size) else {
            throw .unreadable("The target of a symbolic link is too long.")
        }
        var bytes: [UInt8] = []
        try read(entry) { piece throws(PackageError) in bytes.append(contentsOf: piece) }
        guard let target = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw .unreadable("The target of a symbolic link is not a path.")
        }
        return target
    }
}
