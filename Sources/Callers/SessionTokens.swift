internal import GatewayModel
internal import JSON
package import Sealing
package import SigV4

/// Session tokens hold their session, sealed: nothing has to be stored of one, and it is good on every node that has the
/// same key.
package struct SessionTokens: Sendable {
    package struct Session: Codable, Sendable, Equatable {
        package let accessKeyId: String
        package let secret: String
        /// `AROA…`, `AIDA…`, the account's number, or `operators`.
        package let holder: String
        /// Of a role's session.
        package let name: String
        /// Texts of session policies.
        package let policies: [String]?
        /// Of managed policies that bound the session as well.
        package var policyARNs: [String]?
        /// Condition keys that the session has of its own, by their names in lower case.
        package var context: [String: [String]]?
        /// Seconds since 1970.
        package let started: Int64
        package let expires: Int64
        /// The session is a function's, and ends with the environment of this number (`LiveEnvironments`).
        package let environment: Int?

        package init(
            accessKeyId: String, secret: String, holder: String, name: String, policies: [String]?, started: Int64,
            expires: Int64, environment: Int? = nil
        ) {
            self.accessKeyId = accessKeyId
            self.secret = secret
            self.holder = holder
            self.name = name
            self.policies = policies
            self.started = started
            self.expires = expires
            self.environment = environment
        }
    }

    /// Credentials of the account itself for whoever can read the key of the data folder: its operator, who may do with
    /// it what he likes, and needs no key of IAM to make the first one. nil when the system has no randomness.
    ///
    /// - Parameter seconds: how long they last.
    package func operatorSession(now: Int64, seconds: Int64) -> SigningCredentials? {
        let session = Session(
            accessKeyId: newKeyId("ASIA"), secret: Identifiers.apiKeyValue(), holder: Self.operators,
            name: "", policies: nil, started: now, expires: now + seconds)
        return seal(session).map {
            SigningCredentials(accessKeyId: session.accessKeyId, secretAccessKey: session.secret, sessionToken: $0)
        }
    }

    /// A head has 10,240 bytes, and other fields beside the token: no longer one could be sent.
    package static let maximumBytes = 8_192
    private static let purpose = "session token"
    /// The holder of an operator's session.
    static let operators = "operator"

    private let key: SealingKey

    package init(key: SealingKey) { self.key = key }

    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    /// A key's id that is known as one of this account's for good: its last six characters follow from the others and
    /// the sealing key, so that a key that was deleted, or a session without its token, never passes for a stranger's.
    ///
    /// - Parameter prefix: `AKIA` or `ASIA`.
    package func newKeyId(_ prefix: String) -> String {
        let random = (0..<10).map { _ in Self.letters[Int.random(in: 0..<32)] }
        let id = prefix + String(decoding: random, as: UTF8.self)
        return id + mark(of: id)
    }

    package func isOwn(keyId id: String) -> Bool {
        guard id.utf8.count == 20, id.hasPrefix("AKIA") || id.hasPrefix("ASIA") else { return false }
        return mark(of: String(id.dropLast(6))) == id.suffix(6)
    }

    private func mark(of id: String) -> String {
        String(decoding: key.derived(for: "key id \(id)").prefix(6).map { Self.letters[Int($0 & 31)] }, as: UTF8.self)
    }

    /// nil when the system has no randomness.
    package func seal(_ session: Session) -> String? {
        guard let bytes = try? JSONValue(encoding: session).bytes else { return nil }
        return (try? key.seal(bytes, for: Self.purpose)).map(Base64.encode)
    }

    /// nil for whatever `seal` has not made.
    package func open(_ token: String) -> Session? {
        guard token.utf8.count <= Self.maximumBytes, let sealed = Base64.decode(token),
            let bytes = key.open(sealed, for: Self.purpose)
        else { return nil }
        return try? JSONValue(parsing: bytes).decode(Session.self)
    }
}
