/// The types that are documents of a few members.
extension ResourceType {
    static let apiGatewayResource = ResourceType(
        name: "AWS::ApiGateway::Resource", attributes: ["ResourceId"],
        rules: PropertyRules(
            type: "AWS::ApiGateway::Resource",
            supported: ["ParentId": .text, "PathPart": .text, "RestApiId": .text],
            required: ["ParentId", "PathPart", "RestApiId"]),
        replacedBy: ["ParentId", "PathPart", "RestApiId"],
        behaviour: RestDocumentType(
            noun: "Resource", id: .generated(6, member: "id"), attribute: "ResourceId",
            members: [RestMember("PathPart", .text)], collection: RestDocumentType.ofAPI("resources"),
            creationPath: { properties throws(ResourceFailure) in
                [
                    "restapis", try properties.required("RestApiId"), "resources",
                    try properties.required("ParentId"),
                ]
            }))

    static let apiGatewayModel = ResourceType(
        name: "AWS::ApiGateway::Model", attributes: [],
        rules: PropertyRules(
            type: "AWS::ApiGateway::Model",
            supported: [
                "ContentType": .text, "Description": .text, "Name": .text, "RestApiId": .text, "Schema": .any,
            ], required: ["RestApiId"]),
        replacedBy: ["ContentType", "Name", "RestApiId"],
        behaviour: RestDocumentType(
            noun: "Model", id: .named(property: "Name", limit: 128),
            members: [
                RestMember("Name", .text), RestMember("ContentType", .text),
                RestMember("Description", .text, .replace(cleared: "")),
                RestMember("Schema", .document, .replace(cleared: "{}")),
            ], collection: RestDocumentType.ofAPI("models")))

    static let apiGatewayRequestValidator = ResourceType(
        name: "AWS::ApiGateway::RequestValidator", attributes: ["RequestValidatorId"],
        rules: PropertyRules(
            type: "AWS::ApiGateway::RequestValidator",
            supported: [
                "Name": .text, "RestApiId": .text, "ValidateRequestBody": .boolean,
                "ValidateRequestParameters": .boolean,
            ], required: ["RestApiId"]),
        replacedBy: ["Name", "RestApiId"],
        behaviour: RestDocumentType(
            noun: "RequestValidator", id: .generated(6, member: "id"), attribute: "RequestValidatorId",
            members: [
                RestMember("Name", .text), RestMember("ValidateRequestBody", .boolean, .replace(cleared: "false")),
                RestMember("ValidateRequestParameters", .boolean, .replace(cleared: "false")),
            ], collection: RestDocumentType.ofAPI("requestvalidators")))

    private static let jwtConfiguration: [String: DocumentShape] = [
        "DefaultAlgorithms": .texts,
        "Issuers": .list([
            "AdditionalClaims": .list([
                "ClaimName": .text, "ExpectedValues": .texts, "Format": .text, "Required": .boolean,
            ]), "Audiences": .texts, "Issuer": .text,
        ]),
    ]

    static let apiGatewayAuthorizer = ResourceType(
        name: "AWS::ApiGateway::Authorizer", attributes: ["AuthorizerId"],
        rules: PropertyRules(
            type: "AWS::ApiGateway::Authorizer",
            supported: [
                "AuthType": .text, "AuthorizerCredentials": .text, "AuthorizerResultTtlInSeconds": .integer,
                "AuthorizerUri": .text, "IdentitySource": .text, "IdentityValidationExpression": .text,
                "JwtConfiguration": DocumentShape.members(jwtConfiguration).kind(
                    "AWS::ApiGateway::Authorizer.JwtConfiguration"), "Name": .text, "ProviderARNs": .list,
                "RestApiId": .text, "Type": .text,
            ], required: ["Name", "RestApiId", "Type"]),
        replacedBy: ["RestApiId"],
        behaviour: RestDocumentType(
            noun: "Authorizer", id: .generated(6, member: "id"), attribute: "AuthorizerId",
            members: [
                RestMember("Name", .text, .replace(cleared: "")), RestMember("Type", .text, .replace(cleared: "")),
                RestMember("AuthType", .text, .replace(cleared: "")),
                RestMember("AuthorizerCredentials", .text, .replace(cleared: "")),
                RestMember("AuthorizerUri", .text, .replace(cleared: "")),
                RestMember("IdentitySource", .text, .replace(cleared: "")),
                RestMember("IdentityValidationExpression", .text, .replace(cleared: "")),
                RestMember("AuthorizerResultTtlInSeconds", .integer, .replace(cleared: "")),
                RestMember("JwtConfiguration", .structure(jwtConfiguration), .replace(cleared: "")),
                RestMember("ProviderARNs", .texts, .values(path: "/providerARNs")),
            ], collection: RestDocumentType.ofAPI("authorizers")))

    static let apiGatewayApiKey = ResourceType(
        name: "AWS::ApiGateway::ApiKey", attributes: ["APIKeyId"],
        rules: PropertyRules(
            type: "AWS::ApiGateway::ApiKey",
            supported: [
                "CustomerId": .text, "Description": .text, "Enabled": .boolean, "GenerateDistinctId": .boolean,
                "Name": .text,
                "StageKeys": .listOfMembers(
                    PropertyRules(
                        type: "AWS::ApiGateway::ApiKey.StageKey",
                        supported: ["RestApiId": .text, "StageName": .text])),
                "Tags": .list, "Value": .text,
            ]),
        replacedBy: ["GenerateDistinctId", "Name", "Value"],
        behaviour: RestDocumentType(
            noun: "ApiKey", id: .generated(10, member: "id"), attribute: "APIKeyId",
            members: [
                RestMember("Name", .text), RestMember("Value", .text), RestMember("GenerateDistinctId", .boolean),
                RestMember("CustomerId", .text, .replace(cleared: "")),
                RestMember("Description", .text, .replace(cleared: "")),
                RestMember("Enabled", .boolean, .replace(cleared: "false")),
                RestMember("StageKeys", .stageKeys, .values(path: "/stages")),
            ], collection: { _ in ["apikeys"] }, taggedAs: "apikeys", madeUpName: "Name"))

    static let apiGatewayClientCertificate = ResourceType(
        name: "AWS::ApiGateway::ClientCertificate", attributes: ["ClientCertificateId"],
        rules: PropertyRules(
            type: "AWS::ApiGateway::ClientCertificate", supported: ["Description": .text, "Tags": .list]),
        replacedBy: [],
        behaviour: RestDocumentType(
            noun: "ClientCertificate", creation: "Generate",
            id: .generated(6, member: "clientCertificateId"), attribute: "ClientCertificateId",
            members: [RestMember("Description", .text, .replace(cleared: ""))],
            collection: { _ in ["clientcertificates"] }, taggedAs: "clientcertificates"))

    static let apiGatewayVpcLink = ResourceType(
        name: "AWS::ApiGateway::VpcLink", attributes: ["VpcLinkId"],
        rules: PropertyRules(
            type: "AWS::ApiGateway::VpcLink",
            supported: ["Description": .text, "Name": .text, "Tags": .list, "TargetArns": .list],
            required: ["Name", "TargetArns"]),
        replacedBy: ["TargetArns"],
        behaviour: RestDocumentType(
            noun: "VpcLink", id: .generated(6, member: "id"), attribute: "VpcLinkId",
            members: [
                RestMember("Name", .text, .replace(cleared: "")),
                RestMember("Description", .text, .replace(cleared: "")), RestMember("TargetArns", .texts),
            ], collection: { _ in ["vpclinks"] }, taggedAs: "vpclinks"))

    static let apiGatewayDocumentationPart = ResourceType(
        name: "AWS::ApiGateway::DocumentationPart", attributes: ["DocumentationPartId"],
        rules: PropertyRules(
            type: "AWS::ApiGateway::DocumentationPart",
            supported: [
                "Location": .members(
                    PropertyRules(
                        type: "AWS::ApiGateway::DocumentationPart.Location",
                        supported: [
                            "Method": .text, "Name": .text, "Path": .text, "StatusCode": .text, "Type": .text,
                        ])),
                "Properties": .any, "RestApiId": .text,
            ], required: ["Location", "Properties", "RestApiId"]),
        replacedBy: ["Location", "RestApiId"],
        behaviour: RestDocumentType(
            noun: "DocumentationPart", id: .generated(6, member: "id"), attribute: "DocumentationPartId",
            members: [
                RestMember("Location", .members),
                RestMember("Properties", .document, .replace(cleared: "")),
            ], collection: RestDocumentType.ofAPI("documentation", "parts")))

    static let apiGatewayDocumentationVersion = ResourceType(
        name: "AWS::ApiGateway::DocumentationVersion", attributes: [],
        rules: PropertyRules(
            type: "AWS::ApiGateway::DocumentationVersion",
            supported: ["Description": .text, "DocumentationVersion": .text, "RestApiId": .text],
            required: ["DocumentationVersion", "RestApiId"]),
        replacedBy: ["DocumentationVersion", "RestApiId"],
        behaviour: RestDocumentType(
            noun: "DocumentationVersion", id: .named(property: "DocumentationVersion", limit: 128),
            members: [
                RestMember("DocumentationVersion", .text), RestMember("Description", .text, .replace(cleared: "")),
            ], collection: RestDocumentType.ofAPI("documentation", "versions")))
}
