import JSON
import Testing

@testable import UserPools

@Suite struct ClientRulesTests {
    private let test = TestPools()

    private func creation(_ pool: JSONValue, _ members: JSONObject) -> JSONValue {
        .object(JSONObject([("UserPoolId", pool), ("ClientName", "other")]).merged(members))
    }

    @Test(arguments: [
        "http://localhost:x@evil.example/cb", "http://127.0.0.1:80@evil.example/", "http://localhost:99999/",
        "http://localhost:/", "https:///x", "https://", "https://ada@app.example/", "http://[::1/x", "http:///x",
        "http://localhost.evil.example/", "https://app.example:x/", "http://[::1]evil.example/",
    ])
    func anAddressWithoutAPlainHostIsNoCallback(url: String) async throws {
        let (pool, _) = try await test.pool()
        let fault = await test.fault("CreateUserPoolClient", creation(pool, ["CallbackURLs": [.string(url)]]))
        #expect(fault.hasPrefix("InvalidParameterException"))
    }

    @Test(arguments: [
        "http://localhost", "http://localhost:3000/cb?x=1", "http://127.0.0.1:80", "http://[::1]:8080/x",
        "https://app.example/cb", "https://app.example:8443", "https://[2001:db8::1]/x", "myapp://example",
        "https://app.example/who/@ada", "com.example.app:/cb",
    ])
    func callbacksThatAWSNamesAreTaken(url: String) async throws {
        let (pool, _) = try await test.pool()
        try await test.call("CreateUserPoolClient", creation(pool, ["CallbackURLs": [.string(url)]]))
    }

    @Test func machinesNeedASecret() async throws {
        let (pool, _) = try await test.pool()
        let server: JSONValue = [
            "UserPoolId": pool, "Identifier": "items", "Name": "items",
            "Scopes": [["ScopeName": "read", "ScopeDescription": "read"]],
        ]
        try await test.call("CreateResourceServer", server)
        let machine: JSONObject = [
            "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": ["client_credentials"],
            "AllowedOAuthScopes": ["items/read"],
        ]
        let fault = await test.fault("CreateUserPoolClient", creation(pool, machine))
        #expect(fault.hasPrefix("InvalidOAuthFlowException"))
        let made = try await test.call(
            "CreateUserPoolClient", creation(pool, machine.merged(["GenerateSecret": true])))
        var change = machine
        change["ClientId"] = made["UserPoolClient"]?["ClientId"]
        try await test.call("UpdateUserPoolClient", creation(pool, change))
    }
}
