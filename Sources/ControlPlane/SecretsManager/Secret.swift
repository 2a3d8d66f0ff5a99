import EntityStore
import GatewayModel
import HashTreeCollections
import JSON
import Shapes

/// A secret with its versions, one document each: a new value is written alone.
struct Secret: Sendable, Equatable {
    var facts: Facts
    /// In the order in which they were made.
    var versions: [Version] = []

    struct Facts: Codable, Sendable, Equatable {
        let name: String
        /// Six characters that AWS puts behind the name, so that a secret of the same name is another one.
        let suffix: String
        var description: String?
        var tags: OrderedMap<String>
        var policy: String?
        let created: Int64
        var changed: Int64
        var deletion: Deletion?
    }

    struct Deletion: Codable, Sendable, Equatable {
        let asked: Int64
        /// From then on the secret is gone.
        let due: Int64
    }

    struct Version: Codable, Sendable, Equatable {
        let id: String
        /// What `SealingKey` makes of it, in base64.
        let value: String
        let isBinary: Bool
        let created: Int64
        /// The number of versions that came before it.
        let order: Int
        var stages: [String]
    }

    var name: String { facts.name }
    /// The name with its six characters.
    var resource: String { "\(facts.name)-\(facts.suffix)" }
    var policy: String? { facts.policy }

    func arn(_ account: AccountIdentity) -> String { Self.arn(resource, account) }

    static func arn(_ resource: String, _ account: AccountIdentity) -> String {
        "arn:\(account.partition):secretsmanager:\(account.region):\(account.accountId):secret:\(resource)"
    }

    /// Whether it can be a secret's.
    static func check(_ name: String) throws(ServiceError) {
        guard name.isWord(and: "/+=.@!") else { throw SecretError.invalidName }
    }

    func version(at stage: String) -> Version? { versions.first { $0.stages.contains(stage) } }

    func isGone(at now: Timestamp) -> Bool { facts.deletion.map { $0.due <= now.milliseconds } ?? false }
}

extension Secret: Root {
    static let type = "secretsmanager.secret"
    static var place: any WritableKeyPath<World, Roots<Secret>> & Sendable { \.secrets }

    static let versionKind = "secretsmanager.version"

    init(_ stored: StoredRoot) throws {
        facts = try stored.head(Self.type).decode()
        versions = try stored.entities.filter { $0.id.kind == Self.versionKind }.map { try $0.decode(Version.self) }
            .sorted { $0.order < $1.order }
    }

    func changes(from old: Secret?) throws(ServiceError) -> [EntityChange] {
        var changes = DocumentChanges(Self.rootID(name))
        if facts != old?.facts { try changes.save(Self.type, name, facts) }
        try changes.add(Self.versionKind, byId, since: old?.byId ?? [:])
        return changes.list
    }

    private var byId: [String: Version] { Dictionary(versions.map { ($0.id, $0) }) { first, _ in first } }
}

extension World {
    /// The secret that a call names by its name, its ARN, or its ARN without the six characters.
    func secret(_ id: String, _ account: AccountIdentity, at now: Timestamp) throws(ServiceError) -> Secret {
        if !id.hasPrefix("arn:") { try Secret.check(id) }
        guard let secret = secret(id, account), !secret.isGone(at: now) else { throw SecretError.notFound }
        return secret
    }

    func secret(_ id: String, _ account: AccountIdentity) -> Secret? {
        guard id.hasPrefix("arn:") else { return self[Secret.self, id] }
        let prefix = Secret.arn("", account)
        guard id.hasPrefix(prefix) else { return nil }
        return secret(ofARN: id) ?? self[Secret.self, String(id.dropFirst(prefix.count))]
    }

    /// The secret with all of this ARN.
    func secret(ofARN arn: String) -> Secret? {
        guard let start = arn.firstRange(of: ":secret:")?.upperBound, let dash = arn.lastIndex(of: "-"), start < dash,
            let secret = self[Secret.self, String(arn[start..<dash])], secret.resource == arn[start...]
        else { return nil }
        return secret
    }
}

extension ControlPlane {
    /// Changes the secret that a call names, unless it waits for its deletion.
    @discardableResult
    func changeSecret<Answer>(
        _ call: TargetCall, evenDeleted: Bool = false, _ make: (inout Secret) throws(ServiceError) -> Answer
    ) async throws(ServiceError) -> Answer {
        let known = try world.secret(call.input.needed("SecretId"), call.account, at: call.now)
        return try await change(
            Secret.self, known.name,
            { change throws(ServiceError) in
                guard var secret = change.root, secret.resource == known.resource else { throw SecretError.notFound }
                guard evenDeleted || secret.facts.deletion == nil else { throw SecretError.deleted }
                let before = secret
                let answer = try make(&secret)
                if secret != before { secret.facts.changed = call.now.milliseconds }
                change.root = secret
                return answer
            })
    }

    /// Forgets the secrets whose time to be restored is over.
    func forgetSecrets(at now: Timestamp) async throws(ServiceError) {
        for (name, secret) in world.secrets where secret.root.isGone(at: now) {
            try await change(
                Secret.self, name,
                { change throws(ServiceError) in if change.root?.isGone(at: now) == true { change.root = nil } })
        }
    }
}

extension Secret {
    /// What every answer about a secret begins with.
    func head(_ account: AccountIdentity) -> JSONObject {
        ["ARN": .string(arn(account)), "Name": .string(name)]
    }

    /// What is told of a secret beside its values.
    ///
    /// - Parameter stages: the name of the member with the versions that have stages.
    func description(stages: String, _ account: AccountIdentity) -> JSONObject {
        var object = head(account)
        if let text = facts.description, !text.isEmpty { object["Description"] = .string(text) }
        object["LastChangedDate"] = .time(facts.changed)
        if !facts.tags.isEmpty { object["Tags"] = facts.tags.tagList }
        let staged = versions.filter { !$0.stages.isEmpty }
        if !staged.isEmpty {
            object[stages] = .object(JSONObject(staged.map { ($0.id, .array($0.stages.map { .string($0) })) }))
        }
        object["CreatedDate"] = .time(facts.created)
        return object
    }
}
