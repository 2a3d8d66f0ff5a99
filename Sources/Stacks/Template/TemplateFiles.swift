import ControlPlane
import FunctionPackages

/// The files beside a template: documents that it includes, and the folders of its functions.
///
/// Paths are absolute. A template on this machine has the disk's; one that a client sent has those sent with it.
package protocol TemplateFiles: Sendable {
    func kind(_ path: String) -> TemplateFileKind?
    /// The bytes of a regular file, at most `limit`; nil when it cannot be read or has more.
    func contents(_ path: String, upTo limit: Int) -> [UInt8]?
    /// A digest of the code at the path, a folder or a package, that changes when the code does; nil when there is none.
    func codeDigest(_ path: String) -> String?
    /// Whether the code at the path, a folder or a package, has that file; nil when it cannot be told.
    func holds(_ file: String, inCode path: String) -> Bool?
}

package enum TemplateFileKind: Sendable, Equatable {
    case folder
    case file(bytes: Int)
    case other
}

/// The files of this machine.
package struct DiskFiles: TemplateFiles {
    private let digest: @Sendable (String) -> String?

    /// - Parameter codeDigest: see `TemplateFiles.codeDigest`.
    package init(codeDigest: @escaping @Sendable (String) -> String? = { _ in nil }) { digest = codeDigest }

    package func kind(_ path: String) -> TemplateFileKind? { LocalFiles.kind(path) }

    package func contents(_ path: String, upTo limit: Int) -> [UInt8]? { LocalFiles.contents(path, upTo: limit) }

    package func codeDigest(_ path: String) -> String? { digest(path) }

    package func holds(_ file: String, inCode path: String) -> Bool? {
        switch kind(path) {
        case .folder:
            if case .file = kind("\(path)/\(file)") { return true }
            return false
        case .file:
            guard let package = contents(path, upTo: TemplateLimits.packageBytes) else { return nil }
            return CodePackage.holds(file, in: package)
        case .other, nil: return nil
        }
    }
}
