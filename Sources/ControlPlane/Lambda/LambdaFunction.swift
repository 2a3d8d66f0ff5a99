import EntityStore
import FunctionPackages
import GatewayModel
import JSON

/// All there is to know of a function. Every part is a document of its own, so that a change writes little.
struct LambdaFunction: Sendable, Equatable {
    let name: String
    /// `$LATEST` and what belongs to the function as a whole.
    var head: Head
    /// Published versions, ascending.
    var versions: [PublishedVersion] = []
    /// In the order in which they were made.
    var aliases: OrderedMap<AliasConfiguration> = [:]
    /// By qualifier; the unqualified one under `""`.
    var policies: OrderedMap<StoredPolicy> = [:]

    /// Document `lambda.function`.
    struct Head: Codable, Sendable, Equatable {
        var configuration: FunctionConfiguration
        var code: CodePlace
        /// Changes with code or configuration only; a new one retires the environments of `$LATEST`. The RevisionId
        /// of the configuration changes more often.
        var environmentRevision: String
        /// Of the role, when it was here as the function got it.
        var roleId: String?
        /// Numbers are never used again, not even after the version is deleted.
        var nextVersion = 1
        var reservedConcurrency: Int?
        var tags: OrderedMap<String> = [:]
    }

    /// Document `lambda.version`.
    struct PublishedVersion: Codable, Sendable, Equatable {
        var configuration: FunctionConfiguration
        var code: CodePlace
        /// The description that `$LATEST` had, which PublishVersion may replace.
        var descriptionOfLatest: String
        var roleId: String?
    }

    /// Document `lambda.policy`.
    struct StoredPolicy: Codable, Sendable, Equatable {
        var policy: Lambda.ResourcePolicy
        var revisionId: String
    }

    /// Where a version's code is: unpacked from its package, or copied from a folder of the operator's.
    struct CodePlace: Codable, Sendable, Equatable {
        /// Nil when the code was unpacked; its folder follows from name and CodeSha256.
        var localFolder: String?
        /// The name of the copy; nil for a folder that is used in place.
        var snapshot: String?
        /// Bytes of the files; nil when nobody has counted them.
        var unzippedSize: Int?
    }
}

extension LambdaFunction {
    /// Configuration and code of `$LATEST` or of a number.
    func version(_ version: String) -> (configuration: FunctionConfiguration, code: CodePlace)? {
        if version == Qualifier.latest { return (head.configuration, head.code) }
        return versions.first { $0.configuration.Version == version }.map { ($0.configuration, $0.code) }
    }

    /// The version that a qualifier means: itself, the main one of an alias, or `$LATEST` when there is none.
    func resolve(_ qualifier: String?) -> (configuration: FunctionConfiguration, code: CodePlace)? {
        guard let qualifier else { return version(Qualifier.latest) }
        return version(aliases[qualifier]?.FunctionVersion ?? qualifier)
    }

    /// RevisionId of what a qualifier means.
    func revisionId(_ qualifier: String?) -> String? {
        if let qualifier, let alias = aliases[qualifier] { return alias.RevisionId }
        return resolve(qualifier)?.configuration.RevisionId
    }

    /// Packages that versions still need, by CodeSha256.
    var packagesInUse: Set<String> {
        var inUse = Set(versions.filter { $0.code.localFolder == nil }.map(\.configuration.CodeSha256))
        if head.code.localFolder == nil { inUse.insert(head.configuration.CodeSha256) }
        return inUse
    }

    /// Copies of local code that versions still need.
    var snapshotsInUse: [FunctionPackage] {
        let all = [(head.configuration, head.code)] + versions.map { ($0.configuration, $0.code) }
        return all.filter { $0.1.snapshot != nil }.map { configuration, code in
            FunctionPackage(
                codeSha256: configuration.CodeSha256, codeSize: configuration.CodeSize,
                unzippedSize: code.unzippedSize, localFolder: code.localFolder, snapshot: code.snapshot)
        }
    }
}

extension LambdaFunction: Root {
    static let type = "function"
    static var place: any WritableKeyPath<World, Roots<LambdaFunction>> & Sendable { \.functions }

    private static let headKind = "lambda.function"
    private static let versionKind = "lambda.version"
    private static let aliasKind = "lambda.alias"
    private static let policyKind = "lambda.policy"

    init(_ stored: StoredRoot) throws {
        self.init(name: stored.id.id, head: try stored.head(Self.headKind).decode())
        for entity in stored.entities where entity.id.kind != Self.headKind {
            switch entity.id.kind {
            case Self.versionKind: versions.append(try entity.decode())
            case Self.aliasKind: aliases[entity.id.key] = try entity.decode()
            case Self.policyKind: policies[entity.id.key] = try entity.decode()
            default: throw UnreadableEntity(id: entity.id, reason: "the kind is unknown")
            }
        }
    }

    /// Only what has changed is written.
    func changes(from old: LambdaFunction?) throws(ServiceError) -> [EntityChange] {
        var changes = DocumentChanges(Self.rootID(name))
        if head != old?.head { try changes.save(Self.headKind, name, head) }
        // A published version never changes.
        let (before, after) = (Set(old?.numbers ?? []), Set(numbers))
        for version in versions where !before.contains(version.number) {
            try changes.save(Self.versionKind, version.number, version)
        }
        for number in old?.numbers ?? [] where !after.contains(number) { changes.delete(Self.versionKind, number) }
        try changes.add(Self.aliasKind, aliases, since: old?.aliases)
        try changes.add(Self.policyKind, policies, since: old?.policies)
        return changes.list
    }

    private var numbers: [String] { versions.map(\.number) }

    /// Whether the host needs not hear of the new one.
    func differsInTagsOnly(from new: LambdaFunction?) -> Bool {
        guard let new else { return false }
        var tagged = self
        tagged.head.tags = new.head.tags
        tagged.head.configuration.RevisionId = new.head.configuration.RevisionId
        return tagged == new
    }

    /// Whether stages that call it are as good as before: they hold its policies, and know which qualifiers it has.
    func isCalled(as new: LambdaFunction?) -> Bool {
        guard let new else { return false }
        return policies == new.policies && numbers == new.numbers && aliases.map(\.key) == new.aliases.map(\.key)
    }
}

extension LambdaFunction.PublishedVersion {
    fileprivate var number: String { configuration.Version }
}

extension DocumentChanges {
    fileprivate mutating func add<Document: Encodable & Equatable>(
        _ kind: String, _ documents: OrderedMap<Document>, since old: OrderedMap<Document>?
    ) throws(ServiceError) {
        for (key, document) in documents where old?[key] != document { try save(kind, key, document) }
        for key in old?.keys ?? [] where documents[key] == nil { delete(kind, key) }
    }
}
