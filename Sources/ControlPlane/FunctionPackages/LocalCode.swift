internal import Crypto

/// Code that is used where it lies, as templates name it in `CodeUri`: nothing is copied, so an edit is a new package.
enum LocalCode {
    /// Folders that belong to tools, not to the function; Gatehouse and Python write into theirs while functions run.
    private static let ignored: Set<String> = [".git", ".aws-sam", ".gatehouse", "__pycache__", ".venv"]

    /// Deeper folders are no code; the walk over them must end.
    private static let maximumDepth = 64

    /// CodeSha256 is taken over the sorted relative paths and contents, CodeSize is the sum of the contents.
    static func describe(_ folder: String) throws(PackageError) -> FunctionPackage {
        guard Files.isFolder(folder) else { throw .unusableFolder("There is no folder \(folder).") }
        var walk = Walk()
        try walk.add(folder, as: "", depth: 0)
        guard walk.isAnyFile else { throw .unusableFolder("There is no file in \(folder).") }
        return FunctionPackage(
            codeSha256: Base64.encode(Array(walk.digest.finalize())), codeSize: walk.size, localFolder: folder)
    }

    private struct Walk {
        var digest = SHA256()
        var size = 0
        var isAnyFile = false

        mutating func add(_ folder: String, as relative: String, depth: Int) throws(PackageError) {
            guard depth < maximumDepth else { throw .unusableFolder("Folders are nested too deep at \(folder).") }
            for name in Files.list(folder) where !ignored.contains(name) {
                let path = folder + "/" + name
                let relativePath = relative.isEmpty ? name : relative + "/" + name
                // A link to a folder may be a circle; a linked file is read like any other.
                if Files.kind(path) == .folder {
                    try add(path, as: relativePath, depth: depth + 1)
                } else if Files.isFile(path) {
                    try add(file: path, as: relativePath)
                }
            }
        }

        private mutating func add(file: String, as relative: String) throws(PackageError) {
            isAnyFile = true
            // The file's own digest has a fixed length, so that no name can pass for content.
            var content = SHA256()
            var size = self.size
            try Files.read(file) { piece throws(PackageError) in
                size += piece.count
                guard size < FunctionPackages.maximumUnzippedSize else { throw .unzippedTooLarge }
                content.update(bufferPointer: piece)
            }
            self.size = size
            digest.update(relative.utf8 + [0])
            digest.update(Array(content.finalize()))
        }
    }
}

extension SHA256 {
    fileprivate mutating func update(_ bytes: some Sequence<UInt8>) {
        Array(bytes).withUnsafeBytes { update(bufferPointer: $0) }
    }
}
