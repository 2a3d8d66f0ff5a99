import GatewayModel
import JSON
import Testing

@testable import OpenAPIDocument

@Suite struct OpenAPIImportTests {
    private static let account = AccountIdentity(accountId: "123456789012", region: "us-east-1")

    private func read(_ text: String, basePath: BasePath = .ignore) throws -> ImportedAPI {
        try OpenAPIImport.read(text, basePath: basePath, account: Self.account)
    }

    private func read(_ paths: JSONValue, _ more: JSONObject = [:], basePath: BasePath = .ignore) throws -> ImportedAPI
    {
        var document: JSONObject = ["openapi": "3.0.1", "info": ["title": "t", "version": "1"], "paths": paths]
        for (key, value) in more { document[key] = value }
        return try read(JSONValue.object(document).text, basePath: basePath)
    }

    private static let integration: JSONValue = [
        "type": "http_proxy", "httpMethod": "GET", "uri": "https://example.com/", "payloadFormatVersion": "1.0",
    ]
    private static let operation: JSONValue = ["x-amazon-apigateway-integration": integration]

    @Test func theAPIComesFromInfoServersTagsAndCors() throws {
        let api = try read(
            ["/a": ["get": Self.operation]],
            [
                "info": ["title": "Pets", "version": "1.0", "description": "d"],
                "servers": [
                    ["url": "/", "x-amazon-apigateway-endpoint-configuration": ["disableExecuteApiEndpoint": true]]
                ],
                "tags": [["name": "team", "x-amazon-apigateway-tag-value": "doors"], ["name": "bare"]],
                "x-amazon-apigateway-cors": ["allowOrigins": ["https://a.example"], "maxAge": 5],
            ])
        #expect(api.name == "Pets")
        #expect(api.version == "1.0")
        #expect(api.description == "d")
        #expect(api.disableExecuteApiEndpoint == true)
        #expect(api.tags == ["team": "doors", "bare": ""])
        #expect(api.corsConfiguration?.allowOrigins == ["https://a.example"])
        #expect(api.corsConfiguration?.maxAge == 5)
    }

    @Test func unknownCorsKeysAreNoCors() throws {
        #expect(
            try read(["/a": [:]], ["x-amazon-apigateway-cors": ["allow_methods": ["GET"]]]).corsConfiguration == nil)
    }

    @Test func everyOperationBecomesARoute() throws {
        let api = try read([
            "/a": ["get": Self.operation, "post": [:], "parameters": []],
            "/b/{rest+}": ["x-amazon-apigateway-any-method": Self.operation],
            "/$default": ["x-amazon-apigateway-any-method": ["isDefaultRoute": true]],
        ])
        #expect(api.routes.map(\.routeKey) == ["GET /a", "POST /a", "ANY /b/{rest+}", "$default"])
        #expect(api.routes.map(\.integration) == [0, nil, 1, nil])
        #expect(api.warnings.isEmpty)
        #expect(api.info.isEmpty)
    }

    @Test func theDefaultPathWithoutSlashIsAWarningAndStillTheDefaultRoute() throws {
        let api = try read(["$default": ["x-amazon-apigateway-any-method": Self.operation]])
        #expect(api.routes.map(\.routeKey) == ["$default"])
        #expect(api.warnings == ["Parse issue: attribute paths. Resource $default should start with /"])
    }

    @Test func theIntegrationIsReadWhole() throws {
        let extensionObject: JSONValue = [
            "type": "Aws_Proxy", "uri": "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:f",
            "httpMethod": "post", "payloadFormatVersion": .number("2.0"), "timeoutInMillis": 900,
            "connectionType": "internet",
            "requestParameters": ["append:header.a": "1"], "responseParameters": ["200": ["remove:header.b": "''"]],
            "credentials": "arn:aws:iam::1:role/r", "integrationSubtype": "S", "connectionId": "c",
            "tlsConfig": ["serverNameToVerify": "n"],
        ]
        let api = try read(["/a": ["get": ["x-amazon-apigateway-integration": extensionObject]]])
        let integration = try #require(api.integrations.first?.integration)
        #expect(integration.integrationType == "AWS_PROXY")
        #expect(integration.integrationUri == "arn:aws:lambda:us-east-1:123456789012:function:f")
        #expect(integration.integrationMethod == "POST")
        #expect(integration.payloadFormatVersion == "2.0")
        #expect(integration.timeoutInMillis == 900)
        #expect(integration.connectionType == "INTERNET")
        #expect(integration.requestParameters == ["append:header.a": "1"])
        #expect(integration.responseParameters == ["200": ["remove:header.b": "''"]])
        #expect(integration.credentialsArn != nil)
        #expect(integration.integrationSubtype == "S")
        #expect(integration.connectionId == "c")
        #expect(integration.tlsConfig?.serverNameToVerify == "n")
    }

    @Test func operationsThatReferToOneIntegrationShareIt() throws {
        let reference: JSONValue = [
            "x-amazon-apigateway-integration": ["$ref": "#/components/x-amazon-apigateway-integrations/shared"]
        ]
        let api = try read(
            ["/a": ["get": reference, "post": reference], "/b": ["get": Self.operation]],
            [
                "components": [
                    "x-amazon-apigateway-integrations": ["shared": Self.integration, "unused": Self.integration]
                ]
            ])
        #expect(api.integrations.count == 3)
        #expect(api.routes.map(\.integration) == [0, 0, 2])
        #expect(api.integrations.map(\.place).last == "resource at path 'GET /b'")
    }

    @Test func aReferenceToNoIntegrationIsAWarning() throws {
        let api = try read(["/a": ["get": ["x-amazon-apigateway-integration": ["$ref": "#/components/x/none"]]]])
        #expect(api.routes.map(\.integration) == [nil])
        #expect(
            api.warnings == [
                "Unable to create integration for resource at path 'GET /a': #/components/x/none is missing. Ignoring."
            ])
    }

    @Test func whatMeansNothingToAPIGatewayIsTold() throws {
        let api = try read(
            [
                "/pets": [
                    "post": ["requestBody": ["content": [:]], "responses": [:], "summary": "s"],
                    "get": ["parameters": []],
                ]
            ],
            ["components": ["schemas": ["Pet": [:]]]])
        #expect(
            api.info == [
                "components: key [schemas] will be ignored by API Gateway",
                "paths./pets.post: key [requestBody] will be ignored by API Gateway",
                "paths./pets.post: key [responses] will be ignored by API Gateway",
                "paths./pets.get: key [parameters] will be ignored by API Gateway",
            ])
    }

    @Test func aReferenceToNoSchemaIsAParseIssue() throws {
        let content: JSONValue = ["application/json": ["schema": ["$ref": "#/components/schemas/None"]]]
        let api = try read(["/update": ["get": ["responses": ["200": ["content": content]]]]])
        #expect(
            api.warnings == [
                "Parse issue: attribute paths.'/update'(get).responses.200.content.schema."
                    + "#/components/schemas/None is missing"
            ])
        let there = try read(
            ["/update": ["get": ["responses": ["200": ["content": content]]]]],
            ["components": ["schemas": ["None": [:]]]])
        #expect(there.warnings.isEmpty)
    }

    @Test(
        arguments: [
            (BasePath.ignore, "https://x.example/a/b", ["GET /", "GET /c"]),
            (.prepend, "https://x.example/a/b/", ["GET /a/b", "GET /a/b/c"]),
            (.split, "https://x.example/a/b", ["GET /b", "GET /b/c"]),
            (.split, "https://x.example/a", ["GET /", "GET /c"]),
            (.prepend, "/a", ["GET /a", "GET /a/c"]),
            (.prepend, "https://x.example", ["GET /", "GET /c"]),
            (.prepend, "https://x.example/{basePath}/z", ["GET /v1/z", "GET /v1/z/c"]),
        ])
    func theBasePathIsUsedAsAsked(basePath: BasePath, url: String, keys: [String]) throws {
        let server: JSONValue = ["url": .string(url), "variables": ["basePath": ["default": "/v1"]]]
        let paths: JSONValue = ["/": ["get": [:]], "/c": ["get": [:]]]
        #expect(try read(paths, ["servers": [server]], basePath: basePath).routes.map(\.routeKey) == keys)
    }

    @Test(
        arguments: [
            "", "   \n", "[]", "text", "{not json", "a: [", "{}", #"{"openapi":"3.0.1"}"#,
            #"{"swagger":"2.0","info":{"title":"t"},"paths":{}}"#,
            #"{"openapi":"3.1.0","info":{"title":"t"},"paths":{}}"#, #"{"openapi":"3.0.1","paths":{}}"#,
            #"{"openapi":"3.0.1","info":{"title":"t"}}"#,
            #"{"openapi":"3.0.1","info":{"title":"t"},"paths":{},"x-amazon-apigateway-cors":{"maxAge":"1"}}"#,
        ])
    func whatIsNoDocumentIsRefused(text: String) {
        #expect(throws: DocumentError.self) { try read(text) }
    }

    @Test func aFunctionAuthorizerComesFromItsScheme() throws {
        for sources: JSONValue in [
            "$request.header.Authorization, $context.routeKey", ["$request.header.Authorization", "$context.routeKey"],
        ] { try checkFunctionAuthorizer(sources) }
    }

    private func checkFunctionAuthorizer(_ sources: JSONValue) throws {
        let scheme: JSONValue = [
            "type": "apiKey", "name": "Authorization", "in": "header",
            "x-amazon-apigateway-authorizer": [
                "type": "request", "identitySource": sources,
                "authorizerUri": "arn:f", "authorizerPayloadFormatVersion": .number("2.0"),
                "authorizerResultTtlInSeconds": 5,
                "enableSimpleResponses": true, "authorizerCredentials": "arn:r",
            ],
        ]
        let api = try read(
            ["/a": ["get": ["security": [["f": []]]]]], ["components": ["securitySchemes": ["f": scheme]]])
        let made = try #require(api.authorizers.first)
        #expect((made.name, made.authorizerType, made.authorizerUri) == ("f", "REQUEST", "arn:f"))
        #expect(made.identitySource == ["$request.header.Authorization", "$context.routeKey"])
        #expect((made.authorizerPayloadFormatVersion, made.authorizerResultTtlInSeconds) == ("2.0", 5))
        #expect((made.enableSimpleResponses, made.authorizerCredentialsArn) == (true, "arn:r"))
        #expect(api.routes.first?.security == .authorizer("f", scopes: []))
    }

    @Test(
        arguments: [
            (["get": ["security": [["jwt": []]]]], [:]),
            (["get": [:]], ["security": [["jwt": []]]]),
            (["get": ["security": [[:], ["key": []]]]], [:]),
            (["get": ["security": "wrong"]], [:]),
            (["get": ["security": [["NONE": []], ["jwt": []]]]], [:]),
            (["get": ["security": [["NONE": []]]]], ["components": ["securitySchemes": ["NONE": ["type": "http"]]]]),
            (["get": ["x-amazon-apigateway-auth": ["type": "CUSTOM"]]], [:]),
            (["get": ["x-amazon-apigateway-auth": "AWS_IAM"]], [:]),
            (["get": ["x-amazon-apigateway-auth": [:]]], [:]),
            (["get": [:]], ["components": ["securitySchemes": ["j": ["x-amazon-apigateway-authorizer": [:]]]]]),
            (["get": [:]], ["x-amazon-apigateway-policy": [:]]),
        ] as [(JSONValue, JSONObject)])
    func aGuardedDocumentIsNeverImportedOpen(path: JSONValue, root: JSONObject) {
        let error = #expect(throws: DocumentError.self) { try read(["/a": path], root) }
        #expect(error?.message.hasPrefix("Errors found during import:\n\t") == true)
    }

    @Test(
        arguments: [
            ["x-amazon-apigateway-auth": ["type": "AWS_IAM"]],
            ["x-amazon-apigateway-auth": ["type": "aws_iam"], "security": []],
            ["security": [["AWS_IAM": []]]],
            ["x-amazon-apigateway-auth": ["type": "AWS_IAM"], "security": [["AWS_IAM": []]]],
        ] as [JSONValue])
    func signaturesAreAskedFor(operation: JSONValue) throws {
        let scheme: JSONValue = [
            "type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "awsSigv4",
        ]
        let api = try read(
            ["/a": ["get": operation]], ["components": ["securitySchemes": ["AWS_IAM": scheme]]])
        #expect(api.routes.map(\.security) == [.signature])
    }

    @Test(
        arguments: [
            (["get": ["security": []]], ["security": [["jwt": []]]]),
            (["get": ["security": [[:]]]], [:]),
            (["get": ["security": [["NONE": []]]]], [:]),
            (["get": ["x-amazon-apigateway-auth": ["type": "NONE"]]], [:]),
            (["get": [:]], ["components": ["securitySchemes": ["basic": ["type": "http"]]]]),
        ] as [(JSONValue, JSONObject)])
    func whatIsMeantToBeOpenIsImported(path: JSONValue, root: JSONObject) throws {
        #expect(try read(["/a": path], root).routes.count == 1)
    }
}
