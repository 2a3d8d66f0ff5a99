/// Two templates of one stack: every type of resource of WebSocket APIs, and after an edit of everything that can be
/// edited.
enum EditedWebSocketStack {
    static let before = """
        Resources:
          Chat:
            Type: AWS::ApiGatewayV2::Api
            Properties:
              Name: chat
              ProtocolType: WEBSOCKET
              RouteSelectionExpression: $request.body.action
              ApiKeySelectionExpression: $context.authorizer.usageIdentifierKey
              DisableSchemaValidation: true
              Description: one
              Tags: {team: chat, gone: soon}
          Message:
            Type: AWS::ApiGatewayV2::Model
            Properties:
              ApiId: !Ref Chat
              Name: Message
              ContentType: application/json
              Description: one
              Schema: {type: object, required: [text]}
          Authorizer:
            Type: AWS::ApiGatewayV2::Authorizer
            Properties:
              ApiId: !Ref Chat
              Name: tokens
              AuthorizerType: REQUEST
              AuthorizerUri: !Sub "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Arn}/invocations"
              AuthorizerCredentialsArn: arn:aws:iam::000000000000:role/one
              IdentitySource: [route.request.querystring.token]
          Mock:
            Type: AWS::ApiGatewayV2::Integration
            Properties:
              ApiId: !Ref Chat
              IntegrationType: MOCK
              IntegrationUri: ""
              ContentHandlingStrategy: CONVERT_TO_TEXT
              PassthroughBehavior: NEVER
              RequestTemplates: {"200": '{"statusCode": 200}', gone: '{}'}
              TemplateSelectionExpression: "200"
              TimeoutInMillis: 1000
          Good:
            Type: AWS::ApiGatewayV2::IntegrationResponse
            Properties:
              ApiId: !Ref Chat
              IntegrationId: !Ref Mock
              IntegrationResponseKey: /200/
              ContentHandlingStrategy: CONVERT_TO_TEXT
              ResponseParameters: {method.response.header.a: "'1'", method.response.header.gone: "'1'"}
              ResponseTemplates: {"200": '{"ok": true}', gone: '{}'}
              TemplateSelectionExpression: ${integration.response.statuscode}
          Call:
            Type: AWS::ApiGatewayV2::Integration
            Properties:
              ApiId: !Ref Chat
              IntegrationType: AWS
              IntegrationMethod: POST
              IntegrationUri: arn:aws:apigateway:us-east-1:sqs:path/1/queue
              CredentialsArn: arn:aws:iam::000000000000:role/one
              RequestParameters: {integration.request.header.a: "'1'", integration.request.header.gone: "'1'"}
          Connect:
            Type: AWS::ApiGatewayV2::Route
            Properties:
              ApiId: !Ref Chat
              RouteKey: $connect
              ApiKeyRequired: true
              AuthorizationType: CUSTOM
              AuthorizerId: !Ref Authorizer
              RequestParameters:
                route.request.querystring.token: {Required: true}
                route.request.querystring.gone: {Required: false}
              Target: !Sub "integrations/${Mock}"
          Send:
            Type: AWS::ApiGatewayV2::Route
            DependsOn: Message
            Properties:
              ApiId: !Ref Chat
              RouteKey: send
              ModelSelectionExpression: $request.body.action
              RequestModels: {send: Message}
              RouteResponseSelectionExpression: $default
              Target: !Sub "integrations/${Call}"
          Sent:
            Type: AWS::ApiGatewayV2::RouteResponse
            DependsOn: Message
            Properties:
              ApiId: !Ref Chat
              RouteId: !GetAtt Send.RouteId
              RouteResponseKey: $default
              ResponseModels: {$default: Message}
              ResponseParameters:
                route.response.header.a: {Required: true}
                route.response.header.gone: {Required: false}
          Deployment1:
            Type: AWS::ApiGatewayV2::Deployment
            DependsOn: [Connect, Send]
            Properties: {ApiId: !Ref Chat, Description: first}
          Kept:
            Type: AWS::ApiGatewayV2::Stage
            Properties:
              ApiId: !Ref Chat
              StageName: kept
              DeploymentId: !Ref Deployment1
              DefaultRouteSettings: {DataTraceEnabled: true, LoggingLevel: INFO, ThrottlingRateLimit: 0.5}
          Own:
            Type: AWS::ApiGatewayV2::Stage
            DependsOn: [Connect, Send]
            Properties:
              ApiId: !Ref Chat
              StageName: own
              AutoDeploy: true
              RouteSettings:
                $connect: {LoggingLevel: ERROR, ThrottlingBurstLimit: 3}
                send: {DetailedMetricsEnabled: true}
        Outputs:
          Model: {Value: !GetAtt Message.ModelId}
          Response: {Value: !GetAtt Good.IntegrationResponseId}
          RouteResponse: {Value: !Ref Sent}
        """.replacing("${Arn}", with: "arn:aws:lambda:us-east-1:000000000000:function:f")

    static let after =
        before
        .replacing("$request.body.action\n      ApiKey", with: "$request.body.kind\n      ApiKey")
        .replacing("      ApiKeySelectionExpression: $context.authorizer.usageIdentifierKey\n", with: "")
        .replacing("      DisableSchemaValidation: true\n", with: "")
        .replacing("Description: one", with: "Description: two")
        .replacing("{team: chat, gone: soon}", with: "{team: rooms}")
        .replacing("required: [text]", with: "required: [words]")
        .replacing("      ContentType: application/json\n", with: "")
        .replacing("Name: tokens", with: "Name: signed")
        .replacing("      AuthorizerCredentialsArn: arn:aws:iam::000000000000:role/one\n", with: "")
        .replacing("[route.request.querystring.token]", with: "[route.request.header.token]")
        .replacing("      ContentHandlingStrategy: CONVERT_TO_TEXT\n", with: "")
        .replacing("      PassthroughBehavior: NEVER\n", with: "")
        .replacing("      TimeoutInMillis: 1000\n", with: "")
        .replacing("{\"200\": '{\"statusCode\": 200}', gone: '{}'}", with: "{\"200\": '{\"statusCode\": 201}'}")
        .replacing("      TemplateSelectionExpression: \"200\"\n", with: "")
        .replacing("/200/", with: "/2../")
        .replacing("{method.response.header.a: \"'1'\", method.response.header.gone: \"'1'\"}", with: "{}")
        .replacing("{\"200\": '{\"ok\": true}', gone: '{}'}", with: "{\"200\": '{}'}")
        .replacing("role/one", with: "role/two")
        .replacing(
            "{integration.request.header.a: \"'1'\", integration.request.header.gone: \"'1'\"}",
            with: "{integration.request.header.a: \"'2'\"}"
        )
        .replacing("      ApiKeyRequired: true\n", with: "")
        .replacing("        route.request.querystring.gone: {Required: false}\n", with: "")
        .replacing("        route.response.header.gone: {Required: false}\n", with: "")
        .replacing("      ModelSelectionExpression: $request.body.action\n", with: "")
        .replacing("      RequestModels: {send: Message}\n", with: "")
        .replacing("      ResponseModels: {$default: Message}\n", with: "")
        .replacing("Deployment1", with: "Deployment2")
        .replacing("DataTraceEnabled: true, LoggingLevel: INFO, ", with: "")
        .replacing("LoggingLevel: ERROR, ", with: "")
        .replacing("StageName: own", with: "StageName: live")
        .replacing("        send: {DetailedMetricsEnabled: true}\n", with: "")
}
