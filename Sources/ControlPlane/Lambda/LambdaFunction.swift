import EntityStore
import GatewayModel
import JSON

/// All there is to know of a function. Every part is a document of its own, so that a change writes little.
struct LambdaFunction: Sendable {
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
    struct Head: Codable, Sendable {
        var configuration: FunctionConfiguration
        var code: CodePlace
        /// Changes with code or configuration only; a new one retires the environments of `$LATEST`. The RevisionId
        /// of the configuration changes more often.
        var environmentRevision: String
        /// Numbers are never used again, not even after the version is deleted.
        var nextVersion = 1
        var reservedConcurrency: Int?
        var tags: OrderedMap<String> = [:]
    }

    /// Document `lambda.version`.
    struct PublishedVersion: Codable, Sendable {
        var configuration: FunctionConfiguration
        var code: CodePlace
        /// The description that `$LATEST` had, which PublishVersion may replace.
        var descriptionOfLatest: String
    }

    /// Document `lambda.policy`.
    struct StoredPolicy: Codable, Sendable {
        var policy: Lambda.ResourcePolicy
        var revisionId: String
    }

    /// Where a version's code is: unpacked from its package, or copied from a folder of the operator's.
    struct CodePlace: Codable, Sendable, Equatable {
        /// Nil when the code was unpacked; its folder follows from name and CodeSha256.
        var localFolder: String?
        /// The name of the copy; nil for a folder that is used in place.
        var snapshot: String?
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
                codeSha256: configuration.CodeSha256, codeSize: configuration.CodeSize, localFolder: code.localFolder,
                snapshot: code.snapshot)
        }
    }
}

/// Documents.
extension LambdaFunction {
    static let functionKind = "lambda.function"
    static let versionKind = "lambda.version"
    static let aliasKind = "lambda.alias"
    static let policyKind = "lambda.policy"

    /// The parent of versions, aliases and policies.
    var parent: String { Self.parentPrefix + name }
    static let parentPrefix = "function/"

    func saveHead() throws(ServiceError) -> EntityChange {
        try Self.save(head, as: Entity.ID(kind: Self.functionKind, key: name))
    }

    func save(_ version: PublishedVersion) throws(ServiceError) -> EntityChange {
        try Self.save(version, as: id(Self.versionKind, version.configuration.Version))
    }

    func save(_ alias: AliasConfiguration) throws(ServiceError) -> EntityChange {
        try Self.save(alias, as: id(Self.aliasKind, alias.Name))
    }

    /// Deletes the document when there is no such policy.
    func savePolicy(_ qualifier: String) throws(ServiceError) -> EntityChange {
        let id = id(Self.policyKind, qualifier)
        guard let policy = policies[qualifier] else { return .delete(id) }
        return try Self.save(policy, as: id)
    }

    func id(_ kind: String, _ key: String) -> Entity.ID { Entity.ID(kind: kind, parent: parent, key: key) }

    private static func save(_ document: some Encodable, as id: Entity.ID) throws(ServiceError) -> EntityChange {
        do { return .save(Entity(id: id, document: try JSONValue(encoding: document).bytes)) } catch {
            throw .internalFailure("The document of \(id.key) could not be written: \(error)")
        }
    }

    /// Reads all functions back.
    static func restore(from entities: [Entity]) throws -> [String: LambdaFunction] {
        var functions: [String: LambdaFunction] = [:]
        for entity in entities where entity.id.kind == functionKind {
            functions[entity.id.key] = LambdaFunction(name: entity.id.key, head: try read(entity))
        }
        for entity in entities where entity.id.parent.hasPrefix(parentPrefix) {
            let name = String(entity.id.parent.dropFirst(parentPrefix.count))
            guard var function = functions[name] else {
                throw UnreadableEntity(id: entity.id, reason: "its function is missing")
            }
            switch entity.id.kind {
            case versionKind: function.versions.append(try read(entity))
            case aliasKind: function.aliases[entity.id.key] = try read(entity)
            case policyKind: function.policies[entity.id.key] = try read(entity)
            default: throw UnreadableEntity(id: entity.id, reason: "the kind is unknown")
            }
            functions[name] = function
        }
        return functions
    }

    private static func read<Document: Decodable>(_ entity: Entity) throws -> Document {
        do { return try JSONValue(parsing: entity.document).decode(Document.self) } catch {
            throw UnreadableEntity(id: entity.id, reason: "\(error)")
        }
    }
}
