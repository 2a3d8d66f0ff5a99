import JSON

/// Where a code goes.
struct Delivery: Sendable {
    let attribute: String
    let value: String

    var medium: String { attribute == "email" ? "EMAIL" : "SMS" }

    /// `t***@e***`, or `+*******1234`: enough for its owner.
    var hidden: String {
        guard attribute == "email" else {
            return "+" + String(repeating: "*", count: max(0, value.count - 5)) + value.suffix(4)
        }
        let parts = value.split(separator: "@", maxSplits: 1)
        return parts.map { "\($0.prefix(1))***" }.joined(separator: "@")
    }

    /// `CodeDeliveryDetails`.
    var details: JSONValue {
        ["Destination": .string(hidden), "DeliveryMedium": .string(medium), "AttributeName": .string(attribute)]
    }

    /// Where the code of a new user goes, who has to prove an address; nil when the pool asks for none.
    static func ofNew(_ user: PoolUser, _ pool: UserPool) -> Delivery? { first(of: attributesOfNew(pool), user) }

    /// The addresses that new users of the pool prove, the first one that a user has.
    static func attributesOfNew(_ pool: UserPool) -> [String] {
        ["phone_number", "email"].filter { pool.autoVerified.contains($0) }
    }

    /// Where a code goes that lets a user choose another password: to an address that is proved.
    static func forRecovery(_ user: PoolUser, _ pool: UserPool) -> Delivery? {
        first(of: recoveryAttributes(pool).filter { user.attributes["\($0)_verified"] == "true" }, user)
    }

    /// The same, where the user may choose another password at all.
    static func ofRecovery(_ user: PoolUser, _ pool: UserPool) throws(PoolError) -> Delivery {
        guard user.isEnabled else { throw .notAuthorized("User is disabled.") }
        guard user.status != .forceChangePassword else {
            throw .notAuthorized("User password cannot be reset in the current state.")
        }
        guard let delivery = forRecovery(user, pool) else {
            throw .invalid(
                "Cannot reset password for the user as there is no registered/verified email or phone_number")
        }
        return delivery
    }

    /// The addresses that the pool sends such a code to, the first one that a user has.
    static func recoveryAttributes(_ pool: UserPool) -> [String] {
        let mechanisms = pool.setting("AccountRecoverySetting")?["RecoveryMechanisms"]?.array ?? []
        return mechanisms.sorted { ($0["Priority"]?.integer ?? 9) < ($1["Priority"]?.integer ?? 9) }
            .compactMap {
                ["verified_email": "email", "verified_phone_number": "phone_number"][$0["Name"]?.string ?? ""]
            }
    }

    private static func first(of names: [String], _ user: PoolUser) -> Delivery? {
        for name in names {
            if let value = user.attributes[name], !value.isEmpty { return Delivery(attribute: name, value: value) }
        }
        return nil
    }
}

extension UserPools {
    /// Puts a message into the outbox, in the words of the pool or of its function.
    func send(
        _ code: String, _ occasion: String, to delivery: Delivery, _ user: PoolUser, _ pool: UserPool,
        clientId: String, _ metadata: JSONObject
    ) async throws(PoolError) {
        let isInvitation = occasion == "AdminCreateUser"
        let template =
            isInvitation
            ? pool.setting("AdminCreateUserConfig")?["InviteMessageTemplate"]
            : pool.setting("VerificationMessageTemplate")
        let isEmail = delivery.medium == "EMAIL"
        let standard =
            isInvitation
            ? "Your username is {username} and temporary password is {####}."
            : isEmail ? "Your confirmation code is {####}" : "Your verification code is {####}"
        var text =
            (isEmail ? template?["EmailMessage"] : template?["SmsMessage"] ?? template?["SMSMessage"])?.string
            ?? standard
        var subject = isEmail ? template?["EmailSubject"]?.string ?? "Your verification code" : nil
        let answer = try await trigger(
            "CustomMessage", "CustomMessage_\(occasion)", Occasion(pool, clientId, user),
            JSONObject(
                [("codeParameter", "{####}"), ("linkParameter", "{##Click Here##}")]
                    + (isInvitation ? [("usernameParameter", "{username}")] : [])
            ).merged(metadata), response: ["smsMessage": nil, "emailMessage": nil, "emailSubject": nil])
        if let message = answer?[isEmail ? "emailMessage" : "smsMessage"]?.string, message.contains("{####}") {
            text = message
        }
        if isEmail, let own = answer?["emailSubject"]?.string { subject = own }
        func filled(_ text: String) -> String {
            Self.replace("{####}", by: code, in: Self.replace("{username}", by: user.username, in: text))
        }
        outbox.add(
            Outbox.Message(
                at: now, pool: pool.id, username: user.username, medium: delivery.medium, destination: delivery.value,
                occasion: occasion, subject: subject.map(filled), text: filled(text), code: code))
    }

    private static func replace(_ mark: String, by value: String, in text: String) -> String {
        text.split(separator: mark, omittingEmptySubsequences: false).joined(separator: value)
    }
}
