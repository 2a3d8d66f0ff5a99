import GatewayModel
import JSON
import Testing

@testable import Stacks

/// What SAM's translator takes, and what it does not: sources are aws-sam-translator 1.110.0 with the same templates.
/// `Goldens/leniencies.yaml` has what is made of it.
@Suite struct LenienciesTests {
    private func warnings(_ template: String) throws -> [String] { try plan(template).warnings.map(\.description) }

    @Test func whatStandsBesidePropertiesIsLeftOut() throws {
        let template = serverless(
            rest: "    Description: x\n    CreationPolicy: {}\n  Other: {Type: AWS::Serverless::HttpApi, Version: 1}")
        #expect(
            try warnings(template) == [
                "template.yaml:12: Resources.Hello: Description beside Properties has no effect",
                "template.yaml:13: Resources.Hello: CreationPolicy beside Properties has no effect",
                "template.yaml:14: Resources.Other: Version beside Properties has no effect",
            ])
    }

    @Test func parametersThatAPolicyTemplateDoesNotHaveAreLeftOut() throws {
        let policies = "      Policies: [{S3ReadPolicy: {BucketName: b, Prefix: c}}, {CloudWatchPutMetricPolicy: {}}]"
        #expect(
            try warnings(serverless(rest: policies)) == [
                "template.yaml:12: Resources.Hello.Properties.Policies: "
                    + "Prefix is no parameter of S3ReadPolicy and has no effect"
            ])
    }

    @Test(arguments: [
        ("UpdatePolicy: {}", "the resource attribute UpdatePolicy is not supported yet"),
        ("Connectors: {}", "the resource attribute Connectors is not supported yet"),
    ])
    func whatTheTranslatorKnowsBesidePropertiesIsNamed(attribute: String, message: String) {
        #expect(
            problems(of: serverless(rest: "    \(attribute)")) == ["template.yaml:12: Resources.Hello: \(message)"])
    }

    @Test func ofPlainResourcesNothingIsLeftOut() {
        #expect(
            problems(of: "Resources:\n  A: {Type: AWS::Logs::LogGroup, Description: x, CreationPolicy: {}}") == [
                "template.yaml:2: Resources.A: Invalid template resource property 'Description'",
                "template.yaml:2: Resources.A: the resource attribute CreationPolicy is not supported yet",
            ])
    }

    @Test(arguments: [
        ("Environment: {Variables: }", "Environment.Variables"),
        ("Environment: {Variables: {A: }}", "Environment.Variables.A"),
        (
            "Events: {E: {Type: HttpApi, Properties: {Path: /a, Method: GET, RouteSettings: }}}",
            "Events.E.Properties.RouteSettings"
        ),
        ("Events: {E: {Type: HttpApi, Properties: {Path: /a, Method: }}}", "Events.E.Properties.Method"),
    ])
    func nullsThatAreHandedOnAreRefused(property: String, path: String) {
        let template = serverless(function: "      InlineCode: x\n      \(property)")
        #expect(
            problems(of: template).contains(
                "template.yaml:11: Resources.Hello.Properties.\(path): 'null' values are not allowed in templates"))
    }

    @Test func operationsWithNothingAreThere() throws {
        let template = """
            Transform: AWS::Serverless-2016-10-31
            Resources:
              Api:
                Type: AWS::Serverless::HttpApi
                Properties:
                  DefinitionBody:
                    openapi: 3.0.1
                    info: {title: x, version: "1", description: }
                    paths:
                      /a:
                        post:
                        get: {summary: , x-amazon-apigateway-integration: {type: http_proxy}}
                      /b:
            """
        let body = try #require(try plan(template).resources.first?.properties["Body"])
        #expect(
            body.json["paths"] == [
                "/a": ["post": [:], "get": ["x-amazon-apigateway-integration": ["type": "http_proxy"]]], "/b": [:],
            ])
        #expect(body.json["info"] == ["title": "x", "version": "1"])
    }

    @Test func whatAFunctionSetsToNullIsNotInherited() throws {
        let template = serverless(
            function: "      InlineCode: x\n      Timeout:", rest: "Globals: {Function: {Timeout: 5, MemorySize: 256}}")
        let function = try #require(try plan(template).resources.first { $0.type == "AWS::Lambda::Function" })
        #expect(function.properties["Timeout"] == nil)
        #expect(function.properties["MemorySize"]?.integer == 256)
    }

    @Test func anApiMayBeNamedAsText() throws {
        let template = serverless(events: "      Events:\n        E: {Type: HttpApi, Properties: {ApiId: Api}}")
        let warning = try #require(try warnings(template).first)
        #expect(
            warning.hasPrefix("template.yaml:12: Resources.Hello.Properties.Events.E: the translator takes the text"))
        #expect(
            problems(of: template.replacing("ApiId: Api", with: "ApiId: a1b2")).contains {
                $0.hasSuffix(HttpApiEvent.invalidApiId)
            })
        #expect(
            problems(of: template.replacing("ApiId: Api", with: "ApiId: !GetAtt Api.ApiId")).contains {
                $0.hasSuffix(HttpApiEvent.invalidApiId)
            })
    }

    @Test func routeSettingsOfAnEventAreLookedAt() {
        let event = "Type: HttpApi, Properties: {Path: /a, Method: GET, RouteSettings: {LogLevel: INFO}}"
        #expect(
            problems(of: serverless(events: "      Events:\n        E: {\(event)}")).contains {
                $0.hasSuffix(
                    "extraneous key [LogLevel] is not permitted")
            })
        #expect(
            problems(
                of: serverless(events: "      Events:\n        E: {Type: HttpApi, Properties: {RouteSettings: x}}"))
                == [
                    "template.yaml:12: Resources.Hello.Properties.Events.E: RouteSettings must be a map; it is a string"
                ])
    }

    @Test(arguments: [
        ("[NoSuchPolicy: {A: b}]", "Policy at index 0 in the 'Policies' property is not valid"),
        ("[AWSLambdaRole, {Version: '2012'}]", "Policy at index 1 in the 'Policies' property is not valid"),
        (
            "[{S3ReadPolicy: {BucketName: b}, S3WritePolicy: {BucketName: b}}]",
            "Policy at index 0 in the 'Policies' property is not valid"
        ),
        (
            "[DynamoDBReadPolicy: {}]",
            "Following required parameters of template 'DynamoDBReadPolicy' don't have values: ['TableName']"
        ),
        (
            "{DynamoDBStreamReadPolicy: {Table: t}}",
            "Following required parameters of template 'DynamoDBStreamReadPolicy' don't have values: "
                + "['StreamName', 'TableName']"
        ),
        (
            "[DynamoDBReadPolicy: t]",
            "Must specify valid parameter values for policy template 'DynamoDBReadPolicy'"
        ),
        ("[3]", "Type of property 'Policies' is invalid."),
    ])
    func policiesThatAreNoneAreNamed(policies: String, message: String) {
        for role in ["", "\n      Role: arn:aws:iam::123456789012:role/x"] {
            let template = serverless(function: "      InlineCode: x\n      Policies: \(policies)\(role)")
            #expect(problems(of: template) == ["template.yaml:11: Resources.Hello.Properties.Policies: \(message)"])
        }
    }

    @Test func policiesThatAreSomeAreTaken() {
        let policies =
            "[Any, !Ref Api, {VPCAccessPolicy: {}}, {S3ReadPolicy: {BucketName: b, More: c}}, {Statement: []}]"
        #expect(problems(of: serverless(function: "      InlineCode: x\n      Policies: \(policies)")).isEmpty)
    }

    @Test(arguments: [
        ("{AllowHeaders: \"'*'\"}", "AllowHeaders must be a list; it is a string"),
        ("{AllowOrigins: ['*'], MaxAge: a}", "MaxAge must be an integer; it is a string"),
    ])
    func corsIsNamedAsTheTemplateWritesIt(cors: String, message: String) {
        let template = """
            Transform: AWS::Serverless-2016-10-31
            Resources:
              Api:
                Type: AWS::Serverless::HttpApi
                Properties:
                  Name: x
                  CorsConfiguration: \(cors)
            """
        #expect(problems(of: template) == ["template.yaml:7: Resources.Api.Properties.CorsConfiguration: \(message)"])
    }
}

/// What AWS has and is not served is said to be so, wherever it is met.
@Suite struct NotSupportedYetTests {
    @Test func inGlobals() {
        #expect(
            problems(of: serverless(rest: "Globals: {Function: {DurableConfig: {ExecutionTimeout: 1}}}")) == [
                "template.yaml:12: Globals.Function: the property DurableConfig of Globals.Function is not supported yet"
            ])
    }

    @Test func asAnAttribute() {
        let template = """
            Resources:
              Table:
                Type: AWS::DynamoDB::Table
                Properties:
                  KeySchema: [{AttributeName: id, KeyType: HASH}]
                  AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
                  BillingMode: PAY_PER_REQUEST
            Outputs:
              Stream: {Value: !GetAtt Table.StreamArn}
              Other: {Value: !GetAtt Table.Other}
            """
        #expect(
            problems(of: template) == [
                "template.yaml:9: Outputs.Stream.Value: the attribute StreamArn of AWS::DynamoDB::Table is not supported yet",
                "template.yaml:10: Outputs.Other.Value: Template error: resource Table does not support attribute type Other in Fn::GetAtt",
            ])
    }

    @Test func asWhatATypeWouldMake() {
        let template = serverless(
            rest: """
                  Graph: {Type: AWS::Serverless::GraphQLApi, Properties: {Name: graph}}
                Outputs:
                  A: {Value: !Ref GraphSchema}
                  B: {Value: !GetAtt GraphSchema.Id}
                  C: {Value: !Ref Nothing}
                """)
        let made = "what the transform makes of Graph, AWS::Serverless::GraphQLApi, is not supported yet"
        #expect(
            problems(of: template) == [
                "template.yaml:12: Resources.Graph: the resource type AWS::Serverless::GraphQLApi is not supported yet",
                "template.yaml:14: Outputs.A.Value: \(made)",
                "template.yaml:15: Outputs.B.Value: \(made)",
                "template.yaml:16: Outputs.C.Value: Template format error: Unresolved resource dependencies [Nothing] in the Outputs block of the template",
            ])
    }
}
