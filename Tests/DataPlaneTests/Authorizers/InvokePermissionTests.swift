import Callers
import GatewayModel
import IAMPolicy
import JSON
import Testing

@testable import DataPlane

@Suite("Integrations and authorizers with a role")
struct InvokePermissionTests {
    private static let role = "arn:aws:iam::000000000000:role/gateway"
    private static let session = "arn:aws:sts::000000000000:assumed-role/gateway/BackplaneAssumeRoleSession"
    private static let function = AccountIdentity().functionARN("f")
    private static let failed = "500 Internal Server Error"

    /// The directory that has the role, with what it allows of a function.
    private func roles(
        _ function: String?, trusted service: String = "apigateway.amazonaws.com", requires: Bool = false
    ) throws -> CallerDirectory {
        let trust =
            #"{"Statement": {"Effect": "Allow", "Principal": {"Service": "\#(service)"}, "Action": "sts:AssumeRole"}}"#
        let policies = try function.map { function in
            let text =
                #"{"Statement": {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "\#(function)"}}"#
            return try PolicyDocument(text, kind: .identity)
        }
        var directory = CallerDirectory(account: AccountIdentity(), tokens: nil, requiresRoles: requires)
        directory.set(
            "AROA1",
            CallerDirectory.Holder(
                kind: .role(name: "gateway"), arn: Self.role,
                grants: Grants(policies: [policies].compactMap(\.self), boundary: nil),
                trust: try PolicyDocument(trust, kind: .trust)))
        return directory
    }

    private static let nobody = CallerDirectory(account: AccountIdentity(), tokens: nil, requiresRoles: true)

    private func rest(_ credentials: String? = role, variables: OrderedMap<String> = [:]) throws -> EmbeddedGateway {
        var integration = REST.Integration.function()
        integration.credentials = credentials
        var api = TestRESTAPI("GET /pets", integration)
        api.logFormat = "$context.integration.error"
        api.variables = variables
        let gateway = try EmbeddedGateway(api.definition)
        gateway.function.answer(#"{"statusCode":200}"#)
        return gateway
    }

    private let call = TestGateway.request("GET", "/prod/pets")

    @Test("a method's function is called as the role, as it is at the moment")
    func method() throws {
        let gateway = try rest()
        // It is not here, and need not be.
        gateway.send(call)
        gateway.publish(try roles(nil))
        gateway.send(call)
        gateway.publish(try roles(Self.function))
        gateway.send(call)
        gateway.publish(try roles(Self.function + ":live"))
        gateway.send(call)
        gateway.publish(try roles(Self.function, trusted: "lambda.amazonaws.com"))
        gateway.send(call)
        gateway.publish(Self.nobody)
        gateway.send(call)
        #expect(gateway.statuses == ["200 OK", Self.failed, "200 OK", Self.failed, Self.failed, Self.failed])
        #expect(gateway.received.hasSuffix(#"{"message": "Internal server error"}"#))
        let denied = "Execution failed due to configuration error: Invalid permissions on Lambda function"
        let unassumable =
            "Execution failed due to configuration error: API Gateway does not have permission to assume the provided role "
            + Self.role
        #expect(gateway.entries == ["-", denied, "-", denied, unassumable, unassumable])
    }

    @Test("a stage variable may name the role")
    func variable() throws {
        let gateway = try rest("arn:aws:iam::000000000000:${stageVariables.role}", variables: ["role": "role/gateway"])
        gateway.publish(try roles(Self.function, requires: true))
        gateway.send(call)
        #expect(gateway.statuses == ["200 OK"])
        let empty = try rest("${stageVariables.role}")
        empty.send(call)
        #expect(empty.statuses == [Self.failed])
    }

    @Test("what is no role is assumed nowhere")
    func noRole() throws {
        let gateway = try rest("arn:aws:iam::000000000000:user/gateway")
        gateway.send(call)
        #expect(gateway.statuses == [Self.failed])
    }

    @Test("a route's function is called as the role, and its own policy is not asked")
    func route() throws {
        var integration = V2.Integration.function(name: "closed")
        integration.credentialsArn = Self.role
        let api = TestAPI(routes: [("GET /pets", integration)], logFormat: "$context.integrationErrorMessage")
        let gateway = try EmbeddedGateway(api.definition)
        gateway.closed.answer(#"{"statusCode":200}"#)
        let call = TestGateway.request("GET", "/pets")
        gateway.publish(try roles(AccountIdentity().functionARN("closed")))
        gateway.send(call)
        gateway.publish(try roles(Self.function))
        gateway.send(call)
        gateway.publish(Self.nobody)
        gateway.send(call)
        #expect(gateway.statuses == ["200 OK", Self.failed, Self.failed])
        #expect(gateway.received.hasSuffix(#"{"message":"Internal Server Error"}"#))
        let sentence =
            "The IAM role configured on the integration or API Gateway doesn't have permissions to call the integration. "
            + "Check the permissions and try again."
        #expect(gateway.entries == ["-", sentence, sentence])
    }

    @Test("an authorizer's function is called as the role")
    func authorizer() throws {
        let authorizer = FunctionAuthorizerTests.authorizer {
            $0.authorizerCredentials = Self.role
            $0.authorizerResultTtlInSeconds = 0
        }
        var api = TestRESTAPI(("GET /pets", .to(.mock()) { $0.authorizationType = "CUSTOM" }))
        api.methods[0].method.authorizerId = authorizer.id
        api.authorizers = [authorizer]
        api.logFormat = "$context.authorizer.error $context.error.responseType"
        let gateway = try EmbeddedGateway(api.definition)
        gateway.asked.answer(FunctionAuthorizerTests.answer())
        let call = TestGateway.request("GET", "/prod/pets", ["token: t"])
        gateway.publish(try roles(AccountIdentity().functionARN("auth")))
        gateway.send(call)
        gateway.publish(try roles(Self.function))
        gateway.send(call)
        gateway.publish(Self.nobody)
        gateway.send(call)
        #expect(gateway.statuses == ["200 OK", Self.failed, Self.failed])
        #expect(try gateway.asked.events.count == 1)
        #expect(
            gateway.entries == [
                "- -", "Invalid permissions on Lambda function AUTHORIZER_CONFIGURATION_ERROR",
                "API Gateway does not have permission to assume the provided role \(Self.role) "
                    + "AUTHORIZER_CONFIGURATION_ERROR",
            ])
    }

    @Test("tables are asked as the role; as one that is not here, nobody is asked")
    func tables() throws {
        var integration = REST.Integration(type: "AWS")
        integration.httpMethod = "POST"
        integration.uri = "arn:aws:apigateway:us-east-1:dynamodb:action/ListTables"
        integration.credentials = Self.role
        integration.integrationResponses = ["200": REST.IntegrationResponse(statusCode: "200")]
        let tables = StandInTables()
        let gateway = try EmbeddedGateway(
            TestRESTAPI("GET /pets", integration).definition, services: AWSServices(tables: tables))
        gateway.send(call)
        gateway.publish(try roles(nil))
        gateway.send(call)
        gateway.publish(try roles(nil, trusted: "ec2.amazonaws.com"))
        gateway.send(call)
        #expect(gateway.statuses == ["200 OK", "200 OK", Self.failed])
        #expect(tables.callers == [nil, Self.session])
    }
}
