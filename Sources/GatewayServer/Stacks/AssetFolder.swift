import ControlPlane
import FoundationEssentials
import FunctionPackages
import GatewayModel
import Stacks

/// Packages of code that were sent to be deployed, by their SHA-256.
struct AssetFolder: Sendable {
    let folder: String

    /// What digests of sent code begin with in records, so that they are never taken for those of local folders.
    static let prefix = "sha256:"

    static func isName(_ digest: String) -> Bool { Hexadecimal.isSHA256(digest) }

    func contains(_ digest: String) -> Bool {
        Self.isName(digest) && FileManager.default.fileExists(atPath: path(digest))
    }

    /// Appears under its name when it is complete.
    func keep(_ bytes: [UInt8], as digest: String) throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try Data(bytes).write(to: URL(filePath: path(digest)), options: .atomic)
    }

    func contents(_ digest: String) -> [UInt8]? {
        guard Self.isName(digest) else { return nil }
        return FileManager.default.contents(atPath: path(digest)).map(Array.init)
    }

    /// Removes what none of the stacks uses any more, unless it came lately.
    ///
    /// - Parameter known: what has been used since the start. Of other packages nobody knows whose they were, so they go
    ///   by age, as packages of functions do.
    func tidy(used: Set<String>, known: Set<String>, now: Int) {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter(Self.isName)
        for name in names where known.contains(name) && !used.contains(name) {
            let attributes = try? FileManager.default.attributesOfItem(atPath: path(name))
            let time = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
            guard Double(now) - time > Double(StackLimits.unusedAssetSeconds) else { continue }
            try? FileManager.default.removeItem(atPath: path(name))
        }
        Unnamed(in: folder, now: Int64(now)).sweep(names.filter { !known.contains($0) }) { used.contains($0) }
    }

    private func path(_ digest: String) -> String { "\(folder)/\(digest)" }
}

/// Code that was sent, and what records say of earlier code.
struct SentCode: CodeSource {
    /// Digests by path, of the deployment under way.
    let digests: [String: String]
    let assets: AssetFolder
    let isTried = false

    func digest(_ path: String) -> String? { digests[path].map { AssetFolder.prefix + $0 } }

    func code(_ path: String, digest: String?) -> PackagedCode? {
        guard let digest, digest.hasPrefix(AssetFolder.prefix) else { return nil }
        return assets.contents(String(digest.dropFirst(AssetFolder.prefix.count))).map(PackagedCode.package)
    }
}

/// Code of this machine, for deployments from inside the process; what was sent earlier is still had from there.
struct LocalOrSentCode: CodeSource {
    let local: any CodeSource
    let assets: AssetFolder

    var isTried: Bool { local.isTried }

    func digest(_ path: String) -> String? { local.digest(path) }

    func code(_ path: String, digest: String?) -> PackagedCode? {
        guard let digest, digest.hasPrefix(AssetFolder.prefix) else { return local.code(path, digest: digest) }
        return SentCode(digests: [:], assets: assets).code(path, digest: digest)
    }
}
