import Testing

@testable import Stacks

@Suite struct TemplateTests {
    @Test func everyProblemIsReportedAtOnceInTheOrderOfLines() {
        let template = """
            AWSTemplateFormatVersion: '2010-09-10'
            Transform: [AWS::Serverless-2016-10-31, Macro]
            Hooks: {}
            Conditions:
              IsProd: !Equals [a]
            Resources:
              Queue:
                Type: AWS::SQS::Queue
                Properties:
                  QueueName: !Unknown a
              Hello:
                Type: AWS::Serverless::Function
                Condition: IsProd
                Properties:
                  Runtime: python3.12
                  Handler: index.handler
                  InlineCode: x = 1
                  VpcConfig: {a: b}
                  MemorySiz: 128
                  Timeout: soon
                  Environment:
                    Variables:
                      NAME: !Join [a, b]
                      QUEUE: !Ref Queue
                      GONE: !Ref Nothing
            Outputs:
              Url:
                Value: !GetAtt Hello.Url
                Exports: {Name: x}
            """
        #expect(
            problems(of: template) == [
                "template.yaml:1: AWSTemplateFormatVersion: Template format error: unsupported value for AWSTemplateFormatVersion.",
                "template.yaml:2: Transform: the transform Macro is not supported yet",
                "template.yaml:3: Hooks: the section Hooks is not supported yet",
                "template.yaml:5: Conditions.IsProd: Template error: every Fn::Equals object requires a list of 2 string parameters.",
                "template.yaml:8: Resources.Queue: the resource type AWS::SQS::Queue is not supported yet",
                "template.yaml:18: Resources.Hello.Properties: the property VpcConfig of AWS::Serverless::Function is not supported yet",
                "template.yaml:19: Resources.Hello.Properties: AWS::Serverless::Function has no property MemorySiz",
                "template.yaml:20: Resources.Hello.Properties: Timeout must be an integer; it is a string",
                "template.yaml:23: Resources.Hello.Properties.Environment.Variables.NAME: Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.",
                "template.yaml:25: Resources.Hello.Properties.Environment.Variables.GONE: Template format error: Unresolved resource dependencies [Nothing] in the Resources block of the template",
                "template.yaml:28: Outputs.Url.Value: Template error: resource Hello does not support attribute type Url in Fn::GetAtt",
                "template.yaml:29: Outputs.Url: Invalid template output property 'Exports'",
            ])
    }

    @Test func metadataIsKeptAndListed() throws {
        let template = serverless(
            rest: "Metadata: {AWS::CloudFormation::Interface: {}}\n"
        ).replacing(
            "  Api:\n    Type: AWS::Serverless::HttpApi",
            with: "  Api:\n    Type: AWS::Serverless::HttpApi\n    Metadata: {a: b}")
        #expect(try plan(template).storedOnly.map(\.path) == ["Resources.Api.Metadata", "Metadata"])
    }

    @Test func aTemplateHasResources() {
        let message = "Template format error: At least one Resources member must be defined."
        #expect(problems(of: "Description: x") == ["template.yaml: \(message)"])
        #expect(problems(of: "\nResources: {}") == ["template.yaml:2: \(message)"])
    }

    @Test func aResourceHasAType() {
        #expect(
            problems(of: "Resources:\n  A:\n    Properties: {}") == [
                "template.yaml:2: Resources.A: [/Resources/A] Every Resources object must contain a Type member."
            ])
    }

    @Test func namesAreAlphanumeric() {
        let template = serverless(
            rest: """
                  My-Fn:
                    Type: AWS::Serverless::HttpApi
                Outputs:
                  a.b: {Value: x}
                Parameters:
                  c_d: {Type: String, Default: x}
                """)
        #expect(
            problems(of: template) == [
                "template.yaml:12: Resources.My-Fn: Template format error: Resource name My-Fn is non alphanumeric.",
                "template.yaml:15: Outputs.a.b: Template format error: Outputs name 'a.b' is non alphanumeric.",
                "template.yaml:17: Parameters.c_d: Template format error: Parameter name c_d is non alphanumeric.",
            ])
    }

    @Test func serverlessTypesNeedTheTransform() {
        let template = "Globals: {}\nResources:\n  A:\n    Type: AWS::Serverless::HttpApi"
        #expect(
            problems(of: template) == [
                "template.yaml:1: Globals: the section Globals needs `Transform: AWS::Serverless-2016-10-31`",
                "template.yaml:4: Resources.A: the resource type AWS::Serverless::HttpApi needs `Transform: AWS::Serverless-2016-10-31`",
            ])
    }

    @Test func sectionsHaveTheQuotasOfAWS() {
        let outputs = (0...200).map { "  O\($0): {Value: x}" }.joined(separator: "\n")
        #expect(
            problems(of: serverless(rest: "Outputs:\n\(outputs)")) == [
                "template.yaml:12: Outputs: Template format error: Number of outputs, 201, is greater than maximum allowed, 200"
            ])
    }

    /// The properties of SAM's own resources are another matter, see `LenienciesTests`.
    @Test func nullIsNoValue() {
        let template = """
            Resources:
              A: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: }}
              B: {Type: AWS::Logs::LogGroup, Properties: }
            """
        #expect(
            problems(of: template) == [
                "template.yaml:2: Resources.A.Properties.LogGroupName: 'null' values are not allowed in templates",
                "template.yaml:3: Resources.B: Properties must be a map",
            ])
    }

    @Test func jsonTemplatesAreTemplates() throws {
        let template = """
            {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"A": {"Type": "AWS::Serverless::HttpApi"}}}
            """
        #expect(try plan(template).resources.map(\.logicalId) == ["A", "AApiGatewayDefaultStage"])
    }
}
