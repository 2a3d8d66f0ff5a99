import GatewayModel
import JSON
import TestFixtures
import Testing

@testable import ControlPlane
@testable import FunctionPackages

@Suite struct VersionsTests {
    private let lambda = LambdaPlane()

    @Test func keepsTheStateOfLatest() async throws {
        await lambda.create("hello", ["Description": "latest", "Timeout": 4])
        let before = await lambda.get().string("Configuration.RevisionId")
        let published = await lambda.publish("hello", ["Description": "first"])
        #expect(published.status == 201)
        #expect(published["Version"] == "1")
        #expect(published["Description"] == "first")
        #expect(published["FunctionArn"]?.string == lambda.arn("hello", "1"))
        #expect(published["State"] == "Active")
        #expect(published["LastUpdateStatus"] == "Successful")

        _ = await lambda.update("hello", ["Timeout": 5])
        let version = await lambda.get(query: "Qualifier=1")
        #expect(version.json["Configuration"] == published.json)
        // Publishing gives $LATEST a new revision, but replaces none of its environments.
        #expect(before != nil)
        let definitions = await lambda.host.published
        #expect(definitions[0].versions[0].revisionId == definitions[1].versions[0].revisionId)
        #expect(definitions.last?.versions.map(\.timeout) == [5, 4])
    }

    @Test func changesTheRevisionOfLatest() async {
        await lambda.create()
        let before = await lambda.get().string("Configuration.RevisionId")
        _ = await lambda.publish()
        #expect(await lambda.get().string("Configuration.RevisionId") != before)
    }

    /// Source: LocalStack's snapshot of AWS (test_version_lifecycle): without a change the last version is answered, and a new
    /// description alone is none.
    @Test func isTheSameWhenNothingChanged() async {
        await lambda.create("hello", ["Description": "latest"])
        let first = await lambda.publish("hello", ["Description": "first"])
        #expect(await lambda.publish("hello", ["Description": "second"]).json == first.json)
        _ = await lambda.update("hello", ["Description": "changed"])
        #expect(await lambda.publish()["Version"] == "2")
    }

    @Test func asksForRevisionAndDigest() async throws {
        await lambda.create()
        #expect(await lambda.publish("hello", ["RevisionId": "wrong"]).status == 412)
        let digest = try FunctionPackages.describe(Zip.oneFile).codeSha256
        let wrong = await lambda.publish("hello", ["CodeSha256": "somethingelse"])
        #expect(wrong.status == 400)
        #expect(
            wrong.message
                == "CodeSHA256 (somethingelse) is different from current CodeSHA256 in $LATEST (\(digest)). "
                + "Please try again with the CodeSHA256 in $LATEST.")
        #expect(await lambda.publish("hello", ["CodeSha256": .string(digest)]).status == 201)
    }

    @Test func listsByNumber() async throws {
        await lambda.create()
        for timeout in 1...11 {
            _ = await lambda.update("hello", ["Timeout": .number(timeout)])
            _ = await lambda.publish()
        }
        let path = "/2015-03-31/functions/hello/versions"
        let first = await lambda.call("GET", path, query: "MaxItems=10")
        #expect(
            first["Versions"]?.array?.map { $0["Version"]?.string }
                == ["$LATEST"] + (1...9).map { String($0) })
        #expect(first["Versions"]?.array?.first?["FunctionArn"]?.string == lambda.arn("hello", "$LATEST"))
        #expect(first["Versions"]?.array?.first?["State"] == nil)
        let marker = try #require(first["NextMarker"]?.string)
        let second = await lambda.call("GET", path, query: "Marker=\(marker.replacing("=", with: "%3D"))")
        #expect(second["Versions"]?.array?.map { $0["Version"]?.string } == ["10", "11"])
    }

    @Test func numbersAreNotUsedAgain() async {
        await lambda.create()
        _ = await lambda.publish()
        let path = "/2015-03-31/functions/hello"
        #expect(await lambda.call("DELETE", path, query: "Qualifier=1").status == 204)
        #expect(await lambda.call("DELETE", path, query: "Qualifier=1").status == 204)
        #expect(await lambda.get(query: "Qualifier=1").status == 404)
        #expect(await lambda.host.latest()?.versions.map(\.version) == ["$LATEST"])
        #expect(await lambda.publish()["Version"] == "2")
        _ = await lambda.update("hello", ["Timeout": 5])
        #expect(await lambda.publish()["Version"] == "3")
    }

    @Test func oneThatAnAliasNamesStays() async {
        await lambda.create()
        _ = await lambda.publish()
        _ = await lambda.call(
            "POST", "/2015-03-31/functions/hello/aliases", ["Name": "live", "FunctionVersion": "1"])
        let answer = await lambda.call("DELETE", "/2015-03-31/functions/hello", query: "Qualifier=1")
        #expect(answer.status == 409)
        #expect(await lambda.get(query: "Qualifier=1").status == 200)
    }

    @Test func keepsTheCodeItNeeds() async throws {
        await lambda.create()
        _ = await lambda.publish()
        for text in ["one", "two", "three"] {
            let zip = Base64.encode(Zip(.init("a", text)).bytes)
            _ = await lambda.call("PUT", "/2015-03-31/functions/hello/code", ["ZipFile": .string(zip)])
        }
        let first = FunctionPackages.digest(Zip.oneFile)
        #expect(lambda.packages().contains(first))
        _ = await lambda.call("DELETE", "/2015-03-31/functions/hello", query: "Qualifier=1")
        #expect(!lambda.packages().contains(first))
    }
}
