/// Where the code comes from that templates name as a local path.
package protocol CodeSource: Sendable {
    /// A digest of the code at the path, a folder or a package, that changes when the code does; nil when it cannot be
    /// told.
    func digest(_ path: String) -> String?

    /// The code at the path, as it was when it had this digest if the source still has that; nil when there is none.
    func code(_ path: String, digest: String?) -> PackagedCode?

    /// Whether the code is being worked on: then a change of a function is tried before it replaces what runs.
    var isTried: Bool { get }
}

/// Code that is only looked at.
struct UntriedCode: CodeSource {
    let isTried = false
    private let code: any CodeSource

    init(_ code: any CodeSource) { self.code = code }

    func digest(_ path: String) -> String? { code.digest(path) }

    func code(_ path: String, digest: String?) -> PackagedCode? { code.code(path, digest: digest) }
}

package enum PackagedCode: Sendable {
    /// A folder of this machine, for functions that run on it.
    case folder(String)
    /// A zip archive.
    case package([UInt8])
}

/// The code where it lies.
package struct FilesAsCode: CodeSource {
    package let isTried = false
    private let files: any TemplateFiles

    package init(_ files: any TemplateFiles) { self.files = files }

    package func digest(_ path: String) -> String? { files.codeDigest(path) }

    package func code(_ path: String, digest: String?) -> PackagedCode? {
        guard case .file = files.kind(path) else { return .folder(path) }
        return files.contents(path, upTo: TemplateLimits.packageBytes).map(PackagedCode.package)
    }
}
