import Testing

@testable import Stacks

/// What conditions leave of a template, and the references that are then of nothing.
@Suite struct ConditionalTemplatesTests {
    private let head = """
        Transform: AWS::Serverless-2016-10-31
        Parameters:
          Env: {Type: String, Default: dev}
        Conditions:
          IsProd: !Equals [!Ref Env, prod]

        """

    @Test func resourcesAndOutputsStayWhereTheirConditionHolds() throws {
        let template =
            head + """
                Resources:
                  A: {Type: AWS::Serverless::HttpApi}
                  B: {Type: AWS::Serverless::HttpApi, Condition: IsProd}
                Outputs:
                  A: {Value: !Ref A}
                  B: {Value: !Ref B, Condition: IsProd}
                """
        #expect(try plan(template).resources.map(\.logicalId) == ["A", "AApiGatewayDefaultStage"])
        #expect(try plan(template).outputs.map(\.name) == ["A"])
        let prod = try plan(template, parameters: [("Env", "prod")])
        #expect(prod.resources.map(\.logicalId).contains("B"))
        #expect(prod.outputs.map(\.name) == ["A", "B"])
    }

    @Test func aReferenceToAResourceLeftOutIsNamed() {
        let template =
            head + """
                Resources:
                  A: {Type: AWS::Serverless::HttpApi, Properties: {Description: !Ref B}}
                  B: {Type: AWS::Serverless::HttpApi, Condition: IsProd}
                """
        #expect(
            problems(of: template) == [
                "template.yaml:7: Resources.A.Properties.Description: Template format error: Unresolved resource dependencies [B] in the Resources block of the template"
            ])
        #expect(problems(of: template, parameters: [("Env", "prod")]) == [])
    }

    @Test func theOtherBranchMayReferToAResourceLeftOut() {
        let template =
            head + """
                Resources:
                  A:
                    Type: AWS::Serverless::HttpApi
                    DependsOn: B
                    Properties: {Description: !If [IsProd, !Ref B, none]}
                  B: {Type: AWS::Serverless::HttpApi, Condition: IsProd}
                """
        #expect(problems(of: template) == [])
    }

    @Test func namesOfTheOtherBranchAreLookedAtToo() {
        let template =
            head + """
                Resources:
                  A: {Type: AWS::Serverless::HttpApi, Properties: {Description: !If [IsProd, !Ref Gone, none]}}
                """
        #expect(
            problems(of: template) == [
                "template.yaml:7: Resources.A.Properties.Description: Template format error: Unresolved resource dependencies [Gone] in the Resources block of the template"
            ])
    }

    @Test func conditionsThatThereAreNotAreNamed() {
        let template = """
            Transform: AWS::Serverless-2016-10-31
            Resources:
              A: {Type: AWS::Serverless::HttpApi, Condition: Gone}
              B: {Type: AWS::Serverless::HttpApi, Properties: {Description: !If [Missing, a, b]}}
            """
        #expect(
            problems(of: template) == [
                "template.yaml:3: Resources.A: Template format error: Unresolved condition dependency Gone in the Resources block of the template",
                "template.yaml:4: Resources.B.Properties.Description: Template error: unresolved condition dependency Missing in Fn::If",
            ])
    }

    @Test func conditionsHaveTheirPlace() {
        let template = """
            Transform: AWS::Serverless-2016-10-31
            Resources:
              A: {Type: AWS::Serverless::HttpApi, Properties: {Description: !Equals [a, b]}}
            """
        #expect(
            problems(of: template) == [
                "template.yaml:3: Resources.A.Properties.Description: the functions of conditions are allowed in the section Conditions only"
            ])
    }

    @Test(arguments: [
        ("DeletionPolicy: Snapshot", "DeletionPolicy Snapshot is not supported: no resource here has snapshots"),
        ("DeletionPolicy: Keep", "DeletionPolicy must be one of Delete, Retain, RetainExceptOnCreate"),
        ("UpdateReplacePolicy: RetainExceptOnCreate", "UpdateReplacePolicy must be one of Delete, Retain"),
        ("UpdatePolicy: {}", "the resource attribute UpdatePolicy is not supported yet"),
        ("Condition: [a]", "Condition must be the name of a condition"),
    ])
    func attributesThatCannotBeAreNamed(attribute: String, message: String) {
        let template = """
            Transform: AWS::Serverless-2016-10-31
            Resources:
              A: {Type: AWS::Serverless::HttpApi, \(attribute)}
            """
        #expect(problems(of: template) == ["template.yaml:3: Resources.A: \(message)"])
    }

    @Test func functionsOfLanguageExtensionsNeedTheirTransform() {
        let resources = """
            Resources:
              A: {Type: AWS::Serverless::HttpApi, Properties: {Description: {Fn::Length: [a]}}}
            """
        #expect(
            problems(of: "Transform: AWS::Serverless-2016-10-31\n" + resources) == [
                "template.yaml:3: Resources.A.Properties.Description: this function needs `Transform: AWS::LanguageExtensions`"
            ])
        #expect(problems(of: "Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]\n" + resources) == [])
    }

    @Test func dynamicReferencesThatCannotBeResolvedAreNamed() {
        let template = """
            Transform: AWS::Serverless-2016-10-31
            Resources:
              A: {Type: AWS::Serverless::HttpApi, Properties: {Description: '{{resolve:ssm:name}}'}}
              B: {Type: AWS::Serverless::HttpApi, Properties: {Description: !Sub '{{resolve:ssm:${A}}}'}}
              C: {Type: AWS::Serverless::HttpApi, Properties: {Description: '{{resolve:ssm-secure:name:1}}'}}
              D: {Type: AWS::Serverless::HttpApi, Properties: {Description: 'a {{resolve:vault:name}}'}}
            Outputs:
              E: {Value: '{{resolve:ssm:name}}'}
            """
        let found = problems(of: template)
        #expect(found.count == 3)
        #expect(found.contains { $0.contains("Resources.C") && $0.contains("SSM Secure reference is not supported") })
        #expect(found.contains { $0.contains("Resources.D") && $0.contains("malformed") })
        #expect(found.contains { $0.contains("Outputs.E") && $0.contains("in properties of resources only") })
    }
}
