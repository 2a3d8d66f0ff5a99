import GatewayModel
import JSON

extension ResourceType {
    private static let clientMembers: [String: DocumentShape] = [
        "AccessTokenValidity": .integer, "AllowedOAuthFlows": .texts, "AllowedOAuthFlowsUserPoolClient": .boolean,
        "AllowedOAuthScopes": .texts,
        "AnalyticsConfiguration": .members([
            "ApplicationArn": .text, "ApplicationId": .text, "ExternalId": .text, "RoleArn": .text,
            "UserDataShared": .boolean,
        ]), "AuthSessionValidity": .integer, "CallbackURLs": .texts, "DefaultRedirectURI": .text,
        "EnablePropagateAdditionalUserContextData": .boolean, "EnableTokenRevocation": .boolean,
        "ExplicitAuthFlows": .texts, "IdTokenValidity": .integer, "LogoutURLs": .texts,
        "PreventUserExistenceErrors": .text, "ReadAttributes": .texts,
        "RefreshTokenRotation": .members(["Feature": .text, "RetryGracePeriodSeconds": .integer]),
        "RefreshTokenValidity": .integer, "SupportedIdentityProviders": .texts,
        "TokenValidityUnits": .members(["AccessToken": .text, "IdToken": .text, "RefreshToken": .text]),
        "WriteAttributes": .texts,
    ]

    static let cognitoUserPoolClient = ResourceType(
        name: "AWS::Cognito::UserPoolClient", attributes: ["ClientId", "ClientSecret", "Name"],
        rules: DocumentShape.rules(
            "AWS::Cognito::UserPoolClient", clientMembers,
            and: ["ClientName": .text, "GenerateSecret": .boolean, "UserPoolId": .text], required: ["UserPoolId"]),
        replacedBy: ["GenerateSecret", "UserPoolId"],
        behaviour: CognitoUserPoolClientType(members: clientMembers))
}

/// AWS::Cognito::UserPoolClient: CreateUserPoolClient and UpdateUserPoolClient.
private struct CognitoUserPoolClientType: ResourceBehaviour {
    let members: [String: DocumentShape]
    private static let pageSize = 60

    private func pool(_ properties: PropertyReader) throws(ResourceFailure) -> JSONObject {
        ["UserPoolId": .string(try properties.required("UserPoolId"))]
    }

    private func name(_ request: ResourceRequest) throws(ResourceFailure) -> String {
        try request.properties.text("ClientName")?.string
            ?? PhysicalName.make(stackName: request.stackName, logicalId: request.logicalId, limit: 128)
    }

    private func ids(_ request: ResourceRequest) async throws(ResourceFailure) -> [String] {
        var body = try pool(request.properties)
        body["MaxResults"] = .number(Self.pageSize)
        let name = try name(request)
        return try await request.cognitoPages("ListUserPoolClients", body, "UserPoolClients")
            .filter { $0["ClientName"]?.string == name }.compactMap { $0["ClientId"]?.string }
    }

    /// Names need not differ: what is found is what was not there before.
    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        ResourcePreparation(physicalId: "", present: try await ids(request))
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        let present = request.preparation.present
        return try await ids(request).filter { !present.contains($0) }.map { request.provisioned($0) }
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        var body = try request.properties.document(members)
        body["UserPoolId"] = try request.properties.text("UserPoolId")
        body["ClientName"] = .string(try name(request))
        body["GenerateSecret"] = try request.properties.boolean("GenerateSecret")
        let answer = try await request.targeted(ManagementCalls.userPools, "CreateUserPoolClient", body)
        guard let client = answer["UserPoolClient"], let id = client["ClientId"]?.string else {
            throw ResourceFailure(message: "CreateUserPoolClient: the answer has no ClientId")
        }
        return request.provisioned(
            id,
            [
                "ClientId": id, "ClientSecret": client["ClientSecret"]?.string ?? "",
                "Name": client["ClientName"]?.string ?? "",
            ])
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let request = update.request
        var body = try request.properties.document(members)
        body["UserPoolId"] = try request.properties.text("UserPoolId")
        body["ClientId"] = .string(update.existing.physicalId)
        body["ClientName"] = .string(try name(request))
        try await request.targeted(ManagementCalls.userPools, "UpdateUserPoolClient", body)
        var attributes = update.existing.attributes
        attributes["Name"] = try name(request)
        return request.provisioned(update.existing.physicalId, attributes)
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        var body = try pool(deletion.properties)
        body["ClientId"] = .string(deletion.physicalId)
        try await deletion.targetedIfPresent(ManagementCalls.userPools, "DeleteUserPoolClient", body)
    }
}
