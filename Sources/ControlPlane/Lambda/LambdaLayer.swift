import EntityStore
import FunctionPackages
import GatewayModel
import JSON

/// A layer with its versions. Numbers are never used again, not even when all versions are gone (recorded).
struct LambdaLayer: Sendable, Equatable {
    let name: String
    var nextVersion = 1
    /// Ascending.
    var versions: [Version] = []

    /// Document `lambda.layer`.
    private struct Head: Codable, Sendable {
        var nextVersion: Int
    }

    /// Document `lambda.layer-version`.
    struct Version: Codable, Sendable, Equatable {
        let number: Int
        let description: String
        let createdDate: String
        let licenseInfo: String?
        /// An empty list is answered as one.
        let compatibleRuntimes: [String]?
        let compatibleArchitectures: [String]?
        let codeSha256: String
        let codeSize: Int
        let code: LambdaFunction.CodePlace
        var policy: LambdaFunction.StoredPolicy?
        /// Nobody sees it any more but the functions that have it.
        var isDeleted = false

        var package: FunctionPackage {
            FunctionPackage(
                codeSha256: codeSha256, codeSize: codeSize, unzippedSize: code.unzippedSize,
                localFolder: code.localFolder, snapshot: code.snapshot)
        }
    }

    /// Under which its packages lie, among those of functions, of which none can have this name.
    static func home(of name: String) -> String { "layer@" + name }

    var home: String { Self.home(of: name) }

    /// Those that callers see.
    var visible: [Version] { versions.filter { !$0.isDeleted } }

    subscript(number: Int) -> Version? { versions.first { $0.number == number } }

    func arn(in account: AccountIdentity) -> String {
        "arn:\(account.partition):lambda:\(account.region):\(account.accountId):layer:\(name)"
    }

    var packagesInUse: Set<String> { Set(versions.filter { $0.code.localFolder == nil }.map(\.codeSha256)) }
    var snapshotsInUse: [FunctionPackage] { versions.filter { $0.code.snapshot != nil }.map(\.package) }
}

extension LambdaLayer: Root {
    static let type = "layer"
    static var place: any WritableKeyPath<World, Roots<LambdaLayer>> & Sendable { \.layers }

    private static let headKind = "lambda.layer"
    private static let versionKind = "lambda.layer-version"

    init(_ stored: StoredRoot) throws {
        let head: Head = try stored.head(Self.headKind).decode()
        self.init(name: stored.id.id, nextVersion: head.nextVersion)
        for entity in stored.entities where entity.id.kind != Self.headKind {
            guard entity.id.kind == Self.versionKind else {
                throw UnreadableEntity(id: entity.id, reason: "the kind is unknown")
            }
            versions.append(try entity.decode())
        }
        versions.sort { $0.number < $1.number }
    }

    func changes(from old: LambdaLayer?) throws(ServiceError) -> [EntityChange] {
        var changes = DocumentChanges(Self.rootID(name))
        if nextVersion != old?.nextVersion { try changes.save(Self.headKind, name, Head(nextVersion: nextVersion)) }
        for version in versions where old?[version.number] != version {
            try changes.save(Self.versionKind, String(version.number), version)
        }
        for version in old?.versions ?? [] where self[version.number] == nil {
            changes.delete(Self.versionKind, String(version.number))
        }
        return changes.list
    }
}

extension ControlPlane {
    /// Changes a layer, of which there may be none yet; its code on disk follows.
    func changeLayer<Answer>(
        _ name: String, _ make: (inout Change<LambdaLayer>) throws(ServiceError) -> Answer
    ) async throws(ServiceError) -> Answer {
        var leavesSnapshots = false
        let answer = try await change(
            LambdaLayer.self, name, make, preparing: { _ in },
            publishing: { change, _ in
                let (old, new) = (change.old, change.root)
                if old?.packagesInUse != new?.packagesInUse { discardUnusedPackages(of: LambdaLayer.home(of: name)) }
                let kept = new?.snapshotsInUse ?? []
                leavesSnapshots = old?.snapshotsInUse.allSatisfy(kept.contains) == false
            })
        if leavesSnapshots { discardUnusedSnapshots() }
        return answer
    }

    /// Lets go of deleted versions that no function has any more. A deleted version gets no new functions, so what is
    /// true of it once stays so.
    func dropDeletedLayerVersions(of names: Set<String>) async throws(ServiceError) {
        for name in names where world[LambdaLayer.self, name]?.versions.contains(where: \.isDeleted) == true {
            try await changeLayer(name) { change throws(ServiceError) in
                let used = world.layerVersionsInUse(of: name)
                change.root?.versions.removeAll { $0.isDeleted && !used.contains($0.number) }
            }
        }
    }
}

extension World {
    /// Numbers of the layer's versions that functions have.
    fileprivate func layerVersionsInUse(of name: String) -> Set<Int> {
        Set(functions.flatMap(\.value.root.layersInUse).filter { $0.name == name }.map(\.version))
    }
}
