/// Two templates of one stack: every type of resource of REST APIs, and after an edit of everything that can be edited.
enum EditedRestStack {
    static let before = """
        Resources:
          Account: {Type: AWS::ApiGateway::Account, Properties: {CloudWatchRoleArn: "arn:aws:iam::000000000000:role/one"}}
          Api:
            Type: AWS::ApiGateway::RestApi
            Properties:
              Name: shop
              Description: one
              BinaryMediaTypes: [image/png, image/gif]
              ApiKeySourceType: AUTHORIZER
              DisableExecuteApiEndpoint: true
              EndpointConfiguration: {Types: [REGIONAL]}
              Tags: [{Key: team, Value: shop}, {Key: gone, Value: soon}]
          Items:
            Type: AWS::ApiGateway::Resource
            Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: items}
          Item:
            Type: AWS::ApiGateway::Resource
            Properties: {RestApiId: !Ref Api, ParentId: !Ref Items, PathPart: "{id}"}
          Model:
            Type: AWS::ApiGateway::Model
            Properties:
              RestApiId: !Ref Api
              ContentType: application/json
              Description: one
              Schema: {type: object, required: [name]}
          Validator:
            Type: AWS::ApiGateway::RequestValidator
            Properties: {RestApiId: !Ref Api, Name: body, ValidateRequestBody: true}
          Authorizer:
            Type: AWS::ApiGateway::Authorizer
            Properties:
              RestApiId: !Ref Api
              Name: users
              Type: COGNITO_USER_POOLS
              IdentitySource: method.request.header.Authorization
              ProviderARNs: ["arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_a"]
          NotFound:
            Type: AWS::ApiGateway::GatewayResponse
            Properties:
              RestApiId: !Ref Api
              ResponseType: MISSING_AUTHENTICATION_TOKEN
              StatusCode: "404"
              ResponseTemplates: {application/json: '{"message":"no"}'}
          Get:
            Type: AWS::ApiGateway::Method
            Properties:
              RestApiId: !Ref Api
              ResourceId: !Ref Item
              HttpMethod: GET
              AuthorizationType: NONE
              RequestParameters: {method.request.path.id: true}
              MethodResponses:
                - {StatusCode: 200, ResponseParameters: {method.response.header.x-a: false}, ResponseModels: {application/json: !Ref Model}}
              Integration:
                Type: MOCK
                RequestTemplates: {application/json: '{"statusCode": 200}'}
                IntegrationResponses:
                  - {StatusCode: 200, ResponseParameters: {method.response.header.x-a: "'b'"}, ResponseTemplates: {application/json: '{}'}}
          Post:
            Type: AWS::ApiGateway::Method
            Properties:
              RestApiId: !Ref Api
              ResourceId: !Ref Items
              HttpMethod: POST
              AuthorizationType: NONE
              ApiKeyRequired: true
              RequestValidatorId: !Ref Validator
              RequestModels: {application/json: !Ref Model}
              Integration: {Type: HTTP_PROXY, IntegrationHttpMethod: POST, Uri: "http://localhost/items"}
          Deployment:
            Type: AWS::ApiGateway::Deployment
            DependsOn: [Get, Post]
            Properties: {RestApiId: !Ref Api, Description: one}
          Staged:
            Type: AWS::ApiGateway::Deployment
            DependsOn: [Get, Post]
            Properties:
              RestApiId: !Ref Api
              StageName: staged
              StageDescription:
                Description: one
                LoggingLevel: INFO
                Variables: {kept: "1", gone: "1"}
                MethodSettings: [{ResourcePath: /items, HttpMethod: POST, ThrottlingRateLimit: 5}]
                Tags: [{Key: a, Value: b}]
          Stage:
            Type: AWS::ApiGateway::Stage
            Properties:
              RestApiId: !Ref Api
              StageName: live
              DeploymentId: !Ref Deployment
              Description: one
              Variables: {kept: "1", gone: "1"}
              TracingEnabled: true
              MethodSettings:
                - {ResourcePath: /*, HttpMethod: "*", ThrottlingRateLimit: 10.5, ThrottlingBurstLimit: 4, MetricsEnabled: true}
                - {ResourcePath: "/~1items~1{id}", HttpMethod: GET, ThrottlingRateLimit: 3}
              AccessLogSetting: {DestinationArn: "arn:aws:logs:us-east-1:000000000000:log-group:a", Format: $context.requestId}
              Tags: [{Key: team, Value: shop}, {Key: gone, Value: soon}]
          Plan:
            Type: AWS::ApiGateway::UsagePlan
            Properties:
              UsagePlanName: basic
              Description: one
              Quota: {Limit: 10, Period: DAY}
              Throttle: {RateLimit: 5, BurstLimit: 2}
              ApiStages: [{ApiId: !Ref Api, Stage: !Ref Stage, Throttle: {/items/POST: {RateLimit: 1, BurstLimit: 1}}}]
              Tags: [{Key: team, Value: shop}]
          Key:
            Type: AWS::ApiGateway::ApiKey
            Properties:
              Enabled: true
              Description: one
              Value: abcdefghijklmnopqrstuvwxyz
              StageKeys: [{RestApiId: !Ref Api, StageName: !Ref Stage}]
          PlanKey:
            Type: AWS::ApiGateway::UsagePlanKey
            Properties: {KeyId: !Ref Key, KeyType: API_KEY, UsagePlanId: !Ref Plan}
          Certificate: {Type: AWS::ApiGateway::ClientCertificate, Properties: {Description: one}}
          Part:
            Type: AWS::ApiGateway::DocumentationPart
            Properties: {RestApiId: !Ref Api, Location: {Type: API}, Properties: '{"description":"one"}'}
          Version:
            Type: AWS::ApiGateway::DocumentationVersion
            DependsOn: Part
            Properties: {RestApiId: !Ref Api, DocumentationVersion: "1.0", Description: one}
          Link:
            Type: AWS::ApiGateway::VpcLink
            Properties:
              Name: link
              TargetArns: ["arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/a/1"]
          Imported:
            Type: AWS::ApiGateway::RestApi
            Properties:
              Description: beside
              BinaryMediaTypes: [image/png]
              Policy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*"}]}
              Body:
                swagger: "2.0"
                info: {title: imported, version: "1"}
                paths:
                  /a: {get: {responses: {}, x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: "http://localhost/a"}}}
                  /gone: {get: {responses: {}, x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: "http://localhost/gone"}}}
        Outputs:
          Ids: {Value: !Sub "${Plan.Id} ${Key.APIKeyId} ${PlanKey.Id} ${Authorizer.AuthorizerId} ${Validator.RequestValidatorId} ${Link.VpcLinkId} ${Certificate.ClientCertificateId} ${Part.DocumentationPartId} ${Deployment.DeploymentId} ${Item.ResourceId} ${Api.RestApiId} ${NotFound.Id} ${Account.Id}"}
        """

    static let after =
        before.replacing("role/one", with: "role/two").replacing("Description: one", with: "Description: two")
        .replacing("[image/png, image/gif]", with: "[image/png, image/jpeg]")
        .replacing("ApiKeySourceType: AUTHORIZER\n", with: "\n").replacing(
            "{Types: [REGIONAL]}", with: "{Types: [EDGE]}"
        )
        .replacing(", {Key: gone, Value: soon}", with: ", {Key: new, Value: soon}")
        .replacing("PathPart: items", with: "PathPart: things").replacing("/items/POST", with: "/things/POST")
        .replacing("required: [name]", with: "required: [other]")
        .replacing("ValidateRequestBody: true", with: "ValidateRequestParameters: true")
        .replacing("us-east-1_a", with: "us-east-1_b").replacing(#"{"message":"no"}"#, with: #"{"message":"none"}"#)
        .replacing("\"'b'\"", with: "\"'c'\"").replacing("ApiKeyRequired: true\n", with: "\n")
        .replacing("Deployment:", with: "Deployment2:").replacing("!Ref Deployment", with: "!Ref Deployment2")
        .replacing("Deployment.", with: "Deployment2.").replacing("StageName: staged", with: "StageName: other")
        .replacing("kept: \"1\", gone: \"1\"", with: "kept: \"2\", new: \"1\"")
        .replacing("ThrottlingRateLimit: 10.5, ThrottlingBurstLimit: 4", with: "ThrottlingRateLimit: 11")
        .replacing("\"/~1items~1{id}\", HttpMethod: GET", with: "\"/~1items~1{id}\", HttpMethod: PUT")
        .replacing("{Limit: 10, Period: DAY}", with: "{Limit: 20, Period: WEEK}")
        .replacing("      Throttle: {RateLimit: 5, BurstLimit: 2}\n", with: "")
        .replacing("Enabled: true", with: "Enabled: false").replacing("Name: link", with: "Name: other")
        .replacing(#"{"description":"one"}"#, with: #"{"description":"two"}"#)
        .replacing("DocumentationVersion: \"1.0\"", with: "DocumentationVersion: \"2.0\"")
        .replacing("      Description: beside\n", with: "").replacing("/gone:", with: "/new:")
}
