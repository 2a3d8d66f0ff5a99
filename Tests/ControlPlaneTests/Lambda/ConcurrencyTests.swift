import GatewayModel
import JSON
import TestFixtures
import Testing

@testable import ControlPlane

@Suite struct ConcurrencyTests {
    private let lambda = LambdaPlane()

    private func put(_ name: String, _ value: JSONValue) async -> Answer {
        await lambda.call(
            "PUT", "/2017-10-31/functions/\(name)/concurrency", ["ReservedConcurrentExecutions": value])
    }

    private func get() async -> Answer { await lambda.call("GET", "/2019-09-30/functions/hello/concurrency") }

    @Test func comesAndGoes() async {
        await lambda.create()
        #expect(await get().text == "{}")
        #expect(await put("hello", 0).text == #"{"ReservedConcurrentExecutions":0}"#)
        #expect(await lambda.host.latest()?.reservedConcurrency == 0)
        #expect(await get().text == #"{"ReservedConcurrentExecutions":0}"#)
        #expect(await lambda.call("DELETE", "/2017-10-31/functions/hello/concurrency").status == 204)
        #expect(await get().text == "{}")
        #expect(await lambda.host.latest()?.reservedConcurrency == nil)
    }

    /// Source: LocalStack's snapshot of AWS (test_function_concurrency_limits); this error has no `Type`.
    @Test func leavesAHundredToTheOthers() async {
        await lambda.create("hello")
        await lambda.create("other")
        #expect(await put("other", 400).status == 200)
        let answer = await put("hello", 501)
        #expect(answer.status == 400)
        #expect(answer.errorType == "InvalidParameterValueException")
        #expect(
            answer.json == [
                "message": .string(
                    "Specified ReservedConcurrentExecutions for function decreases account's "
                        + "UnreservedConcurrentExecution below its minimum value of [100].")
            ])
        #expect(await put("hello", 500).status == 200)
        // What the function has already does not count twice.
        #expect(await put("hello", 500).status == 200)
    }

    /// The limit, and the most that a function can reserve.
    @Test(arguments: [(2000, 1900), (1000, 900), (500, 450), (100, 90), (10, 9), (1, 0)])
    func leavesATenthOfALowLimit(_ limit: Int, _ most: Int) async {
        let lambda = LambdaPlane(concurrentExecutions: limit)
        func put(_ name: String, _ count: Int) async -> Answer {
            await lambda.call(
                "PUT", "/2017-10-31/functions/\(name)/concurrency", ["ReservedConcurrentExecutions": .number(count)])
        }
        await lambda.create("hello")
        let refusal = await put("hello", most + 1)
        #expect(refusal.errorType == "InvalidParameterValueException")
        #expect(refusal.message?.contains("(--function-concurrency)") == (limit < 1000))
        #expect(refusal.message?.contains("[\(limit - most)].") == true)
        #expect(await put("hello", most).status == 200)
        await lambda.create("other")
        #expect(await put("other", 1).status == 400)
        #expect(await put("other", 0).status == 200)
        let account = await lambda.call("GET", "/2016-08-19/account-settings")["AccountLimit"]
        #expect(account?["ConcurrentExecutions"] == .number(limit))
        #expect(account?["UnreservedConcurrentExecutions"] == .number(limit - most))
    }

    @Test func aLowerLimitThanWhatIsReservedLeavesNothing() async throws {
        let before = LambdaPlane(concurrentExecutions: 1000)
        await before.create("hello")
        _ = await before.call(
            "PUT", "/2017-10-31/functions/hello/concurrency", ["ReservedConcurrentExecutions": 500])
        let lambda = try await before.restarted(concurrentExecutions: 100)
        let account = await lambda.call("GET", "/2016-08-19/account-settings")["AccountLimit"]
        #expect(account?["UnreservedConcurrentExecutions"] == 0)
        let lower = await lambda.call(
            "PUT", "/2017-10-31/functions/hello/concurrency", ["ReservedConcurrentExecutions": 90])
        #expect(lower.status == 200)
    }

    @Test func isChecked() async {
        await lambda.create()
        #expect(
            await put("hello", nil).message
                == "1 validation error detected: Value null at 'reservedConcurrentExecutions' failed to satisfy "
                + "constraint: Member must not be null")
        #expect(await put("hello", -1).errorType == "ValidationException")
        #expect(
            await put("none", 1).message
                == "Function not found: \(lambda.arn("none", "$LATEST"))")
        #expect(await put("hello:1", 1).errorType == "InvalidParameterValueException")
    }

    /// Source: LocalStack's recording of AWS, November 2025.
    @Test(arguments: ["hello:$LATEST", "arn:aws:lambda:eu-central-1:123456789012:function:hello:$LATEST", "hello:1"])
    func isOfFunctionsOnly(_ name: String) async {
        await lambda.create()
        let refusal =
            "This operation is permitted on Lambda functions only. Aliases and versions do not support this "
            + "operation. Please specify either a function name or an unqualified function ARN."
        for answer in [
            await put(name, 1), await lambda.call("DELETE", "/2017-10-31/functions/\(name)/concurrency"),
            await lambda.call("GET", "/2019-09-30/functions/\(name)/concurrency"),
        ] {
            #expect(answer.errorType == "InvalidParameterValueException")
            #expect(answer.message == refusal)
        }
    }

    @Test func countsInTheAccount() async {
        await lambda.create("hello", ["Publish": true])
        _ = await put("hello", 10)
        let answer = await lambda.call("GET", "/2016-08-19/account-settings")
        #expect(
            answer.json == [
                "AccountLimit": [
                    "TotalCodeSize": 80_530_636_800, "CodeSizeUnzipped": 262_144_000, "CodeSizeZipped": 52_428_800,
                    "ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 990,
                ],
                "AccountUsage": ["TotalCodeSize": .number(2 * Zip.oneFile.count), "FunctionCount": 1],
            ])
    }
}
