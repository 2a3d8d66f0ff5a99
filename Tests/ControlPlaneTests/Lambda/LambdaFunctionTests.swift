import EntityStore
import GatewayModel
import JSON
import TestFixtures
import Testing

@testable import ControlPlane
@testable import FunctionPackages

@Suite struct RestoreFunctionsTests {
    private let lambda = LambdaPlane()

    @Test func isTheSameAfterARestart() async throws {
        await lambda.create("hello", ["Publish": true, "Tags": ["b": "1", "a": "2"]])
        _ = await lambda.update("hello", ["Timeout": 30, "Environment": ["Variables": ["ZED": "1", "ALPHA": "2"]]])
        _ = await lambda.publish()
        _ = await lambda.call(
            "POST", "/2015-03-31/functions/hello/aliases",
            [
                "Name": "live", "FunctionVersion": "1",
                "RoutingConfig": ["AdditionalVersionWeights": ["2": .number("0.25")]],
            ])
        _ = await lambda.call(
            "POST", "/2015-03-31/functions/hello/policy",
            [
                "StatementId": "api", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com",
                "SourceAccount": "123456789012",
            ], query: "Qualifier=live")
        _ = await lambda.call("PUT", "/2017-10-31/functions/hello/concurrency", ["ReservedConcurrentExecutions": 2])
        let before = try #require(await lambda.host.latest())
        let restarted = try await lambda.restarted()
        let after = try #require(await restarted.host.latest())
        #expect(after.versions == before.versions)
        #expect(after.aliases == before.aliases)
        #expect(after.policies == before.policies)
        #expect(after.reservedConcurrency == 2)
        for path in ["", "/versions", "/aliases", "/aliases/live", "/policy"] {
            let path = "/2015-03-31/functions/hello" + path
            let query = path.hasSuffix("policy") ? "Qualifier=live" : ""
            let first = await lambda.call("GET", path, query: query)
            #expect(await restarted.call("GET", path, query: query).text == first.text)
            #expect(first.status == 200)
        }
        // Numbers go on where they were.
        _ = await restarted.update("hello", ["Timeout": 31])
        #expect(await restarted.publish()["Version"] == "3")
    }

    @Test func unpacksAgainWhatIsMissing() async throws {
        await lambda.create()
        let folder = try #require(await lambda.host.latest()?.versions.first?.code.path)
        Files.remove(folder)
        _ = try await lambda.restarted()
        #expect(contents(folder + "/handler.py") != nil)
    }

    @Test func doesNotStartOnWhatItCannotRead() async throws {
        let id = Entity.ID(root: RootID("function", "gone"), kind: "lambda.version", key: "1")
        try await lambda.store.commit([.save(Entity(id: id, document: Array("{}".utf8)))])
        await #expect(throws: UnreadableEntity.self) { try await lambda.restarted() }
    }
}
