import GatewayModel
import JSON

extension ResourceType {
    static let cognitoUserPool = ResourceType(
        name: "AWS::Cognito::UserPool", attributes: ["Arn", "ProviderName", "ProviderURL", "UserPoolId"],
        rules: DocumentShape.rules(
            "AWS::Cognito::UserPool", CognitoUserPoolShape.changeable.merging(CognitoUserPoolShape.fixed) { $1 },
            and: [
                "EmailAuthenticationMessage": .text, "EmailAuthenticationSubject": .text, "EnabledMfas": .list,
                "Schema": DocumentShape.list(CognitoUserPoolShape.attribute).kind("AWS::Cognito::UserPool.Schema"),
                "UserPoolName": .text,
            ], known: ["WebAuthnFactorConfiguration", "WebAuthnRelyingPartyID", "WebAuthnUserVerification"]),
        replacedBy: [], behaviour: CognitoUserPoolType())
}

/// AWS::Cognito::UserPool: CreateUserPool, and SetUserPoolMfaConfig for second factors.
private struct CognitoUserPoolType: ResourceBehaviour {
    private static let pageSize = 60

    /// Names need not differ: what is found is what was not there before.
    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        ResourcePreparation(physicalId: "", present: try await ids(named: try name(request), request))
    }

    private func name(_ request: ResourceRequest) throws(ResourceFailure) -> String {
        try request.properties.text("UserPoolName")?.string
            ?? PhysicalName.make(stackName: request.stackName, logicalId: request.logicalId, limit: 128)
    }

    private func ids(named name: String, _ request: ResourceRequest) async throws(ResourceFailure) -> [String] {
        try await request.cognitoPages("ListUserPools", ["MaxResults": .number(Self.pageSize)], "UserPools")
            .filter { $0["Name"]?.string == name }.compactMap { $0["Id"]?.string }
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        let present = request.preparation.present
        return try await ids(named: try name(request), request).filter { !present.contains($0) }
            .map { pool($0, request) }
    }

    private func pool(_ id: String, _ request: ResourceRequest) -> ProvisionedResource {
        let account = request.account
        let provider = "cognito-idp.\(account.region).amazonaws.com/\(id)"
        return request.provisioned(
            id,
            [
                "Arn": "arn:\(account.partition):cognito-idp:\(account.region):\(account.accountId):userpool/\(id)",
                "ProviderName": provider, "ProviderURL": "https://\(provider)", "UserPoolId": id,
            ])
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        var body = try members(request)
        for (name, value) in try request.properties.document(CognitoUserPoolShape.fixed).members {
            body[name] = value
        }
        body["Schema"] = try schema(request.properties)
        let answer = try await request.targeted(ManagementCalls.userPools, "CreateUserPool", body)
        guard let id = answer["UserPool"]?["Id"]?.string else {
            throw ResourceFailure(message: "CreateUserPool: the answer has no Id")
        }
        do throws(ResourceFailure) { try await setSecondFactors(id, request, isNew: true) } catch {
            try await remove(id, request, unprotecting: true)
            throw error
        }
        return pool(id, request)
    }

    private func members(_ request: ResourceRequest) throws(ResourceFailure) -> JSONObject {
        var body = try request.properties.document(CognitoUserPoolShape.changeable)
        body["PoolName"] = .string(try name(request))
        // A second factor has to be set up before it is demanded.
        if hasSecondFactors(request.properties) { body["MfaConfiguration"] = nil }
        return body
    }

    private func schema(_ properties: PropertyReader) throws(ResourceFailure) -> JSONValue? {
        try properties.document(["Schema": .list(CognitoUserPoolShape.attribute)])["Schema"]
    }

    private func hasSecondFactors(_ properties: PropertyReader) -> Bool {
        properties.properties["EnabledMfas"]?.isTruthy == true
    }

    private func setSecondFactors(
        _ id: String, _ request: ResourceRequest, isNew: Bool
    ) async throws(ResourceFailure) {
        let properties = request.properties
        guard hasSecondFactors(properties) || !isNew else { return }
        var body: JSONObject = ["UserPoolId": .string(id)]
        body["MfaConfiguration"] = try properties.text("MfaConfiguration") ?? "OFF"
        let enabled = try properties.textList("EnabledMfas")
        body["SoftwareTokenMfaConfiguration"] = ["Enabled": .bool(enabled.contains("SOFTWARE_TOKEN_MFA"))]
        if enabled.contains("SMS_MFA") {
            var sms = try properties.document(["SmsConfiguration": CognitoUserPoolShape.sms])
            sms["SmsAuthenticationMessage"] = try properties.text("SmsAuthenticationMessage")
            body["SmsMfaConfiguration"] = .object(sms)
        }
        if enabled.contains("EMAIL_OTP") {
            var email = JSONObject()
            email["Message"] = try properties.text("EmailAuthenticationMessage")
            email["Subject"] = try properties.text("EmailAuthenticationSubject")
            body["EmailMfaConfiguration"] = .object(email)
        }
        try await request.targeted(ManagementCalls.userPools, "SetUserPoolMfaConfig", body)
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let (request, id) = (update.request, update.existing.physicalId)
        // Another pool would have no users, so nothing replaces one.
        for name in CognitoUserPoolShape.fixed.keys.sorted() where update.changes(name) {
            throw ResourceFailure(message: "Updates are not allowed for property - \(name).")
        }
        if update.changes("Schema") { try await extendSchema(id, from: update.old, request) }
        var body = try members(request)
        body["UserPoolId"] = .string(id)
        body["UserPoolTags"] = body["UserPoolTags"] ?? [:]
        try await request.targeted(ManagementCalls.userPools, "UpdateUserPool", body)
        let names = ["EnabledMfas", "EmailAuthenticationMessage", "EmailAuthenticationSubject"]
        let hasHad = hasSecondFactors(update.old) || hasSecondFactors(request.properties)
        if hasHad || names.contains(where: { update.changes($0) }) {
            try await setSecondFactors(id, request, isNew: false)
        }
        return update.existing
    }

    /// Attributes come and never go.
    private func extendSchema(
        _ id: String, from old: PropertyReader, _ request: ResourceRequest
    ) async throws(ResourceFailure) {
        let (before, after) = (try schema(old)?.array ?? [], try schema(request.properties)?.array ?? [])
        let added = after.filter { attribute in !before.contains { $0["Name"] == attribute["Name"] } }
        guard before.allSatisfy(after.contains) else {
            throw ResourceFailure(message: "Existing schema attributes cannot be modified or deleted.")
        }
        guard !added.isEmpty else { return }
        try await request.targeted(
            ManagementCalls.userPools, "AddCustomAttributes",
            ["UserPoolId": .string(id), "CustomAttributes": .array(added)])
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await remove(deletion.physicalId, deletion, unprotecting: deletion.isUndone)
    }

    private func remove(
        _ id: String, _ calls: some ResourceCalls, unprotecting: Bool
    ) async throws(ResourceFailure) {
        let pool: JSONObject = ["UserPoolId": .string(id)]
        if unprotecting,
            let found = try await calls.targetedIfPresent(ManagementCalls.userPools, "DescribeUserPool", pool),
            found["UserPool"]?["DeletionProtection"] == "ACTIVE"
        {
            try await calls.targeted(
                ManagementCalls.userPools, "UpdateUserPool",
                ["UserPoolId": .string(id), "DeletionProtection": "INACTIVE"])
        }
        try await calls.targetedIfPresent(ManagementCalls.userPools, "DeleteUserPool", pool)
    }
}

extension ResourceCalls {
    /// The items of all pages; none when what they belong to is not there.
    func cognitoPages(
        _ operation: String, _ body: JSONObject, _ member: String
    ) async throws(ResourceFailure) -> [JSONValue] {
        var items: [JSONValue] = []
        var body = body
        while let page = try await targetedIfPresent(ManagementCalls.userPools, operation, body) {
            items += page[member]?.array ?? []
            guard let next = page["NextToken"]?.string else { break }
            body["NextToken"] = .string(next)
        }
        return items
    }
}
