import JSON
import Shapes

/// What the settings of a pool may be, beyond their shapes.
enum PoolRules {
    /// Members that CreateUserPool and UpdateUserPool share.
    static let members: [Shape.Member] = [
        .may(
            "Policies",
            .structure([
                .may(
                    "PasswordPolicy",
                    .structure([
                        .may("MinimumLength", .integer(6...99)), .may("RequireUppercase", .boolean),
                        .may("RequireLowercase", .boolean), .may("RequireNumbers", .boolean),
                        .may("RequireSymbols", .boolean), .may("PasswordHistorySize", .integer(0...24)),
                        .may("TemporaryPasswordValidityDays", .integer(0...365)),
                    ])),
                .may(
                    "SignInPolicy",
                    .structure([
                        .may(
                            "AllowedFirstAuthFactors",
                            .list(.choice(["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"]), 1...4))
                    ])),
            ])),
        .may("DeletionProtection", .choice(["ACTIVE", "INACTIVE"])), .may("LambdaConfig", lambdas),
        .may("AutoVerifiedAttributes", .list(.choice(["phone_number", "email"]))),
        .may("SmsVerificationMessage", .text(6...140)), .may("EmailVerificationMessage", .text(6...20_000)),
        .may("EmailVerificationSubject", .text(1...140)),
        .may(
            "VerificationMessageTemplate",
            .structure([
                .may("SmsMessage", .text(6...140)), .may("EmailMessage", .text(6...20_000)),
                .may("EmailSubject", .text(1...140)), .may("EmailMessageByLink", .text(6...20_000)),
                .may("EmailSubjectByLink", .text(1...140)),
                .may("DefaultEmailOption", .choice(["CONFIRM_WITH_LINK", "CONFIRM_WITH_CODE"])),
            ])),
        .may("SmsAuthenticationMessage", .text(6...140)), .may("MfaConfiguration", .choice(["OFF", "ON", "OPTIONAL"])),
        .may(
            "UserAttributeUpdateSettings",
            .structure([
                .may("AttributesRequireVerificationBeforeUpdate", .list(.choice(["phone_number", "email"])))
            ])),
        .may(
            "DeviceConfiguration",
            .structure([
                .may("ChallengeRequiredOnNewDevice", .boolean), .may("DeviceOnlyRememberedOnUserPrompt", .boolean),
            ])),
        .may(
            "EmailConfiguration",
            .structure([
                .may("SourceArn", .arn), .may("ReplyToEmailAddress", .anyText),
                .may("EmailSendingAccount", .choice(["COGNITO_DEFAULT", "DEVELOPER"])), .may("From", .anyText),
                .may("ConfigurationSet", .text(1...64)),
            ])),
        .may("SmsConfiguration", smsConfiguration), .may("UserPoolTags", .map),
        .may(
            "AdminCreateUserConfig",
            .structure([
                .may("AllowAdminCreateUserOnly", .boolean), .may("UnusedAccountValidityDays", .integer(0...365)),
                .may(
                    "InviteMessageTemplate",
                    .structure([
                        .may("SMSMessage", .text(6...140)), .may("EmailMessage", .text(6...20_000)),
                        .may("EmailSubject", .text(1...140)),
                    ])),
            ])),
        .may(
            "UserPoolAddOns",
            .structure([
                .need("AdvancedSecurityMode", .choice(["OFF", "AUDIT", "ENFORCED"])),
                .may(
                    "AdvancedSecurityAdditionalFlows",
                    .structure([.may("CustomAuthMode", .choice(["AUDIT", "ENFORCED"]))])),
            ])),
        .may(
            "AccountRecoverySetting",
            .structure([
                .may(
                    "RecoveryMechanisms",
                    .list(
                        .structure([
                            .need("Priority", .integer(1...2)),
                            .need("Name", .choice(["verified_email", "verified_phone_number", "admin_only"])),
                        ]), 1...2))
            ])), .may("UserPoolTier", .choice(["LITE", "ESSENTIALS", "PLUS"])),
    ]

    /// Members that only CreateUserPool has: they cannot be changed.
    static let createOnly: [Shape.Member] = [
        .may("AliasAttributes", .list(.choice(["phone_number", "email", "preferred_username"]))),
        .may("UsernameAttributes", .list(.choice(["phone_number", "email"]))),
        .may("UsernameConfiguration", .structure([.need("CaseSensitive", .boolean)])),
    ]

    static let schema = Shape.list(
        .structure([
            .may("Name", .text(1...20, .visible)),
            .may("AttributeDataType", .choice(["String", "Number", "DateTime", "Boolean"])),
            .may("DeveloperOnlyAttribute", .boolean), .may("Mutable", .boolean), .may("Required", .boolean),
            .may(
                "NumberAttributeConstraints",
                .structure([.may("MinValue", .anyText), .may("MaxValue", .anyText)])),
            .may(
                "StringAttributeConstraints",
                .structure([.may("MinLength", .anyText), .may("MaxLength", .anyText)])),
        ]), 1...50)

    static let smsConfiguration = Shape.structure([
        .need("SnsCallerArn", .arn), .may("ExternalId", .anyText), .may("SnsRegion", .text(5...32)),
    ])

    private static let lambdas: Shape = {
        let triggers = [
            "PreSignUp", "CustomMessage", "PostConfirmation", "PreAuthentication", "PostAuthentication",
            "DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse", "PreTokenGeneration",
            "UserMigration",
        ]
        func versioned(_ versions: [String]) -> Shape {
            .structure([.need("LambdaVersion", .choice(versions)), .need("LambdaArn", .arn)])
        }
        return .structure(
            triggers.map { .may($0, .arn) } + [
                .may("PreTokenGenerationConfig", versioned(["V1_0", "V2_0", "V3_0"])),
                .may("CustomSMSSender", versioned(["V1_0"])), .may("CustomEmailSender", versioned(["V1_0"])),
                .may("InboundFederation", versioned(["V1_0"])), .may("KMSKeyID", .arn),
            ])
    }()

    /// The settings of a call with AWS's defaults in the place of those that are missing, refusing what is not served.
    ///
    /// - Parameter kept: settings that an update cannot change.
    static func settings(_ input: Input, kept: JSONObject) throws(PoolError) -> JSONObject {
        var settings = kept
        for member in members where member.name != "UserPoolTags" {
            if let value = input[member.name] { settings[member.name] = value }
        }
        try refuse(settings)
        let policies = settings["Policies"]?.object ?? [:]
        let password = policies["PasswordPolicy"]?.object
        var policy: JSONObject =
            password == nil
            ? [
                "MinimumLength": 8, "RequireUppercase": true, "RequireLowercase": true, "RequireNumbers": true,
                "RequireSymbols": true, "TemporaryPasswordValidityDays": 7,
            ]
            : [
                "MinimumLength": 8, "RequireUppercase": false, "RequireLowercase": false, "RequireNumbers": false,
                "RequireSymbols": false, "TemporaryPasswordValidityDays": 7,
            ]
        for (name, value) in password ?? [:] { policy[name] = value }
        settings["Policies"] = [
            "PasswordPolicy": .object(policy),
            "SignInPolicy": policies["SignInPolicy"] ?? ["AllowedFirstAuthFactors": ["PASSWORD"]],
        ]
        var creation: JSONObject = ["AllowAdminCreateUserOnly": false, "UnusedAccountValidityDays": 7]
        for (name, value) in settings["AdminCreateUserConfig"]?.object ?? [:] { creation[name] = value }
        // Cognito tells the same days in both places.
        creation["UnusedAccountValidityDays"] = policy["TemporaryPasswordValidityDays"]
        settings["AdminCreateUserConfig"] = .object(creation)
        var template = settings["VerificationMessageTemplate"]?.object ?? [:]
        if template["DefaultEmailOption"] == nil { template["DefaultEmailOption"] = "CONFIRM_WITH_CODE" }
        // The same texts have two names, and each is told under both.
        for (old, new) in [
            ("EmailVerificationMessage", "EmailMessage"), ("EmailVerificationSubject", "EmailSubject"),
            ("SmsVerificationMessage", "SmsMessage"),
        ] {
            if let value = settings[old] ?? template[new] {
                settings[old] = value
                template[new] = value
            }
        }
        settings["VerificationMessageTemplate"] = .object(template)
        let defaults: JSONObject = [
            "DeletionProtection": "INACTIVE", "LambdaConfig": [:], "MfaConfiguration": "OFF",
            "EmailConfiguration": ["EmailSendingAccount": "COGNITO_DEFAULT"], "UserPoolTier": "ESSENTIALS",
            "AccountRecoverySetting": [
                "RecoveryMechanisms": [
                    ["Priority": 1, "Name": "verified_email"], ["Priority": 2, "Name": "verified_phone_number"],
                ]
            ],
        ]
        for (name, value) in defaults where settings[name] == nil { settings[name] = value }
        return settings
    }

    private static func refuse(_ settings: JSONObject) throws(PoolError) {
        if let mode = settings["UserPoolAddOns"]?["AdvancedSecurityMode"]?.string, mode != "OFF" {
            throw .unserved("threat protection (AdvancedSecurityMode \(mode))")
        }
        for name in ["CustomSMSSender", "CustomEmailSender", "InboundFederation"]
        where settings["LambdaConfig"]?[name] != nil {
            throw .unserved("the trigger \(name)")
        }
        if settings["DeviceConfiguration"] != nil { throw .unserved("remembered devices (DeviceConfiguration)") }
        if settings["VerificationMessageTemplate"]?["DefaultEmailOption"] == "CONFIRM_WITH_LINK" {
            throw .unserved("confirmation by link (CONFIRM_WITH_LINK)")
        }
        for factor in settings["Policies"]?["SignInPolicy"]?["AllowedFirstAuthFactors"]?.array ?? []
        where factor != "PASSWORD" {
            throw .unserved("sign-in by \(factor.string ?? "") (AllowedFirstAuthFactors)")
        }
        let lambdas = settings["LambdaConfig"]
        if let one = lambdas?["PreTokenGeneration"], let other = lambdas?["PreTokenGenerationConfig"]?["LambdaArn"],
            one != other
        {
            throw .invalid("PreTokenGeneration and the LambdaArn of PreTokenGenerationConfig must be identical.")
        }
        if let aliases = settings["AliasAttributes"]?.array, !aliases.isEmpty,
            let names = settings["UsernameAttributes"]?.array, !names.isEmpty
        {
            throw .invalid("Only one of the aliasAttributes or usernameAttributes can be set in a user pool.")
        }
    }

    /// What CreateUserPool refuses besides. Source: API Reference: second factors other than by SMS come by
    /// SetUserPoolMfaConfig.
    static func checkCreation(_ input: Input) throws(PoolError) {
        if let mode = input.text("MfaConfiguration"), mode != "OFF", input["SmsConfiguration"] == nil {
            throw .invalid(
                "SMS configuration and Auto verification for phone_number are required when MFA is required/optional")
        }
    }

    /// AWS's quota. Source: Developer Guide, quotas.
    static let customAttributes = 50

    /// The attributes of a new pool: the standard ones, as changed, and custom ones.
    static func attributes(_ input: Input) throws(PoolError) -> [SchemaAttribute] {
        var schema = SchemaAttribute.standard
        for value in input["Schema"]?.array ?? [] {
            let name = value["Name"]?.string ?? ""
            guard let index = schema.firstIndex(where: { $0.name == name }) else {
                schema.append(try custom(value, in: schema))
                continue
            }
            if let type = value["AttributeDataType"]?.string, type != schema[index].type {
                throw .invalid(
                    "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute \(name)"
                )
            }
            schema[index].isMutable = value["Mutable"]?.bool ?? schema[index].isMutable
            schema[index].isRequired = value["Required"]?.bool ?? schema[index].isRequired
            let limits = value["StringAttributeConstraints"] ?? value["NumberAttributeConstraints"]
            if let low = limits?["MinLength"]?.string ?? limits?["MinValue"]?.string { schema[index].minimum = low }
            if let high = limits?["MaxLength"]?.string ?? limits?["MaxValue"]?.string { schema[index].maximum = high }
        }
        let aliases = input.texts("AliasAttributes") ?? []
        // It is told only after the sign-up. Source: Developer Guide, user pool attributes.
        if aliases.contains("preferred_username"),
            schema.contains(where: { $0.name == "preferred_username" && $0.isRequired })
        {
            throw .invalid("preferred_username cannot be both required and an alias.")
        }
        return schema
    }

    /// A custom attribute: everywhere called with `custom:` before its name.
    static func custom(_ value: JSONValue, in schema: [SchemaAttribute]) throws(PoolError) -> SchemaAttribute {
        let isDeveloperOnly = value["DeveloperOnlyAttribute"]?.bool ?? false
        var name = value["Name"]?.string ?? ""
        if name.hasPrefix("custom:") { name = String(name.dropFirst(7)) }
        name = (isDeveloperOnly ? "dev:custom:" : "custom:") + name
        if value["Required"]?.bool == true { throw .invalid("Required custom attributes are not supported currently.") }
        guard let type = value["AttributeDataType"]?.string else {
            throw .invalid("Invalid AttributeDataType input, consider using the provided AttributeDataType enum.")
        }
        guard !schema.contains(where: { $0.name == name }) else {
            throw .invalid("\(name): Existing attribute already has name \(name).")
        }
        guard schema.count - SchemaAttribute.standard.count < customAttributes else {
            throw .limit("A user pool can have \(customAttributes) custom attributes at most.")
        }
        var attribute = SchemaAttribute(
            name: name, type: type, isDeveloperOnly: isDeveloperOnly, isMutable: value["Mutable"]?.bool ?? true,
            isRequired: false)
        let (kind, low, high) =
            type == "Number"
            ? ("NumberAttributeConstraints", "MinValue", "MaxValue")
            : ("StringAttributeConstraints", "MinLength", "MaxLength")
        let limits = value[kind]
        for limit in [limits?[low], limits?[high]].compactMap({ $0?.string }) where Int(limit) == nil {
            throw .invalid("\(limit) is no number (\(kind) of \(name)).")
        }
        attribute.minimum = limits?[low]?.string
        attribute.maximum = limits?[high]?.string
        return attribute
    }
}
