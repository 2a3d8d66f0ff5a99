import JSON
import Testing

@testable import Stacks

/// What AWS::Serverless::WebSocketApi refuses, in the words of aws-sam-translator 1.115.0. `Goldens/websocket.yaml` has
/// what becomes of one.
@Suite struct ServerlessWebSocketApiTests {
    private func template(_ properties: String, globals: String = "{}") -> String {
        """
        Transform: AWS::Serverless-2016-10-31
        Globals: {WebSocketApi: \(globals)}
        Resources:
          Chat:
            Type: AWS::Serverless::WebSocketApi
            Properties:
              \(properties.replacing("\n", with: "\n      "))
        """
    }

    private static let arn = "arn:aws:lambda:us-east-1:123456789012:function:f"
    private static let connect = "$connect: {FunctionArn: \"\(arn)\"}"

    private func chat(_ more: String = "", routes: String = connect) -> String {
        template("RouteSelectionExpression: $request.body.action\nRoutes: {\(routes)}\n\(more)")
    }

    private func messages(_ template: String) -> [String] {
        problems(of: template).compactMap { $0.split(separator: ": ", maxSplits: 2).last.map(String.init) }
    }

    @Test(arguments: [
        ("Auth: {AuthType: Nonsense}", "AuthType 'Nonsense' is not one of AWS_IAM, CUSTOM or NONE."),
        ("Auth: {AuthType: CUSTOM}", "AuthArn must be specified if AuthType is CUSTOM."),
        ("Auth: {AuthArn: a}", "AuthType must be specified for additional auth configurations."),
        ("Auth: {AuthType: AWS_IAM, Name: a}", "No additional configurations supported for AuthType AWS_IAM."),
        ("Auth: {AuthType: NONE, AuthArn: a}", "No additional configurations supported for AuthType NONE."),
        ("Auth: {AuthType: CUSTOM, AuthArn: a, Identity: b}", "extraneous key [Identity] is not permitted"),
        ("Auth: none", "Property 'Auth' should be a map."),
        ("AccessLogSettings: [a]", "Property 'AccessLogSettings' should be a map."),
        ("DefaultRouteSettings: [a]", "Property 'DefaultRouteSettings' should be a map."),
        ("RouteSettings: [a]", "Property 'RouteSettings' should be a map."),
        ("AccessLogSettings: {Destination: a}", "extraneous key [Destination] is not permitted"),
        ("IpAddressType: nonsense", "IpAddressType must be 'ipv4' or 'dualstack'."),
        ("StageName: $default", "Stages cannot be named $default for WebSocket APIs."),
        ("Domain: {DomainName: a}", "the property Domain of AWS::Serverless::WebSocketApi is not supported yet"),
        ("Body: {}", "AWS::Serverless::WebSocketApi has no property Body"),
    ])
    func whatIsSaidOfTheApiIsChecked(property: String, message: String) {
        #expect(messages(chat(property)) == [message])
    }

    @Test(arguments: [
        (
            "$nonsense: {FunctionArn: f}",
            "Route key '$nonsense' must be alphanumeric. Only $connect, $disconnect, and $default special routes are "
                + "supported."
        ),
        (
            "send-it: {FunctionArn: f}",
            "Route key 'send-it' must be alphanumeric. Only $connect, $disconnect, and $default special routes are "
                + "supported."
        ),
        ("$connect: {IntegrationTimeout: 15000}", "Route must have associated function."),
        ("$connect: !GetAtt Chat.Arn", "Route must have associated function."),
        (
            "$default: {FunctionArn: f, RequestParameters: {route.request.querystring.p: {Required: true}}}",
            "Request parameters are only supported for the $connect route in WebSocket APIs."
        ),
        ("send: {FunctionArn: f, Timeout: 1}", "extraneous key [Timeout] is not permitted"),
        ("", "WebSocket API must have at least one route."),
    ])
    func whatIsSaidOfRoutesIsChecked(routes: String, message: String) {
        #expect(messages(chat(routes: routes)).contains(message))
    }

    @Test func authorizationNeedsAConnection() {
        #expect(
            messages(chat("Auth: {AuthType: AWS_IAM}", routes: "send: {FunctionArn: f}")) == [
                "Authorization is only available if there is a $connect route."
            ])
    }

    @Test func whatIsNeededMayStandInTheGlobals() {
        #expect(
            messages(template("Name: a")).sorted() == [
                "Missing required property 'RouteSelectionExpression'.", "Missing required property 'Routes'.",
            ])
        #expect(
            problems(
                of: template(
                    "Routes: {\(Self.connect)}", globals: "{RouteSelectionExpression: $request.body.action}")
            ).isEmpty)
        #expect(
            messages(template("Routes: {\(Self.connect)}", globals: "{StageName: a}")).contains(
                "Globals.WebSocketApi has no property StageName"))
    }

    @Test func keysThatDifferInTheirCaseAloneAreOneLogicalId() {
        let routes = "sendIt: {FunctionArn: f}, sendit: {FunctionArn: f}"
        #expect(
            messages(chat(routes: routes)).first?.contains("the logical id ChatSenditRoute, which is taken") == true)
    }

    @Test func whatHasNoEffectIsNamed() throws {
        #expect(
            try plan(chat("FailOnWarnings: true")).storedOnly.map(\.path) == [
                "Resources.Chat.Properties.FailOnWarnings"
            ])
    }

    @Test func membersOfARouteThatAreNullAreNotThere() throws {
        let routes = "$connect: {FunctionArn: \"\(Self.arn)\", OperationName: , RequestModels: }"
        let route = try plan(chat(routes: routes)).resources.first { $0.type == "AWS::ApiGatewayV2::Route" }
        #expect(route?.properties.map(\.key).sorted() == ["ApiId", "RouteKey", "Target"])
        #expect(
            messages(chat(routes: "$connect: {FunctionArn: }")).contains("'null' values are not allowed in templates"))
    }

    @Test(arguments: ["Condition: Made", "DeletionPolicy: Retain", "UpdateReplacePolicy: Retain"])
    func attributesCountHereAlone(attribute: String) throws {
        let template = "Conditions: {Made: !Equals [a, a]}\n" + chat() + "\n    \(attribute)"
        let name = attribute.prefix { $0 != ":" }
        let plan = try plan(template)
        #expect(
            plan.warnings.map(\.message) == [
                "\(name) counts here and not on AWS: SAM's translator does not hand it on to what it makes of "
                    + "AWS::Serverless::WebSocketApi"
            ])
        let stage = try #require(plan.resources.first { $0.logicalId == "ChatDefaultStage" })
        #expect((stage.deletionPolicy == .retain) == (name == "DeletionPolicy"))
        #expect((stage.updateReplacePolicy == .retain) == (name == "UpdateReplacePolicy"))
    }
}
