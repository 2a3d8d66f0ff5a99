import ControlPlane
import FunctionPackages
import Stacks
import Synchronization

/// Code in folders of this machine, for one deployment; and as it was when it was copied: what is taken back is the code
/// of before, not what the folder says now.
final class LocalCodeSource: CodeSource {
    private let snapshots: CodeSnapshots
    private let files = DiskFiles()
    /// Many functions may share a folder: it is looked at once.
    private let digests = Mutex<[String: String]>([:])

    init(snapshots: CodeSnapshots) { self.snapshots = snapshots }

    let isTried = true

    func digest(_ path: String) -> String? {
        if let known = digests.withLock({ $0[path] }) { return known }
        let digest = snapshots.codeDigest(of: path)
        digests.withLock { $0[path] = digest }
        return digest
    }

    func code(_ path: String, digest: String?) -> PackagedCode? {
        let files = FilesAsCode(files)
        guard let digest, digest != self.digest(path), let earlier = snapshots.folder(of: path, codeSha256: digest)
        else { return files.code(path, digest: digest) }
        return .folder(earlier)
    }
}
