import EntityStore
import GatewayModel

/// AWS IAM over the query protocol (2010-05-08): who there is, and what they may do.
///
/// Each role, policy and so on is a root of one document. IAM tells names apart without case: so do the roots' ids.
enum IAM {
    static let service = FormService(
        name: "iam", namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
        operations: [
            roles, policies(of: Role.self), managedPolicies, policyVersions, instanceProfiles, users,
            policies(of: User.self), groups, policies(of: Group.self), accessKeys, openIDConnectProviders, simulations,
            accountDetails,
        ].reduce(into: [:]) { $0.merge($1) { first, _ in first } },
        refused: refusedActions)
}

/// A root of IAM: one document, found by its name.
protocol IAMDocument: Root, Codable, Equatable {
    /// As messages name it, such as `role`.
    static var noun: String { get }
    var name: String { get }
    func arn(_ account: AccountIdentity) -> String
    static func notFound(_ name: String) -> ServiceError
}

extension IAMDocument {
    init(_ stored: StoredRoot) throws { self = try stored.head(Self.type).decode() }

    func changes(from old: Self?) throws(ServiceError) -> [EntityChange] {
        guard self != old else { return [] }
        let id = Self.id(ofName: name)
        var changes = DocumentChanges(Self.rootID(id))
        try changes.save(Self.type, id, self)
        return changes.list
    }

    static func id(ofName name: String) -> String { name.lowercased() }

    static func notFound(_ name: String) -> ServiceError {
        IAMError.noSuchEntity("The \(noun) with name \(name) cannot be found.")
    }
}

extension World {
    /// Names are told apart without case, and found only as they were written.
    func named<Document: IAMDocument>(_ type: Document.Type, _ name: String) throws(ServiceError) -> Document {
        guard let document = self[Document.self, Document.id(ofName: name)], document.name == name else {
            throw Document.notFound(name)
        }
        return document
    }

    /// In the order of their names.
    func all<Document: IAMDocument>(of type: Document.Type) -> [Document] {
        self[keyPath: Document.place].map(\.value.root).sorted { $0.name < $1.name }
    }
}

extension ControlPlane {
    /// Makes a document.
    func create<Document: IAMDocument>(
        _ document: Document, quota: Int, _ quotaName: String, exists: String,
        checking check: (inout Change<Document>) throws(ServiceError) -> Void = { _ in }
    ) async throws(ServiceError) {
        try await commit(
            document.name,
            { (change: inout Change<Document>) throws(ServiceError) in
                guard change.root == nil else { throw IAMError.alreadyExists(exists) }
                guard world[keyPath: Document.place].count < quota else {
                    throw IAMError.limitExceeded("Cannot exceed quota for \(quotaName): \(quota)")
                }
                try check(&change)
                change.root = document
            })
    }

    @discardableResult
    func changeNamed<Document: IAMDocument, Answer>(
        _ type: Document.Type, _ name: String,
        _ make: (inout Document, inout Change<Document>) throws(ServiceError) -> Answer
    ) async throws(ServiceError) -> Answer {
        try await commit(
            name,
            { (change: inout Change<Document>) throws(ServiceError) in
                guard var document = change.root, document.name == name else { throw Document.notFound(name) }
                let answer = try make(&document, &change)
                change.root = document
                return answer
            })
    }

    func deleteNamed<Document: IAMDocument>(
        _ type: Document.Type, _ name: String,
        checking check: (Document, inout Change<Document>) throws(ServiceError) -> Void = { _, _ in }
    ) async throws(ServiceError) {
        try await commit(
            name,
            { (change: inout Change<Document>) throws(ServiceError) in
                guard let document = change.root, document.name == name else { throw Document.notFound(name) }
                try check(document, &change)
                change.root = nil
            })
    }

    /// Whoever acts by the document hears of it: callers, and functions when it is their role.
    private func commit<Document: IAMDocument, Answer>(
        _ name: String, _ make: (inout Change<Document>) throws(ServiceError) -> Answer
    ) async throws(ServiceError) -> Answer {
        let id = Document.id(ofName: name)
        var isRoleOfFunctions = false
        let answer = try await change(
            Document.self, id, make, preparing: { _ in },
            publishing: { change, _ in
                await publishCallers([Document.rootID(id)])
                let (old, new) = (change.old as? IAM.Role, change.root as? IAM.Role)
                isRoleOfFunctions = old?.id != new?.id || old?.trust != new?.trust
            })
        if isRoleOfFunctions { await publishFunctions(ofRole: id) }
        return answer
    }
}

/// Source: IAM User Guide, reference_iam-quotas.
enum IAMQuotas {
    static let roles = 1_000
    static let managedPolicies = 1_500
    static let instanceProfiles = 1_000
    static let tags = 50
    static let users = 5_000
    static let groups = 300
    static let groupsOfUser = 10
    static let accessKeys = 2
    static let openIDConnectProviders = 100
    static let userPolicySize = 2_048
    static let groupPolicySize = 5_120
    static let policyVersions = 5
    /// White space does not count in any of these.
    static let managedPolicySize = 6_144
    static let trustPolicySize = 2_048
    static let rolePolicySize = 10_240
    static let attachedPolicies = 10
    /// Elements of a page, unless MaxItems says fewer or more.
    static let page = 100
}

/// The errors of IAM.
enum IAMError {
    static func noSuchEntity(_ message: String) -> ServiceError {
        ServiceError("NoSuchEntity", status: 404, message)
    }
    static func alreadyExists(_ message: String) -> ServiceError {
        ServiceError("EntityAlreadyExists", status: 409, message)
    }
    static func deleteConflict(_ message: String) -> ServiceError {
        ServiceError("DeleteConflict", status: 409, message)
    }
    static func limitExceeded(_ message: String) -> ServiceError {
        ServiceError("LimitExceeded", status: 409, message)
    }
    static func malformedPolicy(_ message: String) -> ServiceError {
        ServiceError("MalformedPolicyDocument", status: 400, message)
    }
    static func validation(_ message: String) -> ServiceError {
        ServiceError("ValidationError", status: 400, message)
    }
    static func invalidInput(_ message: String) -> ServiceError {
        ServiceError("InvalidInput", status: 400, message)
    }
}
