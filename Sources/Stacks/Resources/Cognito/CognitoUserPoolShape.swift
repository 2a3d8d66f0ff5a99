/// The properties of AWS::Cognito::UserPool that CreateUserPool has by the same names. Source: CloudFormation's
/// reference and the service's model.
enum CognitoUserPoolShape {
    private static let versioned = DocumentShape.members(["LambdaArn": .text, "LambdaVersion": .text])

    static let triggers: [String: DocumentShape] = [
        "CreateAuthChallenge": .text, "CustomEmailSender": versioned, "CustomMessage": .text,
        "CustomSMSSender": versioned, "DefineAuthChallenge": .text, "KMSKeyID": .text, "PostAuthentication": .text,
        "PostConfirmation": .text, "PreAuthentication": .text, "PreSignUp": .text, "PreTokenGeneration": .text,
        "PreTokenGenerationConfig": versioned, "UserMigration": .text, "VerifyAuthChallengeResponse": .text,
    ]

    static let attribute: [String: DocumentShape] = [
        "AttributeDataType": .text, "DeveloperOnlyAttribute": .boolean, "Mutable": .boolean, "Name": .text,
        "NumberAttributeConstraints": .members(["MaxValue": .text, "MinValue": .text]), "Required": .boolean,
        "StringAttributeConstraints": .members(["MaxLength": .text, "MinLength": .text]),
    ]

    /// What is settled when the pool is made.
    static let fixed: [String: DocumentShape] = [
        "AliasAttributes": .texts, "UsernameAttributes": .texts,
        "UsernameConfiguration": .members(["CaseSensitive": .boolean]),
    ]

    static let changeable: [String: DocumentShape] = [
        "AccountRecoverySetting": .members(["RecoveryMechanisms": .list(["Name": .text, "Priority": .integer])]),
        "AdminCreateUserConfig": .members([
            "AllowAdminCreateUserOnly": .boolean,
            "InviteMessageTemplate": .members([
                "EmailMessage": .text, "EmailSubject": .text, "SMSMessage": .text,
            ]), "UnusedAccountValidityDays": .integer,
        ]), "AutoVerifiedAttributes": .texts, "DeletionProtection": .text,
        "DeviceConfiguration": .members([
            "ChallengeRequiredOnNewDevice": .boolean, "DeviceOnlyRememberedOnUserPrompt": .boolean,
        ]),
        "EmailConfiguration": .members([
            "ConfigurationSet": .text, "EmailSendingAccount": .text, "From": .text, "ReplyToEmailAddress": .text,
            "SourceArn": .text,
        ]), "EmailVerificationMessage": .text, "EmailVerificationSubject": .text, "LambdaConfig": .members(triggers),
        "MfaConfiguration": .text,
        "Policies": .members([
            "PasswordPolicy": .members([
                "MinimumLength": .integer, "PasswordHistorySize": .integer, "RequireLowercase": .boolean,
                "RequireNumbers": .boolean, "RequireSymbols": .boolean, "RequireUppercase": .boolean,
                "TemporaryPasswordValidityDays": .integer,
            ]), "SignInPolicy": .members(["AllowedFirstAuthFactors": .texts]),
        ]), "SmsAuthenticationMessage": .text, "SmsConfiguration": sms, "SmsVerificationMessage": .text,
        "UserAttributeUpdateSettings": .members(["AttributesRequireVerificationBeforeUpdate": .texts]),
        "UserPoolAddOns": .members([
            "AdvancedSecurityAdditionalFlows": .members(["CustomAuthMode": .text]), "AdvancedSecurityMode": .text,
        ]), "UserPoolTags": .textMap, "UserPoolTier": .text,
        "VerificationMessageTemplate": .members([
            "DefaultEmailOption": .text, "EmailMessage": .text, "EmailMessageByLink": .text, "EmailSubject": .text,
            "EmailSubjectByLink": .text, "SmsMessage": .text,
        ]),
    ]

    static let sms = DocumentShape.members(["ExternalId": .text, "SnsCallerArn": .text, "SnsRegion": .text])
}
