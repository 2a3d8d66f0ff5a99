import Testing

@testable import Stacks

/// What of a WebSocket API's template lets nothing through.
@Suite struct WebSocketAdviceTests {
    private func warnings(_ template: String) throws -> [String] { try plan(template).warnings.map(\.description) }

    private static let api = """
        Resources:
          Api: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: WEBSOCKET, Name: a, RouteSelectionExpression: $request.body.action}}
          Send: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: send, RouteResponseSelectionExpression: $default}}
          Sent: {Type: AWS::ApiGatewayV2::RouteResponse, Properties: {ApiId: !Ref Api, RouteId: !Ref Send, RouteResponseKey: $default}}
        """

    @Test func whatIsCompleteIsNotSpokenOf() throws { #expect(try warnings(Self.api).isEmpty) }

    @Test func anExpressionWithoutAVariableIsNamed() throws {
        #expect(
            try warnings(Self.api.replacing("$request.body", with: "request.body")) == [
                "template.yaml:2: Resources.Api.Properties: RouteSelectionExpression request.body.action has no variable, "
                    + "such as $request.body.action: every message is for the route of that key, else for $default, as "
                    + "on AWS"
            ])
        #expect(try warnings(Self.api.replacing("$request.body.action", with: #"\$default"#)).isEmpty)
    }

    @Test func anAnswerNeedsBothOfItsHalves() throws {
        let route = Self.api.split(separator: "\n").dropLast().joined(separator: "\n")
        #expect(
            try warnings(route) == [
                "template.yaml:3: Resources.Send.Properties: RouteResponseSelectionExpression without an "
                    + "AWS::ApiGatewayV2::RouteResponse of the route: nothing that it answers reaches the client, as on "
                    + "AWS"
            ])
        #expect(try warnings(route.replacing("RouteKey: send", with: "RouteKey: $connect")).isEmpty)
        #expect(
            try warnings(Self.api.replacing(", RouteResponseSelectionExpression: $default", with: "")) == [
                "template.yaml:4: Resources.Sent.Properties: the route Send has no RouteResponseSelectionExpression: "
                    + "nothing that it answers reaches the client, as on AWS"
            ])
    }

    @Test func templatesThatDoNotParseAreNamed() throws {
        let integration = """

              Mock: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: MOCK, RequestTemplates: {$default: "#if"}}}
              Answer: {Type: AWS::ApiGatewayV2::IntegrationResponse, Properties: {ApiId: !Ref Api, IntegrationId: !Ref Mock, IntegrationResponseKey: $default, ResponseTemplates: {$default: "#if"}}}
            """
        let found = try warnings(Self.api + integration)
        #expect(found.count == 2)
        #expect(found.allSatisfy { $0.contains("the mapping template of $default does not parse") })
        #expect(found.allSatisfy { $0.hasSuffix("calls that it is for get an Internal server error, as on AWS") })
    }
}
