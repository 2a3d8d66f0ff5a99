import Testing

@testable import Stacks

/// What SAM's translator refuses of REST APIs, and what is said of the rest.
@Suite struct ServerlessApiTests {
    private func template(api: String, event: String = "{RestApiId: !Ref Api, Path: /a, Method: GET}") -> String {
        """
        Transform: AWS::Serverless-2016-10-31
        Resources:
          Api:
            Type: AWS::Serverless::Api
            Properties: \(api)
          Function:
            Type: AWS::Serverless::Function
            Properties:
              Runtime: python3.12
              Handler: app.handler
              InlineCode: "def handler(event, context): return {}"
              Events: {Get: {Type: Api, Properties: \(event)}}
        """
    }

    private func messages(api: String, event: String = "{RestApiId: !Ref Api, Path: /a, Method: GET}") -> [String] {
        problems(of: template(api: api, event: event)).map {
            $0.split(separator: ": ", maxSplits: 2).last.map(String.init) ?? $0
        }
    }

    @Test(arguments: [
        ("{}", "AWS::Serverless::Api needs the property StageName"),
        ("{StageName: a, Domain: {DomainName: b}}", "the property Domain of AWS::Serverless::Api is not supported yet"),
        ("{StageName: a, OpenApiVersion: '3'}", "The OpenApiVersion value must be of the format '3.0.0'."),
        ("{StageName: a, Cors: {Origin: b}}", "Invalid key 'Origin' for 'Cors' property."),
        (
            "{StageName: a, Cors: {AllowCredentials: true}}",
            "Unable to add Cors configuration because 'AllowCredentials' can not be true when 'AllowOrigin' is \"'*'\" or not set"
        ),
        ("{StageName: a, Models: {A: {properties: {}}}}", "'Models' schema is missing 'type'."),
        (
            "{StageName: a, Auth: {DefaultAuthorizer: B}}",
            "Unable to set DefaultAuthorizer because 'B' was not defined in 'Authorizers'."
        ),
        (
            "{StageName: a, Auth: {Authorizers: {B: {FunctionPayloadType: REQUEST, FunctionArn: c}}}}",
            "B Authorizer must specify Identity with at least one of Headers, QueryStrings, StageVariables, or Context."
        ),
        (
            "{StageName: a, Auth: {ResourcePolicy: {SourceVpcWhitelist: [{a: b}]}}}",
            "SourceVpcWhitelist must be a list of strings. Use IntrinsicVpcWhitelist instead for values that use Intrinsic Functions"
        ),
        (
            "{StageName: a, Auth: {UsagePlan: {CreateUsagePlan: OTHER}}}",
            "CreateUsagePlan must be one of SHARED, PER_API, NONE"
        ),
        (
            "{StageName: a, DefinitionBody: {a: b}, Cors: \"'*'\"}",
            "Unable to add Cors definitions because 'DefinitionBody' does not contain a valid Swagger definition."
        ),
        (
            "{StageName: a, DefinitionUri: s3://a}",
            "'DefinitionUri' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter."
        ),
    ])
    func anApiIsRefused(api: String, message: String) { #expect(messages(api: api) == [message]) }

    @Test(arguments: [
        (
            "{RestApiId: !Ref Api, Path: /a, Method: GET, Auth: {Authorizer: B}}",
            "Unable to set Authorizer [B] on API method [get] for path [/a] because the related API does not define any Authorizers."
        ),
        (
            "{RestApiId: !Ref Api, Path: /a, Method: GET, Auth: {Authorizer: NONE}}",
            "Unable to set Authorizer on API method [get] for path [/a] because 'NONE' is only a valid value when a DefaultAuthorizer on the API is specified."
        ),
        (
            "{RestApiId: !Ref Api, Path: /a, Method: GET, Auth: {ApiKeyRequired: false}}",
            "Unable to set ApiKeyRequired [False] on API method [get] for path [/a] because the related API does not specify any ApiKeyRequired."
        ),
        (
            "{RestApiId: !Ref Api, Path: /a, Method: GET, RequestModel: {Model: B}}",
            "Unable to set RequestModel [B] on API method [get] for path [/a] because the related API does not define any Models."
        ),
        (
            "{RestApiId: !Ref Api, Path: /a, Method: GET, RequestParameters: [header.a]}",
            "Invalid value for 'RequestParameters' property. Keys must be in the format 'method.request.[querystring|path|header].{value}', e.g 'method.request.header.Authorization'."
        ),
        ("{RestApiId: !Ref Other, Path: /a, Method: GET}", ApiEvent.invalidApiId),
        ("{RestApiId: !Ref Api, Path: a, Method: GET}", "Path must begin with a slash"),
        (
            "{RestApiId: !Ref Api, Path: /a, Method: FETCH}",
            "Method must be ANY or one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
        ),
    ])
    func anEventIsRefused(event: String, message: String) {
        #expect(messages(api: "{StageName: a}", event: event).contains(message))
    }

    @Test func aMethodIsDefinedOnce() {
        let twice = template(api: "{StageName: a}").replacing(
            "Events: {Get:",
            with: "Events: {Again: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /a, Method: get}}, Get:")
        #expect(
            problems(of: twice).first?.hasSuffix("API method \"get\" defined multiple times for path \"/a\".") == true)
    }

    /// The translator would put its own in the place of the template's.
    @Test func theImplicitApiHasItsNameForItself() {
        let text = template(api: "{StageName: a}", event: "{Path: /a, Method: GET}").replacing(
            "  Api:", with: "  ServerlessRestApi:")
        #expect(problems(of: text).first?.contains("is the API of events without RestApiId") == true)
    }

    @Test func aDeploymentHasAnotherNameWhenTheApiChanges() throws {
        let name = { (api: String) in
            try plan(template(api: api)).resources.first { $0.type == "AWS::ApiGateway::Deployment" }?.logicalId
        }
        #expect(try name("{StageName: a}") == name("{StageName: a, Variables: {b: c}}"))
        #expect(try name("{StageName: a}") != name("{StageName: a, Cors: \"'*'\"}"))
        #expect(try name("{StageName: a, AlwaysDeploy: true}") != name("{StageName: a, AlwaysDeploy: true}"))
    }

    @Test func whatLetsNoCallSucceedIsTold() throws {
        let text = """
            Transform: AWS::Serverless-2016-10-31
            Resources:
              Api:
                Type: AWS::Serverless::Api
                Properties:
                  StageName: a
                  MethodSettings: [{ResourcePath: "/*", HttpMethod: "*", ThrottlingBurstLimit: 0, ThrottlingRateLimit: -1}]
                  DefinitionBody:
                    swagger: "2.0"
                    info: {title: a, version: "1"}
                    paths:
                      /a:
                        get:
                          responses: {}
                          x-amazon-apigateway-integration:
                            type: mock
                            requestTemplates: {application/json: '{"statusCode": 200}', text/plain: "#if("}
                            responses: {default: {statusCode: "200", responseTemplates: {application/json: "#foreach($a in"}}}
              Http: {Type: AWS::Serverless::HttpApi, Properties: {DefaultRouteSettings: {ThrottlingRateLimit: 0}}}
            """
        let told = try plan(text).warnings.map(\.description)
        #expect(told.count == 4)
        for words in [
            "Resources.Api.Properties.Body.paths./a.get: the mapping template of text/plain does not parse, at its line 1,",
            "Resources.Api.Properties.Body.paths./a.get: the mapping template of application/json does not parse,",
            "Resources.Api.Properties.MethodSettings: ThrottlingBurstLimit 0 \(CallAdvice.closed)",
            "Resources.Http.Properties: ThrottlingRateLimit 0 \(CallAdvice.closed)",
        ] { #expect(told.contains { $0.contains(words) }, "\(words)") }
    }
}
