import GatewayModel
import JSON

/// A user pool as it is stored. What Cognito only tells back is kept as it was sent; what decides something is read out
/// of it here.
struct UserPool: Codable, Sendable {
    struct Domain: Codable, Sendable {
        let name: String
        var certificateArn: String?
        var version: Int?
    }

    let id: String
    var name: String
    /// The members of CreateUserPool and UpdateUserPool, with AWS's defaults.
    var settings: JSONValue
    /// What SetUserPoolMfaConfig has set besides MfaConfiguration.
    var mfa: JSONValue
    var schema: [SchemaAttribute]
    var domains: [Domain]
    let created: Int64
    var modified: Int64
    /// The private keys of ID and access tokens, sealed.
    let sealedKeys: [String]

    /// The part of the id behind the line, by which passwords are hashed.
    var shortName: String { String(id.split(separator: "_").last ?? "") }

    func setting(_ name: String) -> JSONValue? { settings[name] }
    private func texts(_ name: String) -> [String] { settings[name]?.array?.compactMap(\.string) ?? [] }

    var isCaseSensitive: Bool { settings["UsernameConfiguration"]?["CaseSensitive"]?.bool ?? true }
    var isProtected: Bool { settings["DeletionProtection"] == "ACTIVE" }
    var mfaMode: String { settings["MfaConfiguration"]?.string ?? "OFF" }
    var hasTOTP: Bool { mfa["SoftwareTokenMfaConfiguration"]?["Enabled"]?.bool ?? false }
    /// Addresses that stand for the username: users have no other.
    var usernameAttributes: [String] { texts("UsernameAttributes") }
    /// Addresses and names by which users sign in besides their usernames.
    var aliasAttributes: [String] { texts("AliasAttributes") }
    var autoVerified: [String] { texts("AutoVerifiedAttributes") }
    var signInAttributes: [String] { usernameAttributes + aliasAttributes }
    var verifiesBeforeUpdate: [String] {
        settings["UserAttributeUpdateSettings"]?["AttributesRequireVerificationBeforeUpdate"]?.array?
            .compactMap(\.string) ?? []
    }
    var onlyAdminsCreate: Bool { settings["AdminCreateUserConfig"]?["AllowAdminCreateUserOnly"]?.bool ?? false }
    var passwordPolicy: PasswordPolicy { PasswordPolicy(settings["Policies"]?["PasswordPolicy"]) }

    /// What a username is looked up by.
    func key(_ username: String) -> String { isCaseSensitive ? username : username.lowercased() }

    /// What a name is remembered by that nobody has: as those are that somebody has.
    func strangerKey(_ name: String) -> String {
        signInAttributes.contains("email") && name.contains("@") ? name.lowercased() : key(name)
    }

    /// An address is the same in all its spellings, also where somebody has taken it for a name.
    func alias(_ attribute: String, _ value: String) -> String {
        let isName = attribute == "preferred_username" && !(aliasAttributes.contains("email") && value.contains("@"))
        return "\(attribute)\u{0}\(isCaseSensitive && isName ? value : value.lowercased())"
    }

    /// The names under which a user signs in besides the username. An alias counts when it is verified, an address that
    /// stands for the username from the start.
    func aliases(of user: PoolUser) -> [String] {
        var aliases: [String] = []
        for attribute in signInAttributes {
            guard let value = user.attributes[attribute], !value.isEmpty else { continue }
            let counts =
                usernameAttributes.contains(attribute) || attribute == "preferred_username"
                || user.attributes["\(attribute)_verified"] == "true"
            if counts, user.status != .unconfirmed || usernameAttributes.contains(attribute) {
                aliases.append(alias(attribute, value))
            }
        }
        return aliases
    }

    func arn(_ account: AccountIdentity) -> String {
        "arn:\(account.partition):cognito-idp:\(account.region):\(account.accountId):userpool/\(id)"
    }
}

/// An attribute that users of a pool have.
struct SchemaAttribute: Codable, Sendable {
    var name: String
    var type: String
    var isDeveloperOnly: Bool
    var isMutable: Bool
    var isRequired: Bool
    /// For texts their length, for numbers their value; texts, as the wire has them.
    var minimum: String?
    var maximum: String?

    /// A member of `SchemaAttributes`.
    var description: JSONValue {
        var object: JSONObject = [
            "Name": .string(name), "AttributeDataType": .string(type), "DeveloperOnlyAttribute": .bool(isDeveloperOnly),
            "Mutable": .bool(isMutable), "Required": .bool(isRequired),
        ]
        func limits(_ low: String, _ high: String) -> JSONValue {
            .object(
                JSONObject(
                    [(low, minimum), (high, maximum)].compactMap { name, value in value.map { (name, .string($0)) } }))
        }
        switch type {
        case "String": object["StringAttributeConstraints"] = limits("MinLength", "MaxLength")
        case "Number": object["NumberAttributeConstraints"] = limits("MinValue", "MaxValue")
        default: break
        }
        return .object(object)
    }

    /// The standard claims of OpenID Connect, which every pool has. Source: answers of CreateUserPool.
    static let standard: [SchemaAttribute] = {
        func text(_ name: String, _ minimum: Int = 0, _ maximum: Int = 2048) -> SchemaAttribute {
            SchemaAttribute(
                name: name, type: "String", isDeveloperOnly: false, isMutable: true, isRequired: false,
                minimum: String(minimum), maximum: String(maximum))
        }
        func flag(_ name: String) -> SchemaAttribute {
            SchemaAttribute(
                name: name, type: "Boolean", isDeveloperOnly: false, isMutable: true, isRequired: false)
        }
        var sub = text("sub", 1)
        sub.isMutable = false
        sub.isRequired = true
        let names = [
            "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile", "picture",
            "website", "email",
        ]
        return [sub] + names.map { text($0) } + [
            flag("email_verified"), text("gender"), text("birthdate", 10, 10), text("zoneinfo"), text("locale"),
            text("phone_number"), flag("phone_number_verified"), text("address"),
            SchemaAttribute(
                name: "updated_at", type: "Number", isDeveloperOnly: false, isMutable: true, isRequired: false,
                minimum: "0"),
        ]
    }()
}
