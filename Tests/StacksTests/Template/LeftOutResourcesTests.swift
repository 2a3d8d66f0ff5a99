import GatewayModel
import JSON
import Testing

@testable import Stacks

@Suite struct LeftOutResourcesTests {
    private static let template = """
        Resources:
          Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: !Unknown a}}
          Rule: {Type: AWS::Events::Rule, DependsOn: Queue}
          Shop:
            Type: AWS::Lambda::Function
            DependsOn: [Queue]
            Properties:
              Runtime: python3.13
              Handler: index.handler
              Code: {ZipFile: x}
              Role: !GetAtt Role.Arn
              Environment:
                Variables: {URL: !Ref Queue, ARN: !GetAtt Queue.Arn, TEXT: !Sub "${AWS::Region} ${Queue} ${Queue.QueueName}"}
          Role:
            Type: AWS::IAM::Role
            Properties:
              AssumeRolePolicyDocument: {}
              Policies:
                - PolicyName: p
                  PolicyDocument: {Statement: [{Effect: Deny, Action: "sqs:*", Resource: !GetAtt Queue.Arn}]}
          Permission:
            Type: AWS::Lambda::Permission
            Properties:
              FunctionName: !Ref Shop
              Action: lambda:InvokeFunction
              Principal: events.amazonaws.com
              SourceArn: !GetAtt Rule.Arn
        Outputs:
          Url: {Value: !Sub "at ${Queue}"}
          Shop: {Value: !Ref Shop}
        """

    private func deployed(_ template: String, without types: Set<String>) throws -> StackPlan {
        try StackPlan(source(template), account: AccountIdentity(), allowMissing: types)
    }

    @Test func whatRefersToThemKeepsItsForm() throws {
        let plan = try deployed(
            Self.template, without: ["AWS::SQS::Queue", "AWS::Events::Rule", "AWS::Lambda::Function"])
        #expect(plan.resources.map(\.logicalId).sorted() == ["Permission", "Role", "Shop"])
        #expect(plan.outputs.map(\.name) == ["Shop"])
        #expect(plan.leftOut.resources.map(\.logicalId) == ["Queue", "Rule"])
        let properties = Dictionary(uniqueKeysWithValues: plan.resources.map { ($0.logicalId, $0.properties) })
        let arn = "arn:aws:left-out:us-east-1:000000000000:left-out/left-out-Queue"
        let url = "https://left-out.us-east-1.amazonaws.com/000000000000/left-out-Queue"
        let variables: JSONValue = [
            "URL": .string(url), "ARN": .string(arn),
            "TEXT": ["Fn::Sub": .string("${AWS::Region} \(url) left-out-Queue")],
        ]
        #expect(properties["Shop"]?["Environment"]?.json["Variables"] == variables)
        let statement: JSONValue = ["Effect": "Deny", "Action": "sqs:*", "Resource": .string(arn)]
        let policies = properties["Role"]?["Policies"]?.json.array
        #expect(policies?.first?["PolicyDocument"]?["Statement"] == [statement])
        #expect(
            properties["Permission"]?["SourceArn"]?.text
                == "arn:aws:left-out:us-east-1:000000000000:left-out/left-out-Rule")
    }

    @Test func aRefIsAnARNWhereItsTypeHasOne() throws {
        let template = """
            Resources:
              Machine: {Type: AWS::StepFunctions::StateMachine}
              Rule: {Type: AWS::Events::Rule}
              Parameter: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Sub "${Machine} ${Rule}"}}
            """
        let plan = try deployed(template, without: ["AWS::StepFunctions::StateMachine", "AWS::Events::Rule"])
        #expect(
            plan.resources.first?.properties["Value"]?.json["Fn::Sub"]
                == "arn:aws:left-out:us-east-1:000000000000:left-out/left-out-Machine left-out-Rule")
    }

    @Test func eventsGoWithWhatTheyBecome() throws {
        let template = """
            Transform: AWS::Serverless-2016-10-31
            Resources:
              Shop:
                Type: AWS::Serverless::Function
                Properties:
                  Runtime: python3.13
                  Handler: index.handler
                  InlineCode: x
                  Events:
                    Get: {Type: HttpApi, Properties: {Path: /, Method: get}}
                    Work: {Type: SQS, Properties: {Queue: "arn:aws:sqs:us-east-1:000000000000:q"}}
                    Daily: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
            """
        let types = ["AWS::Events::Rule", "AWS::Lambda::EventSourceMapping"]
        #expect(LeftOutResources.missingTypes(in: source(template)) == types)
        let plan = try deployed(template, without: Set(types))
        #expect(plan.leftOut.names == ["ShopWork (AWS::Lambda::EventSourceMapping)", "ShopDaily (AWS::Events::Rule)"])
        #expect(plan.resources.contains { $0.type == "AWS::ApiGatewayV2::Api" })
        let error = #expect(throws: TemplateError.self) { try deployed(template, without: [types[0]]) }
        #expect(error?.problems.map(\.message) == ["the event type SQS is not supported yet"])
    }

    @Test func whatTheTransformWouldMakeOfThemGoesToo() throws {
        let template = """
            Transform: AWS::Serverless-2016-10-31
            Resources:
              Machine: {Type: AWS::Serverless::StateMachine}
              Kept: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !GetAtt MachineRole.Arn}}
            Outputs:
              Role: {Value: !GetAtt MachineRole.Arn}
            """
        let plan = try deployed(template, without: ["AWS::Serverless::StateMachine"])
        #expect(plan.outputs.isEmpty)
        #expect(
            plan.resources.first?.properties["Value"]?.text
                == "arn:aws:left-out:us-east-1:000000000000:left-out/left-out-MachineRole")
    }

    @Test func onlyTypesThatAreNamedAreLeftOut() {
        let error = #expect(throws: TemplateError.self) { try deployed(Self.template, without: ["AWS::SQS::Queue"]) }
        #expect(
            error?.problems.map(\.message) == ["the resource type AWS::Events::Rule is not supported yet"])
        #expect(
            LeftOutResources.missingTypes(in: source(Self.template)) == ["AWS::Events::Rule", "AWS::SQS::Queue"])
    }

    @Test(arguments: [
        "AWS::WAFv2::WebACLAssociation", "AWS::WAF::IPSet", "AWS::IAM::SAMLProvider", "AWS::SQS::QueuePolicy",
        "AWS::Cognito::UserPoolIdentityProvider", "AWS::ApiGateway::Authorizer", "AWS::Lambda::Permission",
    ])
    func whatProtectsIsNotLeftOut(type: String) {
        let template = "Resources: {A: {Type: \(type)}, M: {Type: AWS::CDK::Metadata}}"
        let error = #expect(throws: TemplateError.self) { try deployed(template, without: [type]) }
        #expect(
            error?.problems.first?.message
                == "resources of the type \(type) protect what they are about, and are not left out")
        #expect(LeftOutResources.missingTypes(in: source(template)).isEmpty)
    }
}
