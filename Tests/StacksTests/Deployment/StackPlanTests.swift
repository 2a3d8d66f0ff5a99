import GatewayModel
import Testing

@testable import Stacks

@Suite struct StackPlanTests {
    @Test func theStackIsCalledAsTheFolder() throws {
        #expect(try plan(serverless()).stackName == "shop")
        #expect(StackName.from(folder: "/work/My Shop_2") == "My-Shop-2")
        #expect(StackName.from(folder: "/work/2nd") == "gatehouse")
        #expect(StackName.from(folder: "/") == "gatehouse")
    }

    @Test func stackNamesAreThoseOfCloudFormation() throws {
        #expect(throws: TemplateError.self) {
            try StackPlan(source(serverless()), stackName: "a_b", account: AccountIdentity())
        }
        #expect(try StackPlan(source(serverless()), stackName: "a-b", account: AccountIdentity()).stackName == "a-b")
    }

    @Test func cyclesAreNamed() {
        let template = serverless(
            function: """
                      InlineCode: x
                      Environment:
                        Variables:
                          API: !Ref Api
                      Events:
                        A: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: /a, Method: GET}}
                """)
        #expect(
            problems(of: template) == [
                "template.yaml:15: Resources: Circular dependency between resources: [Hello, Api]"
            ])
    }

    @Test func dependsOnCountsInTheOrder() throws {
        let template = """
            Transform: AWS::Serverless-2016-10-31
            Resources:
              A: {Type: AWS::Serverless::HttpApi, DependsOn: [C, B]}
              B: {Type: AWS::Serverless::HttpApi}
              C: {Type: AWS::Serverless::HttpApi, DependsOn: B}
            """
        let apis = try plan(template).resources.filter { $0.type == "AWS::ApiGatewayV2::Api" }
        #expect(apis.map(\.logicalId) == ["B", "C", "A"])
    }

    @Test func modelsComeBeforeWhatCallsThemByName() throws {
        let template = """
            Resources:
              Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}}
              Route: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: a, RequestModels: {a: Order}}}
              OrderModel: {Type: AWS::ApiGatewayV2::Model, Properties: {ApiId: !Ref Api, Name: Order, Schema: {}}}
            """
        #expect(try plan(template).resources.map(\.logicalId) == ["Api", "OrderModel", "Route"])
    }

    @Test func dependsOnNamesResources() {
        let template = """
            Transform: AWS::Serverless-2016-10-31
            Resources:
              A:
                Type: AWS::Serverless::HttpApi
                DependsOn: [Z, [B]]
            """
        #expect(
            problems(of: template) == [
                "template.yaml:5: Resources.A.DependsOn: Template format error: Unresolved resource dependencies [Z] in the Resources block of the template",
                "template.yaml:5: Resources.A: DependsOn must be a logical id or a list of them",
            ])
    }

    @Test func madeResourcesCountTowardsTheQuota() {
        let events = (0..<500).map {
            "        E\($0): {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: /\($0), Method: GET}}"
        }
        let template = serverless(events: "      Events:\n" + events.joined(separator: "\n"))
        #expect(
            problems(of: template) == [
                "template.yaml: Resources: Template format error: Number of resources, 504, is greater than maximum allowed, 500"
            ])
    }

    @Test func outputsReferToWhatThereIs() {
        let template = serverless(
            rest: """
                Outputs:
                  A: {Value: !Ref Nothing}
                  B: {Value: !Sub "${Nothing.Arn}"}
                  C: {Value: [a]}
                  D: {Description: d}
                """)
        #expect(
            problems(of: template) == [
                "template.yaml:13: Outputs.A.Value: Template format error: Unresolved resource dependencies [Nothing] in the Outputs block of the template",
                "template.yaml:14: Outputs.B.Value: Template error: instance of Fn::GetAtt references undefined resource Nothing",
                "template.yaml:15: Outputs.C: Template format error: The Value field of every Outputs member must evaluate to a String.",
                "template.yaml:16: Outputs.D: Template format error: Every Outputs member must contain a Value object",
            ])
    }
}
