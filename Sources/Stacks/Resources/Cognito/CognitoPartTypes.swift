import GatewayModel
import JSON

extension ResourceType {
    static let cognitoUserPoolDomain = part(
        "UserPoolDomain", attributes: ["CloudFrontDistribution"],
        CognitoPartType(
            key: "Domain", fixed: [:],
            members: [
                "CustomDomainConfig": .members(["CertificateArn": .text]), "ManagedLoginVersion": .integer,
            ], create: "CreateUserPoolDomain", update: "UpdateUserPoolDomain", delete: "DeleteUserPoolDomain",
            read: "DescribeUserPoolDomain"))

    static let cognitoUserPoolGroup = part(
        "UserPoolGroup",
        CognitoPartType(
            key: "GroupName", isNamed: true, fixed: [:],
            members: ["Description": .text, "Precedence": .integer, "RoleArn": .text], create: "CreateGroup",
            update: "UpdateGroup", delete: "DeleteGroup", read: "GetGroup"))

    static let cognitoUserPoolResourceServer = part(
        "UserPoolResourceServer",
        CognitoPartType(
            key: "Identifier", fixed: [:],
            members: ["Name": .text, "Scopes": .list(["ScopeDescription": .text, "ScopeName": .text])],
            create: "CreateResourceServer", update: "UpdateResourceServer", delete: "DeleteResourceServer",
            read: "DescribeResourceServer"))

    static let cognitoUserPoolUser = part(
        "UserPoolUser",
        CognitoPartType(
            key: "Username", isNamed: true,
            fixed: [
                "ClientMetadata": .textMap, "DesiredDeliveryMediums": .texts, "ForceAliasCreation": .boolean,
                "MessageAction": .text, "UserAttributes": .list(["Name": .text, "Value": .text]),
                "ValidationData": .list(["Name": .text, "Value": .text]),
            ], members: [:], create: "AdminCreateUser", update: nil, delete: "AdminDeleteUser",
            read: "AdminGetUser"))

    static let cognitoUserPoolUserToGroupAttachment = ResourceType(
        name: "AWS::Cognito::UserPoolUserToGroupAttachment", attributes: [],
        rules: PropertyRules(
            type: "AWS::Cognito::UserPoolUserToGroupAttachment",
            supported: ["GroupName": .text, "UserPoolId": .text, "Username": .text],
            required: ["GroupName", "UserPoolId", "Username"]),
        replacedBy: ["GroupName", "UserPoolId", "Username"], behaviour: CognitoAttachmentType())

    private static func part(
        _ name: String, attributes: Set<String> = [], _ behaviour: CognitoPartType
    ) -> ResourceType {
        ResourceType(
            name: "AWS::Cognito::\(name)", attributes: attributes,
            rules: DocumentShape.rules(
                "AWS::Cognito::\(name)", behaviour.members.merging(behaviour.fixed) { $1 },
                and: [behaviour.key: .text, "UserPoolId": .text],
                required: ["UserPoolId"] + (behaviour.isNamed ? [] : [behaviour.key])),
            replacedBy: Set(behaviour.fixed.keys).union([behaviour.key, "UserPoolId"]), behaviour: behaviour)
    }
}

/// What a pool has by a name that the template chooses: a domain, a group, a resource server, a user.
private struct CognitoPartType: ResourceBehaviour {
    /// The property with the name, which is also what Ref gives.
    let key: String
    /// Whether one is made up where the template has none.
    var isNamed = false
    /// Members that only creation takes.
    let fixed: [String: DocumentShape]
    let members: [String: DocumentShape]
    let create: String
    let update: String?
    let delete: String
    let read: String

    private static let nameLimit = 128

    private func body(_ name: String, _ properties: PropertyReader) throws(ResourceFailure) -> JSONObject {
        ["UserPoolId": .string(try properties.required("UserPoolId")), key: .string(name)]
    }

    private func isThere(_ name: String, _ request: ResourceRequest) async throws(ResourceFailure) -> Bool {
        var body = try body(name, request.properties)
        // Domains are asked for without their pool, and one that is not there is an empty one.
        if key == "Domain" { body["UserPoolId"] = nil }
        guard let answer = try await request.targetedIfPresent(ManagementCalls.userPools, read, body) else {
            return false
        }
        return key != "Domain" || answer["DomainDescription"]?["UserPoolId"]?.string != nil
    }

    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        try await request.named(key, limit: Self.nameLimit) { name async throws(ResourceFailure) in
            try await isThere(name, request)
        }
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        try await request.found { name async throws(ResourceFailure) in try await isThere(name, request) }
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let name = request.preparation.physicalId
        var body = try body(name, request.properties)
        for (name, value) in try request.properties.document(members.merging(fixed) { $1 }).members {
            body[name] = value
        }
        let answer = try await request.targeted(ManagementCalls.userPools, create, body)
        return request.provisioned(
            name, answer["CloudFrontDomain"]?.string.map { ["CloudFrontDistribution": $0] } ?? [:])
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        guard let operation = self.update else { return update.existing }
        var body = try body(update.existing.physicalId, update.request.properties)
        for (name, value) in try update.request.properties.document(members).members { body[name] = value }
        try await update.request.targeted(ManagementCalls.userPools, operation, body)
        return update.existing
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await deletion.targetedIfPresent(
            ManagementCalls.userPools, delete, try body(deletion.physicalId, deletion.properties))
    }
}

/// AWS::Cognito::UserPoolUserToGroupAttachment: AdminAddUserToGroup.
private struct CognitoAttachmentType: ResourceBehaviour {
    private func body(_ properties: PropertyReader) throws(ResourceFailure) -> JSONObject {
        try properties.document(["GroupName": .text, "UserPoolId": .text, "Username": .text])
    }

    func prepare(_ request: ResourceRequest) throws(ResourceFailure) -> ResourcePreparation {
        let properties = request.properties
        let parts = [
            try properties.required("UserPoolId"), try properties.required("GroupName"),
            try properties.required("Username"),
        ]
        return ResourcePreparation(physicalId: parts.joined(separator: "|"))
    }

    /// Who is added twice is in the group once, and who is not there can be taken out.
    func find(_ request: ResourceRequest) -> [ProvisionedResource] {
        [request.provisioned(request.preparation.physicalId)]
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        try await request.targeted(ManagementCalls.userPools, "AdminAddUserToGroup", try body(request.properties))
        return request.provisioned(request.preparation.physicalId)
    }

    func update(_ update: ResourceUpdate) -> ProvisionedResource { update.existing }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await deletion.targetedIfPresent(
            ManagementCalls.userPools, "AdminRemoveUserFromGroup", try body(deletion.properties))
    }
}
