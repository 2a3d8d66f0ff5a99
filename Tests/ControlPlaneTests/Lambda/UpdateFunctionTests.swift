import GatewayModel
import JSON
import TestFixtures
import Testing

@testable import ControlPlane
@testable import FunctionPackages

@Suite struct UpdateFunctionTests {
    private let lambda = LambdaPlane()
    private let newZip = Zip(.init("handler.py", "new")).bytes

    private func updateCode(_ members: JSONObject) async -> Answer {
        await lambda.call("PUT", "/2015-03-31/functions/hello/code", .object(members))
    }

    @Test func changesOnlyWhatIsSaid() async throws {
        await lambda.create("hello", ["Description": "before", "Timeout": 9])
        let before = await lambda.get()
        let answer = await lambda.update("hello", ["MemorySize": 512, "Environment": ["Variables": ["NEW": "1"]]])
        #expect(answer.status == 200)
        #expect(answer["MemorySize"] == 512)
        #expect(answer["Description"] == "before")
        #expect(answer["Timeout"] == 9)
        #expect(answer["State"] == "Active")
        #expect(answer["LastUpdateStatus"] == "InProgress")
        #expect(answer["LastUpdateStatusReason"] == "The function is being created.")
        #expect(answer["LastUpdateStatusReasonCode"] == "Creating")
        let after = await lambda.get()
        #expect(after.string("Configuration.LastUpdateStatus") == "Successful")
        let revisions = Set(
            [answer.string("RevisionId")] + [before, after].map { $0.string("Configuration.RevisionId") })
        #expect(revisions.count == 3)
        let versions = await lambda.host.published.compactMap(\.versions.first)
        #expect(versions.last?.memorySize == 512)
        #expect(versions.first?.revisionId != versions.last?.revisionId)
    }

    /// Source: LocalStack's snapshot of AWS (test_function_partial_advanced_logging_configuration_update and format_switch).
    @Test func logLevelsComeAndGoWithJSON() async {
        await lambda.create()
        let json = await lambda.update("hello", ["LoggingConfig": ["LogFormat": "JSON", "SystemLogLevel": "DEBUG"]])
        #expect(
            json["LoggingConfig"] == [
                "LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "DEBUG",
                "LogGroup": "/aws/lambda/hello",
            ])
        let group = await lambda.update("hello", ["LoggingConfig": ["LogGroup": "cool_lambda"]])
        #expect(group["LoggingConfig"]?["LogFormat"] == "JSON")
        let text = await lambda.update("hello", ["LoggingConfig": ["LogFormat": "Text"]])
        #expect(text["LoggingConfig"] == ["LogFormat": "Text", "LogGroup": "cool_lambda"])
    }

    @Test func asksForTheRevisionThatWasSeen() async throws {
        await lambda.create()
        let wrong = await lambda.update("hello", ["Timeout": 5, "RevisionId": "wrong"])
        #expect(wrong.status == 412)
        #expect(wrong.errorType == "PreconditionFailedException")
        #expect(
            wrong.text == #"{"Type":"User","message":"The Revision Id provided does not match the latest Revision Id. "#
                + #"Call the GetFunction/GetAlias API to retrieve the latest Revision Id"}"#)
        #expect(await updateCode(["ZipFile": .string(Base64.encode(newZip)), "RevisionId": "wrong"]).status == 412)
        let seen = try #require(await lambda.get().string("Configuration.RevisionId"))
        #expect(await lambda.update("hello", ["Timeout": 5, "RevisionId": .string(seen)]).status == 200)
    }

    @Test func replacesTheCode() async throws {
        await lambda.create()
        let answer = await updateCode(["ZipFile": .string(Base64.encode(newZip)), "Architectures": ["arm64"]])
        #expect(answer["CodeSha256"]?.string == (try FunctionPackages.describe(newZip).codeSha256))
        #expect(answer["CodeSize"] == .number(newZip.count))
        #expect(answer["Architectures"] == ["arm64"])
        #expect(answer["LastUpdateStatus"] == "InProgress")
        let folder = try #require(await lambda.host.latest()?.versions.first?.code.path)
        #expect(contents(folder + "/handler.py") == "new")
    }

    @Test func collectsPackagesThatNothingNeeds() async throws {
        await lambda.create()
        for text in ["one", "two", "three"] {
            _ = await updateCode(["ZipFile": .string(Base64.encode(Zip(.init("a", text)).bytes))])
        }
        lambda.settle()
        let kept = FunctionPackages.digest(Zip(.init("a", "three")).bytes)
        #expect(lambda.packages() == [kept, kept + ".zip"])
    }

    @Test func filesStayWhileAnEnvironmentRunsInThem() async throws {
        await lambda.create()
        let first = try #require(await lambda.host.latest()?.versions.first?.code.path)
        await lambda.host.run()
        for text in ["one", "two"] {
            _ = await updateCode(["ZipFile": .string(Base64.encode(Zip(.init("a", text)).bytes))])
        }
        lambda.settle()
        #expect(contents(first + "/handler.py") != nil)
        _ = await lambda.call("DELETE", "/2015-03-31/functions/hello")
        lambda.settle()
        #expect(contents(first + "/handler.py") != nil)
        await lambda.host.endAll()
        lambda.settle()
        #expect(Files.kind(first) == nil)
        #expect(Files.kind("\(lambda.codeFolder)/hello") == nil)
    }

    @Test func aPackageThatComesBackStaysThoughItWasGivenUp() async throws {
        await lambda.create()
        await lambda.host.run()
        _ = await updateCode(["ZipFile": .string(Base64.encode(newZip))])
        _ = await updateCode(["ZipFile": .string(Base64.encode(Zip.oneFile))])
        await lambda.host.endAll()
        lambda.settle()
        let folder = try #require(await lambda.host.latest()?.versions.first?.code.path)
        #expect(contents(folder + "/handler.py") != nil)
    }

    @Test func publishesWithTheUpdate() async {
        await lambda.create()
        let answer = await updateCode(["ZipFile": .string(Base64.encode(newZip)), "Publish": true])
        #expect(answer["Version"] == "1")
        #expect(answer["FunctionArn"]?.string == lambda.arn("hello", "1"))
        #expect(answer["State"] == "Pending")
        #expect(answer["LastUpdateStatus"] == nil)
        let version = await lambda.get(query: "Qualifier=1")
        #expect(version.string("Configuration.RevisionId") == answer.string("RevisionId"))
        #expect(await lambda.host.latest()?.versions.map(\.version) == ["$LATEST", "1"])
    }

    @Test func aDryRunTellsTheDigestAndChangesNothing() async throws {
        await lambda.create()
        let before = await lambda.get().json
        let answer = await updateCode(["ZipFile": .string(Base64.encode(newZip)), "DryRun": true])
        #expect(answer["CodeSha256"]?.string == (try FunctionPackages.describe(newZip).codeSha256))
        #expect(await lambda.get().json == before)
        #expect(lambda.packages().count == 2)
    }

    @Test func aFunctionMustBeThere() async {
        for answer in [await lambda.update("hello", ["Timeout": 5]), await updateCode(["ZipFile": ""])] {
            #expect(answer.status == 404)
            #expect(answer.message == "Function not found: \(lambda.arn())")
        }
    }
}
