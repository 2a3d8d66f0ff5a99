import EntityStore
import GatewayModel
import JSON
import Testing

@testable import ControlPlane

@Suite struct AliasesTests {
    private let lambda = LambdaPlane()
    private let path = "/2015-03-31/functions/hello/aliases"

    /// Two versions.
    private func prepare() async {
        await lambda.create("hello", ["Publish": true])
        _ = await lambda.update("hello", ["Timeout": 5])
        _ = await lambda.publish()
    }

    private func create(_ name: String, _ version: String, _ weights: JSONValue? = nil) async -> Answer {
        var body: JSONObject = ["Name": .string(name), "FunctionVersion": .string(version)]
        if let weights { body["RoutingConfig"] = ["AdditionalVersionWeights": weights] }
        return await lambda.call("POST", path, .object(body))
    }

    @Test func answersTheAlias() async throws {
        await prepare()
        let created = await create("live", "1", ["2": .number("0.2")])
        #expect(created.status == 201)
        var body = try #require(created.json.object)
        #expect(body["RevisionId"]?.string?.utf8.count == 36)
        body["RevisionId"] = nil
        #expect(
            JSONValue.object(body) == [
                "AliasArn": .string(lambda.arn("hello", "live")), "Name": "live", "FunctionVersion": "1",
                "Description": "", "RoutingConfig": ["AdditionalVersionWeights": ["2": .number("0.2")]],
            ])
        #expect(await lambda.call("GET", path + "/live").json == created.json)
        #expect(
            await lambda.host.latest()?.aliases == [
                Lambda.AliasTarget(name: "live", functionVersion: "1", additionalVersion: "2", additionalWeight: 0.2)
            ])
    }

    @Test func meansItsVersion() async {
        await prepare()
        _ = await create("live", "1")
        let answer = await lambda.get("hello:live")
        #expect(answer.string("Configuration.Version") == "1")
        #expect(answer.string("Configuration.FunctionArn") == lambda.arn("hello", "live"))
        #expect(await create("latest", "$LATEST").status == 201)
    }

    @Test func hasNoRoutingConfigWithoutWeights() async {
        await prepare()
        #expect(await create("plain", "1")["RoutingConfig"] == nil)
        #expect(await create("empty", "1", [:])["RoutingConfig"] == nil)
    }

    /// Source: LocalStack's snapshot of AWS (test_notfound_and_invalid_routingconfigs).
    @Test(
        arguments: [
            (
                "1", ["1": .number("0.8"), "2": .number("0.2")], "InvalidParameterValueException",
                "Number of items in AdditionalVersionWeights cannot be greater than 1"
            ),
            (
                "1", ["2": 2], "ValidationException",
                "1 validation error detected: Value '{2=2.0}' at 'routingConfig.additionalVersionWeights' failed to satisfy "
                    + "constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0, "
                    + "Member must have value greater than or equal to 0.0, Member must not be null]"
            ),
            (
                "1", ["2": -1], "ValidationException",
                "1 validation error detected: Value '{2=-1.0}' at 'routingConfig.additionalVersionWeights' failed to satisfy "
                    + "constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0, "
                    + "Member must have value greater than or equal to 0.0, Member must not be null]"
            ),
            (
                "1", ["1": .number("0.5")], "InvalidParameterValueException",
                "Invalid function version 1. Function version 1 is already included in routing configuration."
            ),
            (
                "10", ["2": .number("0.5")], "ResourceNotFoundException",
                "Function not found: arn:aws:lambda:eu-central-1:123456789012:function:hello:10"
            ),
            (
                "1", ["10": .number("0.5")], "ResourceNotFoundException",
                "Function not found: arn:aws:lambda:eu-central-1:123456789012:function:hello:10"
            ),
            (
                "$LATEST", ["1": .number("0.5")], "InvalidParameterValueException",
                "$LATEST is not supported for an alias pointing to more than 1 version"
            ),
            (
                "1", ["$LATEST": .number("0.5")], "ValidationException",
                "1 validation error detected: Value '{$LATEST=0.5}' at 'routingConfig.additionalVersionWeights' failed to "
                    + "satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to "
                    + "1024, Member must have length greater than or equal to 1, Member must satisfy regular expression "
                    + "pattern: [0-9]+]"
            ),
        ] as [(String, JSONValue, String, String)])
    func weightsThatDoNotFit(_ version: String, weights: JSONValue, code: String, message: String) async {
        await prepare()
        let answer = await create("live", version, weights)
        #expect(answer.errorType == code)
        #expect(answer.message == message)
        #expect(await lambda.call("GET", path + "/live").status == 404)
    }

    @Test func namesAreTakenOnceAndAreNoNumbers() async {
        await prepare()
        _ = await create("2024-01-02", "1")
        let twice = await create("2024-01-02", "1")
        #expect(twice.status == 409)
        #expect(twice.message == "Alias already exists: \(lambda.arn("hello", "2024-01-02"))")
        let number = await create("2024", "1")
        #expect(number.errorType == "ValidationException")
        #expect(
            number.message
                == "1 validation error detected: Value '2024' at 'name' failed to satisfy constraint: "
                + "Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)")
    }

    @Test func updatesWhatIsSaid() async throws {
        await prepare()
        let created = await create("live", "1", ["2": .number("0.2")])
        let described = await lambda.call("PUT", path + "/live", ["Description": "new"])
        #expect(described.status == 200)
        #expect(described["Description"] == "new")
        #expect(described["RoutingConfig"] == ["AdditionalVersionWeights": ["2": .number("0.2")]])
        #expect(described["RevisionId"] != created["RevisionId"])
        let conflicting = await lambda.call("PUT", path + "/live", ["FunctionVersion": "2"])
        #expect(conflicting.message?.hasPrefix("Invalid function version 2.") == true)
        let moved = await lambda.call(
            "PUT", path + "/live", ["FunctionVersion": "2", "RoutingConfig": ["AdditionalVersionWeights": [:]]])
        #expect(moved["FunctionVersion"] == "2")
        #expect(moved["RoutingConfig"] == nil)
        #expect(
            await lambda.host.latest()?.aliases == [Lambda.AliasTarget(name: "live", functionVersion: "2")])
        let stale = await lambda.call("PUT", path + "/live", ["RevisionId": created["RevisionId"] ?? .null])
        #expect(stale.status == 412)
    }

    @Test func tellsWhatIsMissing() async {
        await prepare()
        let arn = lambda.arn("hello", "none")
        #expect(await lambda.call("GET", path + "/none").message == "Cannot find alias arn: \(arn)")
        #expect(await lambda.call("PUT", path + "/none", [:]).message == "Alias not found: \(arn)")
        #expect(await lambda.call("DELETE", path + "/none").status == 204)
    }

    @Test func listsByVersion() async {
        await prepare()
        for (name, version) in [("b", "1"), ("a", "2"), ("c", "1")] { _ = await create(name, version) }
        let all = await lambda.call("GET", path)
        #expect(all["Aliases"]?.array?.map { $0["Name"]?.string } == ["a", "b", "c"])
        let some = await lambda.call("GET", path, query: "FunctionVersion=1")
        #expect(some["Aliases"]?.array?.map { $0["Name"]?.string } == ["b", "c"])
    }

    @Test func goesWithItsPolicy() async {
        await prepare()
        _ = await create("live", "1")
        _ = await lambda.call(
            "POST", "/2015-03-31/functions/hello/policy",
            ["StatementId": "a", "Action": "lambda:InvokeFunction", "Principal": "*"], query: "Qualifier=live")
        #expect(await lambda.host.latest()?.policies.keys == ["live"])
        #expect(await lambda.call("DELETE", path + "/live").status == 204)
        #expect(await lambda.host.latest()?.policies.isEmpty == true)
        #expect(await !lambda.store.entities.contains { $0.id.key == "live" })
    }
}
