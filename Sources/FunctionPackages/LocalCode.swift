/// Code that lies in a folder of this machine, as templates name it in `CodeUri`.
package enum LocalCode {
    /// Folders that belong to tools, not to the function.
    private static let ignored: Set<String> = [".git", ".aws-sam", ".gatehouse", "__pycache__", ".venv"]

    /// Deeper folders are no code; the walk over them must end.
    static let maximumDepth = 64

    /// More files are no code either. Lambda bounds their bytes alone.
    static let maximumFiles = 200_000

    /// Whether a file or folder of that name, in a folder of that name, is no part of the code: what tools keep for
    /// themselves, and what editors write for a moment beside the file that is edited.
    package static func isIgnored(_ name: String, in parent: String) -> Bool {
        if ignored.contains(name) || name == ".cache" && parent == "node_modules" { return true }
        if name.hasSuffix("~") || name.hasPrefix(".#") || name.hasPrefix("#") && name.hasSuffix("#") { return true }
        // Vim's swap files, and the number that it tries a folder's permissions with.
        if name.hasPrefix("."), name.hasSuffix(".swp") || name.hasSuffix(".swx") || name.hasSuffix(".swo") {
            return true
        }
        return name == "4913" || name.hasSuffix("___jb_tmp___") || name.hasSuffix("___jb_old___")
            || name == ".DS_Store"
    }
}
