import EntityStore
import GatewayModel
import JSON
import TestFixtures
import Testing

@testable import ControlPlane
@testable import FunctionPackages

@Suite struct ReadFunctionTests {
    private let lambda = LambdaPlane()

    @Test func linksToTheCode() async throws {
        await lambda.create()
        let answer = await lambda.call(
            "GET", "/2015-03-31/functions/hello", headers: [("host", "localhost:4566")])
        let digest = FunctionPackages.digest(Zip.oneFile)
        let location = "http://localhost:4566/_gatehouse/functions/hello/code/\(digest).zip"
        #expect(answer.string("Code.Location")?.split(separator: "?").first == location[...])
        #expect(answer.string("Code.RepositoryType") == "S3")
        let code = await lambda.call("GET", "/_gatehouse/functions/hello/code/\(digest).zip")
        #expect(code.status == 200)
        #expect(code.header("content-type") == "application/zip")
        #expect(code.body == Zip.oneFile)
    }

    @Test(arguments: ["hello/code/..%2F..%2Fstore", "hello/code/x.zip", "other/code/x.zip", "..%2Fhello/code/x.zip"])
    func linksToNothingElse(_ path: String) async {
        await lambda.create()
        #expect(await lambda.call("GET", "/_gatehouse/functions/\(path)").status == 404)
    }

    @Test func showsTagsAndConcurrencyOnlyWhereThereAreAny() async {
        await lambda.create()
        #expect(await lambda.get().json.object?.keys == ["Configuration", "Code"])
        await lambda.create("other", ["Tags": ["team": "a"]])
        _ = await lambda.call(
            "PUT", "/2017-10-31/functions/other/concurrency", ["ReservedConcurrentExecutions": 3])
        let answer = await lambda.get("other")
        #expect(answer["Tags"] == ["team": "a"])
        #expect(answer["Concurrency"] == ["ReservedConcurrentExecutions": 3])
    }

    @Test func namesLatestInTheARNWhenAsked() async {
        await lambda.create()
        #expect(
            await lambda.get(query: "Qualifier=%24LATEST").string("Configuration.FunctionArn")
                == lambda.arn("hello", "$LATEST"))
        let configuration = await lambda.call("GET", "/2015-03-31/functions/hello/configuration")
        #expect(configuration["FunctionArn"]?.string == lambda.arn())
    }

    @Test func listsInPages() async throws {
        for name in ["c", "a", "b"] { await lambda.create(name) }
        let first = await lambda.call("GET", "/2015-03-31/functions", query: "MaxItems=2")
        #expect(first["Functions"]?.array?.map { $0["FunctionName"]?.string } == ["a", "b"])
        let marker = try #require(first["NextMarker"]?.string)
        // What is made or deleted meanwhile shifts nothing.
        await lambda.create("aa")
        _ = await lambda.call("DELETE", "/2015-03-31/functions/b")
        let query = "MaxItems=2&Marker=\(marker.replacing("=", with: "%3D"))"
        let second = await lambda.call("GET", "/2015-03-31/functions/", query: query)
        #expect(second["Functions"]?.array?.map { $0["FunctionName"]?.string } == ["c"])
        #expect(second["NextMarker"] == nil)
    }

    @Test func listsAllVersionsWhenAsked() async {
        await lambda.create("one", ["Publish": true])
        await lambda.create("two")
        let plain = await lambda.call("GET", "/2015-03-31/functions")
        #expect(plain["Functions"]?.array?.map { $0["FunctionArn"]?.string } == [lambda.arn("one"), lambda.arn("two")])
        #expect(plain["Functions"]?.array?.allSatisfy { $0["State"] == nil && $0["LastUpdateStatus"] == nil } == true)
        let all = await lambda.call("GET", "/2015-03-31/functions", query: "FunctionVersion=ALL")
        #expect(
            all["Functions"]?.array?.map { $0["FunctionArn"]?.string } == [
                lambda.arn("one", "$LATEST"), lambda.arn("one", "1"), lambda.arn("two", "$LATEST"),
            ])
        let wrong = await lambda.call("GET", "/2015-03-31/functions", query: "FunctionVersion=invalid&MaxItems=0")
        #expect(
            wrong.message
                == "2 validation errors detected: Value 'invalid' at 'functionVersion' failed to satisfy constraint: "
                + "Member must satisfy enum value set: [ALL]; Value '0' at 'maxItems' failed to satisfy constraint: "
                + "Member must have value greater than or equal to 1")
    }

    @Test func answersWhatToolsAskForBesides() async {
        await lambda.create()
        let signing = await lambda.call("GET", "/2020-06-30/functions/hello/code-signing-config")
        #expect(signing.status == 200)
        #expect(signing.text == #"{"FunctionName":"hello"}"#)
        let runtime = await lambda.call("GET", "/2021-07-20/functions/hello/runtime-management-config")
        #expect(runtime.json == ["UpdateRuntimeOn": "Auto", "FunctionArn": .string(lambda.arn("hello", "$LATEST"))])
        let recursion = await lambda.call("GET", "/2024-08-31/functions/hello/recursion-config")
        #expect(recursion.json == ["RecursiveLoop": "Terminate"])
        let missing = await lambda.call("GET", "/2020-06-30/functions/other/code-signing-config")
        #expect(missing.message == "Function not found: \(lambda.arn("other"))")
    }
}

@Suite struct DeleteFunctionTests {
    private let lambda = LambdaPlane()

    private func delete(_ name: String = "hello", query: String = "") async -> Answer {
        await lambda.call("DELETE", "/2015-03-31/functions/\(name)", query: query)
    }

    @Test func leavesNothing() async {
        await lambda.create("hello", ["Publish": true])
        await lambda.create("other")
        _ = await lambda.call(
            "POST", "/2015-03-31/functions/hello/aliases", ["Name": "live", "FunctionVersion": "1"])
        let answer = await delete()
        #expect(answer.status == 204)
        #expect(answer.body.isEmpty)
        #expect(await lambda.get().status == 404)
        #expect(await lambda.host.removed == ["hello"])
        #expect(
            await lambda.store.entities.map(\.id)
                == [Entity.ID(root: RootID("function", "other"), kind: "lambda.function", key: "other")])
        lambda.settle()
        #expect(Files.kind("\(lambda.codeFolder)/hello") == nil)
        #expect(lambda.packages(of: "other").count == 2)
    }

    @Test func needsAFunction() async {
        let answer = await delete("hello", query: "Qualifier=1")
        #expect(answer.status == 404)
        #expect(answer.message == "Function not found: \(lambda.arn())")
    }

    @Test(arguments: [
        ("live", "Deletion of aliases is not currently supported."),
        ("%24LATEST", "$LATEST version cannot be deleted without deleting the function."),
    ])
    func deletesVersionsOnly(_ qualifier: String, message: String) async {
        await lambda.create()
        let answer = await delete("hello", query: "Qualifier=\(qualifier)")
        #expect(answer.status == 400)
        #expect(answer.json == ["Type": "User", "message": .string(message)])
    }
}
