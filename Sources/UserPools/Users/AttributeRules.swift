import JSON

/// What values users' attributes may have.
enum AttributeRules {
    private static func fault(_ name: String, _ what: String) -> PoolError {
        .invalid("Attributes did not conform to the schema: \(name): \(what)")
    }

    /// Checks attributes that are to be set.
    ///
    /// - Parameters:
    ///   - client: whose users write only what it may write; nil for administrators.
    ///   - former: of a user who is there already: what cannot be changed stays.
    static func check(
        _ attributes: OrderedMap<String>, _ pool: UserPool, client: PoolClient? = nil, former: PoolUser? = nil
    ) throws(PoolError) {
        for (name, value) in attributes {
            guard let attribute = pool.schema.first(where: { $0.name == name }) else {
                throw fault(name, "Attribute does not exist in the schema.")
            }
            if let former {
                try checkChange(attribute, value, of: former)
            } else if name == "sub" {
                throw fault(name, "Attribute cannot be updated.")
            }
            if let client {
                let isOurs = name.hasSuffix("_verified") || attribute.isDeveloperOnly
                guard !isOurs, client.writeAttributes?.contains(name) ?? true else {
                    throw .notAuthorized("A client attempted to write unauthorized attribute")
                }
            }
            try check(value, attribute)
        }
    }

    /// An attribute that is not mutable has the value that it was made with, or none. Source: API Reference,
    /// AddCustomAttributes; the words are those of answers that clients report, the same value again among them. One that
    /// the pool requires and an administrator has left out is told with the first password.
    private static func checkChange(
        _ attribute: SchemaAttribute, _ value: String, of former: PoolUser
    ) throws(PoolError) {
        let isLeftOut =
            attribute.isRequired && former.status == .forceChangePassword && former.attributes[attribute.name] == nil
        guard attribute.isMutable || isLeftOut else {
            throw .invalid("user.\(attribute.name): Attribute cannot be updated.")
        }
        guard !attribute.isRequired || !value.isEmpty else { throw fault(attribute.name, "The attribute is required") }
    }

    static func checkRequired(_ attributes: OrderedMap<String>, _ pool: UserPool) throws(PoolError) {
        for attribute in pool.schema where attribute.isRequired && attribute.name != "sub" {
            guard attributes[attribute.name].map({ !$0.isEmpty }) ?? false else {
                throw fault(attribute.name, "The attribute is required")
            }
        }
    }

    private static func check(_ value: String, _ attribute: SchemaAttribute) throws(PoolError) {
        if value.isEmpty { return }
        let (low, high) = (attribute.minimum.flatMap(Int.init), attribute.maximum.flatMap(Int.init))
        switch attribute.type {
        case "Number":
            guard let number = Int(value) else { throw .invalid("Invalid \(attribute.name): it is no number.") }
            if let low, number < low { throw fault(attribute.name, "Number cannot be less than \(low)") }
            if let high, number > high { throw fault(attribute.name, "Number cannot be greater than \(high)") }
        case "Boolean":
            guard ["true", "false"].contains(value.lowercased()) else {
                throw .invalid("Invalid \(attribute.name): it is neither true nor false.")
            }
        case "DateTime":
            guard AttributeDate.isTime(value) else { throw .invalid("Invalid \(attribute.name): it is no date.") }
        default:
            let count = value.unicodeScalars.count
            if let low, count < low { throw fault(attribute.name, "String must be greater than \(low) characters") }
            if let high, count > high { throw fault(attribute.name, "String must be less than \(high) characters") }
        }
        if attribute.name == "birthdate", !AttributeDate.isDay(value) {
            throw .invalid("Invalid birthdate: it is not of the form YYYY-MM-DD.")
        }
        if attribute.name == "email", !isEmail(value) { throw .invalid("Invalid email address format.") }
        if attribute.name == "phone_number", !isPhone(value) { throw .invalid("Invalid phone number format.") }
    }

    static func isEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
            && text.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && $0.value >= 0x20 && $0.value != 0x7F }
    }

    /// E.164: a plus and up to fifteen digits.
    static func isPhone(_ text: String) -> Bool {
        text.hasPrefix("+") && (1...15).contains(text.utf8.count - 1) && text.utf8.dropFirst().allSatisfy(\.isDigit)
    }
}
