import JSON
import Testing

@testable import UserPools

@Suite struct PoolRulesTests {
    private let test = TestPools()

    @Test(arguments: ["ON", "OPTIONAL"]) func aPoolIsMadeWithSecondFactorsBySMSOnly(mode: String) async throws {
        let call: JSONObject = ["PoolName": "people", "MfaConfiguration": .string(mode)]
        #expect(await test.fault("CreateUserPool", .object(call)).hasPrefix("InvalidParameterException"))
        try await test.call(
            "CreateUserPool",
            .object(
                call.merged([
                    "SmsConfiguration": ["SnsCallerArn": "arn:aws:iam::123456789012:role/sms", "ExternalId": "x"]
                ])))
    }

    @Test func tokensHaveOneFunction() async throws {
        func lambdas(_ one: String, _ other: String) -> JSONValue {
            [
                "PreTokenGeneration": .string("arn:aws:lambda:us-east-1:123456789012:function:\(one)"),
                "PreTokenGenerationConfig": [
                    "LambdaVersion": "V2_0",
                    "LambdaArn": .string("arn:aws:lambda:us-east-1:123456789012:function:\(other)"),
                ],
            ]
        }
        let fault = await test.fault("CreateUserPool", ["PoolName": "people", "LambdaConfig": lambdas("a", "b")])
        #expect(fault.hasPrefix("InvalidParameterException"))
        _ = try await test.pool(["LambdaConfig": lambdas("a", "a")])
    }

    @Test func aPoolHasFiftyTags() async throws {
        let tags = JSONObject((0..<51).map { ("tag\($0)", JSONValue.string("x")) })
        let call: JSONObject = ["UserPoolTags": .object(tags)]
        let fault = await test.fault("CreateUserPool", .object(call.merged(["PoolName": "people"])))
        #expect(!fault.hasPrefix("no fault"))
        let (pool, _) = try await test.pool()
        #expect(!(await test.fault("UpdateUserPool", .object(call.merged(["UserPoolId": pool])))).hasPrefix("no fault"))
    }
}
