import EntityStore
import GatewayModel
import JSON

/// A parameter with its versions, one document each: a put writes the new one alone.
struct Parameter: Sendable, Equatable {
    let name: String
    var tags: OrderedMap<String>
    /// The latest one last; never empty.
    var versions: [Version]

    struct Version: Codable, Sendable, Equatable {
        let number: Int
        let type: Kind
        /// Of a SecureString what `SealingKey` makes of it, in base64.
        let value: String
        let description: String?
        let allowedPattern: String?
        let tier: Tier
        let modified: Int64
        let modifiedBy: String
        var labels: [String] = []
    }

    enum Kind: String, Codable, Sendable, CaseIterable {
        case string = "String"
        case list = "StringList"
        case secure = "SecureString"
    }

    enum Tier: String, Codable, Sendable {
        case standard = "Standard"
        case advanced = "Advanced"
    }

    var latest: Version { versions[versions.count - 1] }

    func arn(_ account: AccountIdentity) -> String { ParameterName.arn(name, account) }
}

extension Parameter: Root {
    static let type = "ssm.parameter"
    static var place: any WritableKeyPath<World, Roots<Parameter>> & Sendable { \.parameters }

    static let versionKind = "ssm.version"

    private struct Head: Codable, Equatable {
        let name: String
        let tags: OrderedMap<String>
    }

    init(_ stored: StoredRoot) throws {
        let entity = try stored.head(Self.type)
        let head = try entity.decode(Head.self)
        name = head.name
        tags = head.tags
        versions = try stored.entities.filter { $0.id.kind == Self.versionKind }.map { try $0.decode(Version.self) }
            .sorted { $0.number < $1.number }
        guard !versions.isEmpty else { throw UnreadableEntity(id: entity.id, reason: "it has no version") }
    }

    func changes(from old: Parameter?) throws(ServiceError) -> [EntityChange] {
        var changes = DocumentChanges(Self.rootID(name))
        let head = Head(name: name, tags: tags)
        if old.map({ Head(name: $0.name, tags: $0.tags) }) != head { try changes.save(Self.type, name, head) }
        try changes.add(Self.versionKind, byNumber, since: old?.byNumber ?? [:])
        return changes.list
    }

    private var byNumber: [String: Version] {
        Dictionary(versions.map { (String($0.number), $0) }) { first, _ in first }
    }
}

extension Parameter {
    static let purpose = "parameter"

    /// The value as it was put.
    func plainValue(of version: Version, _ control: ControlPlane) throws(ServiceError) -> String {
        guard version.type == .secure else { return version.value }
        guard let bytes = control.unseal(version.value, Self.purpose, "\(name) \(version.number)") else {
            throw .internalFailure(
                "The parameter \(name) cannot be opened: it was sealed with another key than the server has.")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension ControlPlane {
    @discardableResult
    func changeParameter<Answer>(
        _ name: String, _ make: (inout Parameter) throws(ServiceError) -> Answer
    ) async throws(ServiceError) -> Answer {
        try await change(
            Parameter.self, name,
            { change throws(ServiceError) in
                guard var parameter = change.root else { throw ParameterError.notFound(name) }
                let answer = try make(&parameter)
                change.root = parameter
                return answer
            })
    }
}
