import GatewayModel
import HashTreeCollections
import JSON

/// A user who is to be: what his name may be, and whose names he may not have.
enum NewUser {
    /// - Parameter name: as it was sent. Where an address stands for the username, it becomes an attribute, and the
    ///   username is the sub.
    static func make(
        _ name: String, _ attributes: OrderedMap<String>, _ pool: UserPool, _ status: PoolUser.Status, now: Int64
    ) throws(PoolError) -> PoolUser {
        var attributes = attributes
        let sub = Identifiers.uuid()
        var username = name
        let addresses = pool.usernameAttributes
        if !addresses.isEmpty {
            let kind: String
            if addresses.contains("email"), AttributeRules.isEmail(name) {
                kind = "email"
            } else if addresses.contains("phone_number"), AttributeRules.isPhone(name) {
                kind = "phone_number"
            } else {
                let wanted =
                    addresses.count == 2
                    ? "either an email or a phone number" : addresses == ["email"] ? "an email" : "a phone number"
                throw .invalid("Username should be \(wanted).")
            }
            if let given = attributes[kind], given != name {
                throw .invalid("The attribute \(kind) differs from the username.")
            }
            attributes[kind] = name
            username = sub
        } else {
            if pool.aliasAttributes.contains("email"), AttributeRules.isEmail(name) {
                throw .invalid("Username cannot be of email format, since user pool is configured for email alias.")
            }
            if pool.aliasAttributes.contains("phone_number"), AttributeRules.isPhone(name) {
                throw .invalid(
                    "Username cannot be of phone number format, since user pool is configured for phone number alias.")
            }
        }
        // Users whom an administrator makes tell what is missing with their first password. Source: API Reference,
        // AdminCreateUser.
        if status == .unconfirmed { try AttributeRules.checkRequired(attributes, pool) }
        return PoolUser(
            username: username, sub: sub, attributes: attributes, status: status, created: now, modified: now)
    }

    /// Refuses a name that somebody has.
    static func checkName(_ user: PoolUser, in content: PoolContent) throws(PoolError) {
        guard content.users[content.pool.key(user.username)] == nil, content.subs[user.username] == nil else {
            throw PoolError("UsernameExistsException", "User already exists")
        }
        for attribute in content.pool.aliasAttributes
        where content.aliases[content.pool.alias(attribute, user.username)] != nil {
            throw PoolError("UsernameExistsException", "User already exists")
        }
        for attribute in content.pool.usernameAttributes {
            guard let value = user.attributes[attribute],
                content.aliases[content.pool.alias(attribute, value)] != nil
            else { continue }
            let kind = attribute == "email" ? "email" : "phone_number"
            throw PoolError("UsernameExistsException", "An account with the given \(kind) already exists.")
        }
    }

    /// Refuses an alias that somebody else has, or takes it from him.
    static func checkAliases(
        _ user: PoolUser, in content: PoolContent, takes: Bool = false, _ steps: inout [PoolStep]
    ) throws(PoolError) {
        let pool = content.pool
        if pool.aliasAttributes.contains("preferred_username"), let name = user.attributes["preferred_username"],
            let other = content.users[pool.key(name)], other.sub != user.sub
        {
            throw PoolError("AliasExistsException", "An account with the given preferred_username already exists.")
        }
        for alias in pool.aliases(of: user) {
            guard let key = content.aliases[alias], key != pool.key(user.username), var other = content.users[key]
            else { continue }
            let attribute = String(alias.prefix { $0 != "\u{0}" })
            guard takes, pool.aliasAttributes.contains(attribute) else {
                throw PoolError("AliasExistsException", "An account with the given \(attribute) already exists.")
            }
            other.attributes["\(attribute)_verified"] = "false"
            steps.append(.user(other, pool: pool.id))
        }
    }
}
