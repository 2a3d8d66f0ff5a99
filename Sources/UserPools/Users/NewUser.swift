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
        if status == .unconfirmed, attributes["preferred_username"] != nil,
            pool.aliasAttributes.contains("preferred_username")
        {
            // Source: Developer Guide, user pool attributes.
            throw .invalid("preferred_username cannot be provided at sign-up, since it is an alias.")
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
        // What he has already stays his: nothing else of him shall be beyond change.
        let own = Set(content.users[pool.key(user.username)].map { pool.aliases(of: $0) } ?? [])
        for alias in pool.aliases(of: user) where !own.contains(alias) {
            let attribute = String(alias.prefix { $0 != "\u{0}" })
            let value = user.attributes[attribute] ?? ""
            let exists = PoolError(
                "AliasExistsException", "An account with the given \(attribute) already exists.")
            if let other = content.users[pool.key(value)], other.sub != user.sub { throw exists }
            // Values are unique among all attributes by which users sign in: a name that somebody chooses is nobody
            // else's address. Source: Developer Guide, customizing sign-in attributes.
            for taken in pool.signInAttributes {
                guard let key = content.aliases[pool.alias(taken, value)], key != pool.key(user.username),
                    var other = content.users[key]
                else { continue }
                guard takes, taken == attribute, taken != "preferred_username", pool.aliasAttributes.contains(taken)
                else { throw exists }
                other.lose(taken)
                steps.append(.user(other, pool: pool.id))
            }
        }
    }
}
