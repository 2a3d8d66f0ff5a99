import JSON
import Testing

@testable import UserPools

@Suite struct PoolDomainTests {
    private let test = TestPools()
    private let certificate: JSONValue = [
        "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
    ]

    @Test(arguments: [
        "127.0.0.1", "localhost", "auth.localhost", "10.0.0.1", "nodots", "cognito-idp.us-east-1.amazonaws.com",
        "x.amazoncognito.com", "localhost.localstack.cloud", "a..example", "-a.example",
        "sign-in.123",
    ])
    func aDomainOfAPoolsOwnIsNoAddressAndNobodyElsesName(name: String) async throws {
        let (pool, _) = try await test.pool()
        let call: JSONValue = ["Domain": .string(name), "UserPoolId": pool, "CustomDomainConfig": certificate]
        #expect(await test.fault("CreateUserPoolDomain", call).hasPrefix("InvalidParameterException"))
        #expect(test.pools.endpoint("GET", "/restapis", query: "", host: "\(name):4566") == nil)
    }

    @Test func anotherNameWithADotIsTaken() async throws {
        let (pool, _) = try await test.pool()
        try await test.call(
            "CreateUserPoolDomain",
            ["Domain": "auth.example.com", "UserPoolId": pool, "CustomDomainConfig": certificate])
        #expect(test.pools.endpoint("GET", "/login", query: "", host: "auth.example.com") != nil)
    }

    @Test(arguments: ["my-aws-app", "amazonia", "cognito"])
    func somePrefixesAreAWSsOwn(name: String) async throws {
        let (pool, _) = try await test.pool()
        let fault = await test.fault("CreateUserPoolDomain", ["Domain": .string(name), "UserPoolId": pool])
        #expect(fault.hasPrefix("InvalidParameterException"))
    }
}
