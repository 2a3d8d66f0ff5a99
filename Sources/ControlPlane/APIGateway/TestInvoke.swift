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
        let method = try api.method(call)
        var invocation = REST.TestInvocation(
            apiId: api.id, account: call.account, content: api.content, resource: resource, method: method)
        invocation.pathWithQueryString = try members.string("pathWithQueryString")
        invocation.body = try members.string("body")
        invocation.headers = try members.map("headers") ?? [:]
        invocation.multiValueHeaders = try members.listMap("multiValueHeaders") ?? [:]
        invocation.stageVariables = try members.map("stageVariables") ?? [:]
        if try members.string("clientCertificateId")?.isEmpty == false {
            throw ServiceError.unsupported(
                "Gatehouse does not present client certificates yet: clientCertificateId is refused.")
        }
        guard let execution = control.restExecution else {
            throw ServiceError.unsupported(
                "Gatehouse does not execute methods of REST APIs yet: TestInvokeMethod is refused.")
        }
        return try .json(await execution.testInvoke(invocation))
    }

    private static func testInvokeAuthorizer(_ control: ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        guard let api = control.world[RESTAPI.self, call.path("restapi_id")] else { throw RESTError.noAPI(call) }
        _ = try api.find(REST.Authorizer.self, call)
        throw ServiceError.unsupported("Gatehouse does not ask authorizers yet: TestInvokeAuthorizer is refused.")
    }
}
