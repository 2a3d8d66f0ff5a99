import JSON
import Shapes

/// A user of a pool, as it is stored.
struct PoolUser: Codable, Sendable {
    enum Status: String, Codable, Sendable {
        case unconfirmed = "UNCONFIRMED"
        case confirmed = "CONFIRMED"
        case resetRequired = "RESET_REQUIRED"
        case forceChangePassword = "FORCE_CHANGE_PASSWORD"
    }

    /// A code that was sent, for one purpose.
    struct Code: Codable, Sendable {
        /// What `SentCodes` makes of it.
        let kept: String
        let expires: Int64
        var failures = 0
        /// What the attribute becomes when the code is told.
        var newValue: String?
        /// The attribute whose address it went to.
        var attribute: String?
    }

    var username: String
    let sub: String
    /// Without the sub.
    var attributes: OrderedMap<String>
    var isEnabled = true
    var status: Status
    let created: Int64
    var modified: Int64
    /// `StoredPassword`, sealed; nil for who has none.
    var password: String?
    /// Former passwords, the newest first, as many as the pool remembers.
    var formerPasswords: [String] = []
    /// When a temporary password ends.
    var temporaryUntil: Int64?
    /// By their purpose: `signup`, `password`, or an attribute's name.
    var codes: [String: Code] = [:]
    var groups: [String] = []
    /// The secret of the user's authenticator app, sealed; and one that is not proved yet.
    var totp: String?
    var newTOTP: String?
    /// The app is asked for.
    var usesTOTP = false
    var prefersTOTP = false
    /// The last step of time whose code was taken.
    var totpStep: Int64?
    /// Sessions that began at this time and before are over.
    var signedOut: Int64?
    /// Sessions that were revoked, by `origin_jti`, with the time at which the last of their tokens ends.
    var revoked: [String: Int64] = [:]
    /// Sessions whose refresh tokens are used up one after another, by `origin_jti`.
    var rotated: [String: Rotation] = [:]

    struct Rotation: Codable, Sendable {
        /// The refresh token that is good, by its id.
        let current: String
        /// The one whose place it has taken, and when.
        let former: String
        let since: Int64
        /// When the last token of the session ends.
        let until: Int64
    }

    /// Sets an attribute. An address that changes is no longer proved.
    mutating func set(_ name: String, _ value: String) {
        if ["email", "phone_number"].contains(name), attributes[name] != value { lose(name) }
        attributes[name] = value
    }

    /// An address is not the user's any more: codes that went there count no longer.
    mutating func lose(_ address: String) {
        attributes["\(address)_verified"] = "false"
        codes[address] = nil
        for purpose in ["signup", "password"] where codes[purpose].map({ $0.attribute ?? address }) == address {
            codes[purpose] = nil
        }
    }

    /// `UserAttributes`: the sub first.
    ///
    /// - Parameter names: those that may be seen; the sub always is.
    func attributeList(only names: Set<String>? = nil) -> JSONValue {
        var list: [JSONValue] = []
        for (name, value) in [(key: "sub", value: sub)] + attributes.entries
        where names?.contains(name) ?? true || name == "sub" {
            list.append(["Name": .string(name), "Value": .string(value)])
        }
        return .array(list)
    }

    /// A member of `Users`.
    func description(only names: Set<String>? = nil) -> JSONObject {
        [
            "Username": .string(username), "Attributes": attributeList(only: names),
            "UserCreateDate": .time(created), "UserLastModifiedDate": .time(modified), "Enabled": .bool(isEnabled),
            "UserStatus": .string(status.rawValue),
        ]
    }

    /// Of AdminGetUser and GetUser.
    var mfaMembers: JSONObject {
        guard usesTOTP else { return [:] }
        var members: JSONObject = ["UserMFASettingList": ["SOFTWARE_TOKEN_MFA"]]
        if prefersTOTP { members["PreferredMfaSetting"] = "SOFTWARE_TOKEN_MFA" }
        return members
    }
}

struct PoolGroup: Codable, Sendable {
    let poolId: String
    let name: String
    var text: String?
    var roleArn: String?
    var precedence: Int?
    let created: Int64
    var modified: Int64

    var description: JSONValue {
        var object: JSONObject = ["GroupName": .string(name), "UserPoolId": .string(poolId)]
        object["Description"] = text.map { .string($0) }
        object["RoleArn"] = roleArn.map { .string($0) }
        object["Precedence"] = precedence.map { .number($0) }
        object["LastModifiedDate"] = .time(modified)
        object["CreationDate"] = .time(created)
        return .object(object)
    }
}

/// What a pool issues access tokens for, with the scopes that it knows.
struct ResourceServer: Codable, Sendable {
    let poolId: String
    let identifier: String
    var name: String
    /// `ScopeName` and `ScopeDescription`, as they were sent.
    var scopes: JSONValue

    var scopeNames: [String] {
        (scopes.array ?? []).compactMap { $0["ScopeName"]?.string.map { "\(identifier)/\($0)" } }
    }

    var description: JSONValue {
        [
            "UserPoolId": .string(poolId), "Identifier": .string(identifier), "Name": .string(name), "Scopes": scopes,
        ]
    }
}
