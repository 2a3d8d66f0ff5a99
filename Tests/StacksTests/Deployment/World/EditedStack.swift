import Testing

/// A stack before and after an edit.
struct StackEdit: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let before: String
    let after: String

    static let all = [
        StackEdit(testDescription: "HTTP APIs", before: EditedStack.before, after: EditedStack.after),
        StackEdit(testDescription: "REST APIs", before: EditedRestStack.before, after: EditedRestStack.after),
        StackEdit(
            testDescription: "WebSocket APIs", before: EditedWebSocketStack.before, after: EditedWebSocketStack.after),
        StackEdit(
            testDescription: "identities", before: EditedIdentityStack.before, after: EditedIdentityStack.after),
    ]
}

/// Two templates of one stack: every type of resource, and after an edit of everything that can be edited.
enum EditedStack {
    static let before = """
        Resources:
          Role:
            Type: AWS::IAM::Role
            Properties:
              AssumeRolePolicyDocument:
                Version: "2012-10-17"
                Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]
          Logs:
            Type: AWS::Logs::LogGroup
            Properties:
              LogGroupName: /shop/access
              RetentionInDays: 7
              Tags: [{Key: team, Value: shop}, {Key: gone, Value: soon}]
          Forever:
            Type: AWS::Logs::LogGroup
            Properties: {RetentionInDays: 30}
          Stream:
            Type: AWS::Logs::LogStream
            Properties: {LogGroupName: !Ref Logs, LogStreamName: one}
          Hello:
            Type: AWS::Lambda::Function
            Properties:
              Runtime: python3.12
              Handler: index.handler
              Role: !GetAtt Role.Arn
              Code: {ZipFile: "def handler(event, context): return 1"}
              Description: says hello
              MemorySize: 256
              Timeout: 7
              Environment: {Variables: {LEVEL: low, GONE: "1"}}
              ReservedConcurrentExecutions: 2
              Tags: [{Key: team, Value: shop}, {Key: gone, Value: soon}]
          Named:
            Type: AWS::Lambda::Function
            Properties:
              FunctionName: named-one
              Runtime: python3.12
              Handler: index.handler
              Role: !GetAtt Role.Arn
              Code: {ZipFile: "x = 1"}
          Permission:
            Type: AWS::Lambda::Permission
            Properties:
              Action: lambda:InvokeFunction
              FunctionName: !Ref Hello
              Principal: apigateway.amazonaws.com
              SourceArn: !Sub "arn:aws:execute-api:us-east-1:000000000000:${Imported}/*/GET/a"
          Version1:
            Type: AWS::Lambda::Version
            DeletionPolicy: Retain
            Properties: {FunctionName: !Ref Hello}
          Alias:
            Type: AWS::Lambda::Alias
            Properties: {FunctionName: !Ref Hello, FunctionVersion: !GetAtt Version1.Version, Name: live, Description: one}
          Imported:
            Type: AWS::ApiGatewayV2::Api
            Properties:
              Body:
                openapi: 3.0.1
                info: {title: imported}
                paths:
                  /a:
                    get:
                      x-amazon-apigateway-integration:
                        {type: http_proxy, httpMethod: GET, payloadFormatVersion: "1.0", uri: "http://localhost/a"}
                  /gone:
                    get:
                      x-amazon-apigateway-integration:
                        {type: http_proxy, httpMethod: GET, payloadFormatVersion: "1.0", uri: "http://localhost/gone"}
          ImportedStage:
            Type: AWS::ApiGatewayV2::Stage
            Properties:
              ApiId: !Ref Imported
              StageName: $default
              AutoDeploy: true
              StageVariables: {kept: "1", gone: "1"}
              AccessLogSettings: {DestinationArn: !GetAtt Logs.Arn, Format: $context.requestId}
              Tags: {team: shop}
          Quick:
            Type: AWS::ApiGatewayV2::Api
            Properties: {Name: quick, ProtocolType: HTTP, Target: !GetAtt Hello.Arn}
          Made:
            Type: AWS::ApiGatewayV2::Api
            Properties:
              Name: made
              ProtocolType: HTTP
              Description: one
              CorsConfiguration: {AllowOrigins: [https://example.com], MaxAge: 10}
              Tags: {team: shop}
          Integration:
            Type: AWS::ApiGatewayV2::Integration
            Properties:
              ApiId: !Ref Made
              IntegrationType: HTTP_PROXY
              IntegrationMethod: GET
              IntegrationUri: http://localhost/one
              PayloadFormatVersion: "1.0"
              TimeoutInMillis: 1000
              RequestParameters: {"append:header.one": "1", "append:header.gone": "1"}
              ResponseParameters:
                "200": {ResponseParameters: [{Destination: "append:header.x", Source: "1"}]}
          Route:
            Type: AWS::ApiGatewayV2::Route
            Properties: {ApiId: !Ref Made, RouteKey: GET /one, Target: !Sub "integrations/${Integration}"}
          Authorizer:
            Type: AWS::ApiGatewayV2::Authorizer
            Properties:
              ApiId: !Ref Made
              AuthorizerType: JWT
              Name: tokens
              IdentitySource: [$request.header.Authorization]
              JwtConfiguration: {Issuer: "https://issuer.example.com", Audience: [one]}
          Guarded:
            Type: AWS::ApiGatewayV2::Route
            Properties:
              ApiId: !Ref Made
              RouteKey: GET /guarded
              Target: !Sub "integrations/${Integration}"
              AuthorizationType: JWT
              AuthorizerId: !Ref Authorizer
              AuthorizationScopes: [read]
          Opened:
            Type: AWS::ApiGatewayV2::Route
            Properties: {ApiId: !Ref Made, RouteKey: GET /opened, Target: !Sub "integrations/${Integration}", AuthorizationType: JWT, AuthorizerId: !GetAtt Authorizer.AuthorizerId}
          Deployment1:
            Type: AWS::ApiGatewayV2::Deployment
            DependsOn: Route
            Properties: {ApiId: !Ref Made, Description: first}
          MadeStage:
            Type: AWS::ApiGatewayV2::Stage
            Properties: {ApiId: !Ref Made, StageName: prod, DeploymentId: !Ref Deployment1, Description: one}
          Table:
            Type: AWS::DynamoDB::Table
            Properties:
              AttributeDefinitions:
                - {AttributeName: id, AttributeType: S}
                - {AttributeName: a, AttributeType: S}
                - {AttributeName: b, AttributeType: S}
              KeySchema: [{AttributeName: id, KeyType: HASH}]
              BillingMode: PAY_PER_REQUEST
              GlobalSecondaryIndexes:
                - {IndexName: a, KeySchema: [{AttributeName: a, KeyType: HASH}], Projection: {ProjectionType: ALL}}
                - {IndexName: b, KeySchema: [{AttributeName: b, KeyType: HASH}], Projection: {ProjectionType: ALL}}
              TimeToLiveSpecification: {AttributeName: expires, Enabled: true}
              Tags: [{Key: team, Value: shop}]
        Outputs:
          Url: {Value: !GetAtt Imported.ApiEndpoint}
        """

    static let after =
        before
        .replacing("return 1", with: "return 2")
        .replacing("says hello", with: "says more")
        .replacing("MemorySize: 256", with: "MemorySize: 512")
        .replacing("      Timeout: 7\n", with: "")
        .replacing("{LEVEL: low, GONE: \"1\"}", with: "{LEVEL: high}")
        .replacing("ReservedConcurrentExecutions: 2", with: "ReservedConcurrentExecutions: 3")
        .replacing("[{Key: team, Value: shop}, {Key: gone, Value: soon}]", with: "[{Key: team, Value: store}]")
        .replacing("RetentionInDays: 7", with: "RetentionInDays: 14")
        .replacing("{RetentionInDays: 30}", with: "{DeletionProtectionEnabled: true}")
        .replacing("LogStreamName: one", with: "LogStreamName: two")
        .replacing("named-one", with: "named-two")
        .replacing("/*/GET/a", with: "/*/*/a")
        .replacing("Version1", with: "Version2")
        .replacing("Description: one", with: "Description: two")
        .replacing("/gone:", with: "/new:")
        .replacing("http://localhost/a\"", with: "http://localhost/b\"")
        .replacing("{kept: \"1\", gone: \"1\"}", with: "{kept: \"2\"}")
        .replacing("Format: $context.requestId", with: "Format: $context.requestId $context.status")
        .replacing("Target: !GetAtt Hello.Arn", with: "Target: !GetAtt Named.Arn")
        .replacing("MaxAge: 10", with: "MaxAge: 20")
        .replacing("Tags: {team: shop}", with: "Tags: {team: store}")
        .replacing("http://localhost/one", with: "http://localhost/two")
        .replacing("TimeoutInMillis: 1000", with: "TimeoutInMillis: 2000")
        .replacing(
            "{\"append:header.one\": \"1\", \"append:header.gone\": \"1\"}", with: "{\"append:header.one\": \"2\"}"
        )
        .replacing("append:header.x", with: "append:header.y")
        .replacing("RouteKey: GET /one", with: "RouteKey: GET /two")
        .replacing("Name: tokens", with: "Name: signed")
        .replacing("request.header.Authorization", with: "request.querystring.token")
        .replacing("Audience: [one]", with: "Audience: [two]")
        .replacing("              AuthorizationScopes: [read]\n", with: "")
        .replacing(", AuthorizationType: JWT, AuthorizerId: !GetAtt Authorizer.AuthorizerId", with: "")
        .replacing("Deployment1", with: "Deployment2")
        .replacing("StageName: prod", with: "StageName: live")
        .replacing("AttributeName: b,", with: "AttributeName: c,")
        .replacing("IndexName: b,", with: "IndexName: c,")
        .replacing("AttributeName: expires", with: "AttributeName: until")
        .replacing("Tags: [{Key: team, Value: shop}]", with: "Tags: [{Key: team, Value: store}]")
}
