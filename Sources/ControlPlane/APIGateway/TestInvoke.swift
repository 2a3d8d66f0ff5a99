import GatewayModel
import JSON

/// TestInvokeMethod and TestInvokeAuthorizer.
extension RESTOperations {
    static var testInvocations: [Operation] {
        [
            Operation("TestInvokeMethod", .apigateway, .post, method, testInvokeMethod),
            Operation(
                "TestInvokeAuthorizer", .apigateway, .post, api + "/authorizers/{authorizer_id}", testInvokeAuthorizer),
        ]
    }

    private static func testInvokeMethod(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let members = try RestMembers(call)
        guard let api = control.world[RESTAPI.self, call.path("restapi_id")] else { throw RESTError.noResource(call) }
        let resource = try api.find(REST.Resource.self, call)
        let verb = call.path("http_method")
        let any = MethodRules.verbs.contains(verb) ? resource.resourceMethods?["ANY"] : nil
        guard let method = resource.resourceMethods?[verb] ?? any else { throw RESTError.noMethod }
        var invocation = REST.TestInvocation(
            apiId: api.id, account: call.account, content: api.content, resource: resource, method: method,
            httpMethod: verb, tester: tester(call))
        invocation.pathWithQueryString = try members.string("pathWithQueryString")
        invocation.body = try members.string("body")
        invocation.headers = try members.map("headers") ?? [:]
        invocation.multiValueHeaders = try members.listMap("multiValueHeaders") ?? [:]
        invocation.stageVariables = try members.map("stageVariables") ?? [:]
        if try members.string("clientCertificateId")?.isEmpty == false {
            throw ServiceError.unsupported(
                "Gatehouse does not present client certificates yet: clientCertificateId is refused.")
        }
        guard let testing = control.methodTesting else {
            throw ServiceError.unsupported("Nothing executes methods here: TestInvokeMethod is refused.")
        }
        let result: REST.TestInvocationResult?
        do throws(TrafficError) { result = try await testing.testInvoke(invocation) } catch {
            throw RESTError.badRequest(error.message)
        }
        guard let result else { throw RESTError.limitExceeded("Too many methods are being tested at the moment.") }
        return try .json(result)
    }

    /// Credentials are not checked; everybody is the account's root, as for GetCallerIdentity.
    private static func tester(_ call: Call) -> REST.Tester {
        REST.Tester(
            userArn: "arn:\(call.account.partition):iam::\(call.account.accountId):root",
            userAgent: call.header("user-agent"),
            accessKey: call.header("authorization").flatMap { CredentialScope.accessKey(of: $0) })
    }

    private static func testInvokeAuthorizer(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply
    {
        guard let api = control.world[RESTAPI.self, call.path("restapi_id")] else { throw RESTError.noAPI(call) }
        let authorizer = try api.find(REST.Authorizer.self, call)
        let members = try RestMembers(call)
        var request = AuthorizerTest.Request()
        request.headers = try members.map("headers") ?? [:]
        for (name, values) in try members.listMap("multiValueHeaders") ?? [:] where request.headers[name] == nil {
            request.headers[name] = values.last
        }
        guard ["TOKEN", "REQUEST"].contains(authorizer.type) else {
            guard let testing = control.methodTesting else {
                throw ServiceError.unsupported("Nothing asks authorizers here: TestInvokeAuthorizer is refused.")
            }
            let test = TokenAuthorizerTest(
                testing: testing, authorizer: authorizer, headers: request.headers, now: control.settings.now())
            return .json(await test.run())
        }
        request.pathWithQueryString = try members.string("pathWithQueryString") ?? "/"
        request.stageVariables = try members.map("stageVariables") ?? [:]
        request.context = try members.map("additionalContext") ?? [:]
        var test = AuthorizerTest(control: control, apiId: api.id, authorizer: authorizer, request: request, call: call)
        return .json(await test.run())
    }
}
