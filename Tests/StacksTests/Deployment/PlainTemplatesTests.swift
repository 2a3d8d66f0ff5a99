import GatewayModel
import JSON
import Testing

@testable import Stacks

/// Resources that need no transform, alone and beside those of SAM.
@Suite struct PlainTemplatesTests {
    @Test func aTemplateNeedsNoTransform() throws {
        let template = """
            Resources:
              Role:
                Type: AWS::IAM::Role
                DeletionPolicy: Retain
                UpdateReplacePolicy: Delete
                Properties: {AssumeRolePolicyDocument: {}}
              Function:
                Type: AWS::Lambda::Function
                Properties: {Role: !GetAtt Role.Arn, Runtime: python3.13, Handler: i.h, Code: {ZipFile: x}}
            """
        let plan = try plan(template)
        #expect(plan.resources.map(\.logicalId) == ["Role", "Function"])
        #expect(plan.resources.map(\.deletionPolicy) == [.retain, .delete])
    }

    @Test func plainTypesStandBesideThoseOfSAM() throws {
        let template = serverless(
            function: "      InlineCode: x\n      Role: !GetAtt Own.Arn",
            rest: "  Own: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}}}")
        #expect(try plan(template).resources.map(\.logicalId).prefix(2) == ["Own", "Hello"])
    }

    @Test(arguments: [
        ("{Handler: a, Code: {}}", "AWS::Lambda::Function needs the property Role"),
        ("{Role: r, Code: {}, Handlr: a}", "AWS::Lambda::Function has no property Handlr"),
        (
            "{Role: r, Code: {}, VpcConfig: {a: b}}",
            "the property VpcConfig of AWS::Lambda::Function is not supported yet"
        ),
        ("{Role: r, Code: {}, Timeout: soon}", "Timeout must be an integer; it is a string"),
        ("{Role: r, Code: [x]}", "Code must be a map; it is a list"),
        ("{Role: r, Code: x}", "Code x: /work/shop/x does not exist"),
        ("{Role: r, Code: s3://b/k}", "Code must be a local path here; s3://b/k is not supported yet"),
    ])
    func propertiesAreLookedAt(properties: String, message: String) {
        let template = "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties: \(properties)"
        #expect(problems(of: template).contains { $0.hasSuffix("Resources.F.Properties: \(message)") })
    }

    @Test func codeIsAFolderBesideTheTemplate() throws {
        let template = """
            Resources:
              F:
                Type: AWS::Lambda::Function
                Properties: {Role: r, Runtime: python3.13, Handler: i.h, Code: ./src, Layers: [], VpcConfig: {}}
            """
        let files = MemoryFiles(folders: ["/work/shop/src": "digest"])
        let plan = try StackPlan(source(template, files: files), account: AccountIdentity())
        #expect(
            plan.resources[0].properties["Code"]?.json == ["S3Bucket": "gatehouse.local", "S3Key": "/work/shop/src"])
    }

    @Test func aFunctionOfAnImageIsOneProblem() {
        let template = """
            Transform: AWS::Serverless-2016-10-31
            Resources:
              A:
                Type: AWS::Serverless::Function
                Properties: {PackageType: Image, ImageUri: x, ImageConfig: {Command: [a]}}
              B:
                Type: AWS::Lambda::Function
                Properties: {Role: r, PackageType: Image, Code: {ImageUri: x}}
            """
        #expect(
            problems(of: template) == [
                "template.yaml:5: Resources.A.Properties: PackageType Image is not supported yet",
                "template.yaml:8: Resources.B.Properties: PackageType Image is not supported yet",
            ])
    }

    @Test func membersOfPropertiesAreLookedAt() {
        let template = """
            Resources:
              F: {Type: AWS::Lambda::Function, Properties: {Role: r, Code: {Zip: x}}}
            """
        #expect(
            problems(of: template) == [
                "template.yaml:2: Resources.F.Properties.Code: extraneous key [Zip] is not permitted"
            ])
    }

    @Test func typesThatAreNoneAreNamed() {
        #expect(
            problems(of: "Resources:\n  A: {Type: Table}\n  B: {Type: AWS::SQS::Queue}") == [
                "template.yaml:2: Resources.A: Template format error: Unrecognized resource types: [Table]",
                "template.yaml:3: Resources.B: the resource type AWS::SQS::Queue is not supported yet",
            ])
    }
}
