import ControlPlane
import JSON
import Testing
import UserPools

@testable import GatewayServer

@Suite struct PoolDomainOfTheServerTests {
    private func refusal(_ domain: JSONValue, host: String) -> PoolError? {
        let body: JSONValue = ["Domain": domain, "UserPoolId": "us-east-1_Abc"]
        return UserPools.refusal(
            of: "CreateUserPoolDomain",
            WireRequest(method: "POST", path: "/", headers: [("host", host)], body: body.bytes))
    }

    @Test func noPoolHasTheNameByWhichTheServerIsCalled() {
        #expect(refusal("gate.example", host: "Gate.example:4566")?.code == "InvalidParameterException")
        #expect(refusal("auth.example", host: "gate.example:4566") == nil)
        // The prefix of a name below AWS's.
        #expect(refusal("gatehouse", host: "gatehouse:4566") == nil)
    }
}
