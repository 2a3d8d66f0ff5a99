import EntityStore
import GatewayModel
import JSON
import Testing

@testable import ControlPlane

@Suite struct CreateFunctionTests {
    private let lambda = LambdaPlane()

    /// Source: recorded from AWS (test_function_lifecycle), less what the moment decides.
    @Test func answersAsAWSDoes() async throws {
        let created = await lambda.create("hello", ["Environment": ["Variables": ["KEY": "value"]]])
        #expect(created.status == 201)
        var body = try #require(created.json.object)
        let revision = try #require(body["RevisionId"]?.string)
        #expect(revision.utf8.count == 36)
        body["RevisionId"] = nil
        let runtimeArn = body["RuntimeVersionConfig"]?["RuntimeVersionArn"]?.string
        #expect(runtimeArn?.hasPrefix("arn:aws:lambda:eu-central-1::runtime:") == true)
        body["RuntimeVersionConfig"] = nil
        let package = try FunctionPackages.describe(Zip.oneFile)
        #expect(
            JSONValue.object(body) == [
                "FunctionName": "hello", "FunctionArn": .string(lambda.arn()), "Runtime": "python3.12",
                "Role": .string(LambdaPlane.role), "Handler": "handler.handler", "CodeSize": .number(package.codeSize),
                "Description": "", "Timeout": 3, "MemorySize": 128, "LastModified": "2024-05-01T12:34:56.789+0000",
                "CodeSha256": .string(package.codeSha256), "Version": "$LATEST",
                "Environment": ["Variables": ["KEY": "value"]], "TracingConfig": ["Mode": "PassThrough"],
                "State": "Pending", "StateReason": "The function is being created.", "StateReasonCode": "Creating",
                "PackageType": "Zip", "Architectures": ["x86_64"], "EphemeralStorage": ["Size": 512],
                "SnapStart": ["ApplyOn": "None", "OptimizationStatus": "Off"],
                "LoggingConfig": ["LogFormat": "Text", "LogGroup": "/aws/lambda/hello"],
            ])
    }

    @Test func isActiveAtOnce() async {
        let created = await lambda.create()
        let answer = await lambda.get()
        #expect(answer.string("Configuration.State") == "Active")
        #expect(answer.string("Configuration.LastUpdateStatus") == "Successful")
        #expect(answer.json["Configuration"]?["StateReason"] == nil)
        #expect(answer.string("Configuration.RevisionId") != created.string("RevisionId"))
    }

    @Test func hasNoEnvironmentUnlessOneIsGiven() async {
        #expect(await lambda.create("plain")["Environment"] == nil)
        #expect(await lambda.create("empty", ["Environment": [:]])["Environment"] == ["Variables": [:]])
    }

    @Test func tellsTheHost() async throws {
        await lambda.create(
            "hello",
            [
                "Timeout": 7, "MemorySize": 256, "Environment": ["Variables": ["KEY": "value"]],
                "LoggingConfig": ["LogFormat": "JSON", "ApplicationLogLevel": "DEBUG", "LogGroup": "mine"],
            ])
        let definition = try #require(await lambda.host.latest())
        #expect(definition.account == LambdaPlane.account)
        let version = try #require(definition.versions.first)
        #expect(definition.versions.count == 1)
        #expect(version.version == "$LATEST")
        #expect(version.runtime == "python3.12")
        #expect(version.handler == "handler.handler")
        #expect(version.timeout == 7)
        #expect(version.memorySize == 256)
        #expect(version.environment == ["KEY": "value"])
        #expect(version.logGroup == "mine")
        #expect(version.logFormat == "JSON")
        #expect(version.applicationLogLevel == "DEBUG")
        #expect(version.systemLogLevel == "INFO")
        #expect(contents(version.codeFolder + "/handler.py")?.hasPrefix("def handler") == true)
    }

    @Test func namesAreTakenOnce() async {
        await lambda.create()
        let answer = await lambda.create()
        #expect(answer.status == 409)
        #expect(answer.errorType == "ResourceConflictException")
        #expect(answer.text == #"{"Type":"User","message":"Function already exist: hello"}"#)
    }

    /// Both calls unpack at the same time; one of them has to lose.
    @Test func oneOfTwoCallsAtOnceWins() async {
        async let first = lambda.create()
        async let second = lambda.create()
        let statuses = await [first.status, second.status].sorted()
        #expect(statuses == [201, 409])
        #expect(lambda.packages().count == 2)
    }

    @Test func takesAnARNOfItsOwnAccount() async {
        #expect(await lambda.create(lambda.arn("named"))["FunctionName"] == "named")
        #expect(await lambda.create("123456789012:function:partly")["FunctionName"] == "partly")
    }

    @Test func nothingIsKeptWhenTheStoreRefuses() async {
        lambda.store.refuse()
        #expect(await lambda.create().status == 500)
        #expect(await lambda.get().status == 404)
        #expect(await lambda.host.published.isEmpty)
        #expect(lambda.packages() == [])
    }

    @Test func publishesAtOnceWhenAsked() async {
        let created = await lambda.create("hello", ["Publish": true])
        #expect(created["Version"] == "1")
        #expect(created["FunctionArn"]?.string == lambda.arn())
        #expect(created["State"] == "Pending")
        let version = await lambda.get(query: "Qualifier=1")
        #expect(version.string("Configuration.FunctionArn") == lambda.arn("hello", "1"))
        #expect(version.string("Configuration.State") == "Active")
        let latest = await lambda.get()
        let revisions = Set(
            [created.string("RevisionId")]
                + [version, latest].map { $0.string("Configuration.RevisionId") })
        #expect(revisions.count == 3)
    }

    @Test(
        arguments: [
            (
                ["Role": "r1"],
                "Value 'r1' at 'role' failed to satisfy constraint: Member must satisfy regular expression "
                    + #"pattern: arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+"#
            ),
            (["Role": nil], "Value null at 'role' failed to satisfy constraint: Member must not be null"),
            (["Code": nil], "Value null at 'code' failed to satisfy constraint: Member must not be null"),
            (
                ["Handler": "a b"],
                #"Value 'a b' at 'handler' failed to satisfy constraint: "#
                    + #"Member must satisfy regular expression pattern: [^\s]+"#
            ),
            (
                ["Timeout": 0],
                "Value '0' at 'timeout' failed to satisfy constraint: Member must have value greater than or equal to 1"
            ),
            (
                ["Timeout": 901],
                "Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900"
            ),
            (
                ["MemorySize": 127],
                "Value '127' at 'memorySize' failed to satisfy constraint: "
                    + "Member must have value greater than or equal to 128"
            ),
            (
                ["EphemeralStorage": ["Size": 511]],
                "Value '511' at 'ephemeralStorage.size' failed to satisfy constraint: "
                    + "Member must have value greater than or equal to 512"
            ),
            (
                ["Architectures": ["x86_64", "arm64"]],
                "Value '[x86_64, arm64]' at 'architectures' failed to satisfy constraint: "
                    + "Member must have length less than or equal to 1"
            ),
            (
                ["Architectures": ["X86_64"]],
                "Value '[X86_64]' at 'architectures' failed to satisfy constraint: Member must satisfy constraint: "
                    + "[Member must satisfy enum value set: [x86_64, arm64], Member must not be null]"
            ),
            (
                ["Environment": ["Variables": ["KEY": "value", "A": "b"]]],
                "Value '{KEY=value, A=b}' at 'environment.variables' failed to satisfy constraint: Map keys must satisfy "
                    + "constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]"
            ),
            (
                ["TracingConfig": ["Mode": "On"]],
                "Value 'On' at 'tracingConfig.mode' failed to satisfy constraint: "
                    + "Member must satisfy enum value set: [Active, PassThrough]"
            ),
        ] as [(JSONObject, String)])
    func checksTheModel(_ members: JSONObject, violation: String) async {
        let answer = await lambda.create("hello", members)
        #expect(answer.status == 400)
        #expect(answer.errorType == "ValidationException")
        #expect(answer.json == ["message": .string("1 validation error detected: " + violation)])
    }

    @Test(
        arguments: [
            (
                ["MemorySize": 10_241],
                "'MemorySize' value failed to satisfy constraint: Member must have value less than or equal to 10240"
            ),
            (
                ["Runtime": "python3.7"],
                "The runtime parameter of python3.7 is no longer supported for creating or updating AWS Lambda functions. "
                    + "We recommend you use a supported runtime while creating or updating functions."
            ),
            (
                ["Runtime": nil],
                "Runtime and Handler are mandatory parameters for functions created with deployment packages."
            ),
            (["Code": [:]], "Please provide a source for function code."),
            (
                ["Code": ["ZipFile": "bm90IGEgemlw"]],
                "Could not unzip uploaded file. Please check your file, then try to upload again."
            ),
            (
                ["Code": ["ZipFile": "", "S3Bucket": "b"]],
                "Please do not provide other FunctionCode parameters when providing a ZipFile."
            ),
            (
                ["Code": ["ImageUri": "image"]],
                "Please don't provide ImageUri when creating a function with packageType Zip."
            ),
            (
                ["LoggingConfig": ["SystemLogLevel": "INFO"]],
                #"LogLevel is not supported when LogFormat is set to "Text". "#
                    + #"Remove LogLevel from your request or change the LogFormat to "JSON" and try again."#
            ),
            (
                ["Environment": ["Variables": ["AWS_REGION": "x", "KEY": "y", "LAMBDA_TASK_ROOT": "z"]]],
                "Lambda was unable to configure your environment variables because the environment variables you have "
                    + "provided contains reserved keys that are currently not supported for modification. "
                    + "Reserved keys used in this request: AWS_REGION, LAMBDA_TASK_ROOT"
            ),
        ] as [(JSONObject, String)])
    func checksWhatTheServiceChecks(_ members: JSONObject, message: String) async {
        let answer = await lambda.create("hello", members)
        #expect(answer.status == 400)
        #expect(answer.errorType == "InvalidParameterValueException")
        #expect(answer.json == ["Type": "User", "message": .string(message)])
        #expect(await lambda.get().status == 404)
    }

    /// Source: recorded from AWS.
    @Test func namesTheRuntimesThereAre() async {
        let answer = await lambda.create("hello", ["Runtime": "PYTHON3.9"])
        #expect(
            answer.message
                == "Value PYTHON3.9 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: "
                + "[nodejs20.x, python3.14, provided.al2023, python3.12, python3.13, nodejs24.x, nodejs22.x, java25, "
                + "python3.10, python3.11, java21, ruby3.3, ruby3.4, ruby3.2, python3.8, python3.9, java17, nodejs16.x, "
                + "dotnet10, dotnet8, java11, dotnet6, nodejs18.x, provided.al2, java8.al2] or be a valid ARN")
    }

    @Test func measuresTheEnvironmentAsJSON() async {
        // {"LARGE":"…"} has 12 bytes besides the value.
        let fits = String(repeating: "x", count: 4096 - 12)
        #expect(await lambda.create("fits", ["Environment": ["Variables": ["LARGE": .string(fits)]]]).status == 201)
        let answer = await lambda.create("large", ["Environment": ["Variables": ["LARGE": .string(fits + "x")]]])
        #expect(
            answer.message
                == "Lambda was unable to configure your environment variables because the environment variables you have "
                + #"provided exceeded the 4KB limit. String measured: {"LARGE":"\#(fits)x"}"#)
    }

    @Test func countsTags() async {
        var tags: JSONObject = [:]
        for number in 1...51 { tags["key\(number)"] = "value" }
        let answer = await lambda.create("hello", ["Tags": .object(tags)])
        #expect(answer.message == "Number of tags exceeds resource tag limit.")
    }

    @Test func namesMayHave64Characters() async {
        let name = String(repeating: "a", count: 65)
        let answer = await lambda.create(name)
        #expect(answer.errorType == "InvalidParameterValueException")
        #expect(
            answer.message
                == "1 validation error detected: Value '\(name)' at 'functionName' failed to satisfy constraint: "
                + "Member must have length less than or equal to 64")
        #expect(await lambda.create(String(name.dropLast())).status == 201)
    }

    @Test func aMemberOfTheWrongKindIsASerializationException() async {
        let answer = await lambda.create("hello", ["Timeout": "3"])
        #expect(answer.errorType == "SerializationException")
        #expect(answer.message == "Timeout: expected integer, found string")
    }

    @Test(
        arguments: [
            ["Layers": ["arn:aws:lambda:eu-central-1:123456789012:layer:l:1"]],
            ["VpcConfig": ["SubnetIds": ["subnet-1"]]],
            ["DeadLetterConfig": ["TargetArn": "arn:aws:sqs:eu-central-1:123456789012:q"]], ["PackageType": "Image"],
            ["KMSKeyArn": "arn:aws:kms:eu-central-1:123456789012:key/k"],
            ["SnapStart": ["ApplyOn": "PublishedVersions"]],
            ["FileSystemConfigs": [["Arn": "a", "LocalMountPath": "/mnt/a"]]], ["CodeSigningConfigArn": "arn"],
            ["DurableConfig": ["ExecutionTimeout": 10]], ["TenancyConfig": ["TenantIsolationMode": "PER_TENANT"]],
            ["PublishTo": "LATEST_PUBLISHED"], ["ImageConfig": ["Command": ["a"]]], ["Runtime": "java21"],
            ["Code": ["S3Bucket": "bucket", "S3Key": "key"]],
            // Only calls made in process may name folders.
            ["Code": ["S3Bucket": "gatehouse.local", "S3Key": "/tmp"]],
        ] as [JSONObject])
    func refusesWhatThereIsNot(_ members: JSONObject) async {
        let answer = await lambda.create("hello", members)
        #expect(answer.status == 400)
        #expect(answer.errorType == "InvalidParameterValueException")
        #expect(answer.message?.contains("Gatehouse") == true)
        #expect(await lambda.get().status == 404)
    }

    @Test func takesEmptyWordsForNothing() async {
        let answer = await lambda.create(
            "hello",
            [
                "Layers": [], "VpcConfig": ["SubnetIds": [], "SecurityGroupIds": [], "Ipv6AllowedForDualStack": false],
                "DeadLetterConfig": ["TargetArn": ""], "KMSKeyArn": "", "SnapStart": ["ApplyOn": "None"],
                "PackageType": "Zip", "FileSystemConfigs": [], "ImageConfig": [:],
            ])
        #expect(answer.status == 201)
    }
}

@Suite struct LocalCodeFunctionTests {
    private let lambda = LambdaPlane()
    private let folder = TemporaryFolder()

    private func members(_ code: JSONValue) -> JSONObject {
        [
            "FunctionName": "local", "Runtime": "python3.12", "Handler": "app.handler",
            "Role": .string(LambdaPlane.role), "Code": code,
        ]
    }

    @Test func usesTheFolderInPlace() async throws {
        try folder.write("one", to: "app.py")
        let code: JSONValue = ["S3Bucket": "gatehouse.local", "S3Key": .string(folder.path)]
        let created = await lambda.call(
            "POST", "/2015-03-31/functions", .object(members(code)), allowsLocalCode: true)
        #expect(created.status == 201)
        #expect(created["CodeSize"] == 3)
        #expect(await lambda.host.latest("local")?.versions.first?.codeFolder == folder.path)
        #expect(await lambda.get("local").string("Code.Location") == "file://" + folder.path)
        #expect(lambda.packages(of: "local") == [])

        try folder.write("two!", to: "app.py")
        let updated = await lambda.call(
            "PUT", "/2015-03-31/functions/local/code", code, allowsLocalCode: true)
        #expect(updated["CodeSize"] == 4)
        #expect(updated["CodeSha256"] != created["CodeSha256"])
    }

    @Test func saysWhenThereIsNoFolder() async {
        let code: JSONValue = ["S3Bucket": "gatehouse.local", "S3Key": "/nowhere"]
        let answer = await lambda.call(
            "POST", "/2015-03-31/functions", .object(members(code)), allowsLocalCode: true)
        #expect(answer.message == "There is no folder /nowhere.")
    }
}

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

    /// Source: recorded from AWS (test_function_partial_advanced_logging_configuration_update and format_switch).
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
        let folder = try #require(await lambda.host.latest()?.versions.first?.codeFolder)
        #expect(contents(folder + "/handler.py") == "new")
    }

    /// The package before the present one stays, for invocations that still run in it.
    @Test func collectsPackagesThatNothingNeeds() async throws {
        await lambda.create()
        for text in ["one", "two", "three"] {
            _ = await updateCode(["ZipFile": .string(Base64.encode(Zip(.init("a", text)).bytes))])
        }
        let kept = ["two", "three"].map { FunctionPackages.digest(Zip(.init("a", $0)).bytes) }
        #expect(lambda.packages() == kept.flatMap { [$0, $0 + ".zip"] }.sorted())
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

@Suite struct ReadFunctionTests {
    private let lambda = LambdaPlane()

    @Test func linksToTheCode() async throws {
        await lambda.create()
        let answer = await lambda.call(
            "GET", "/2015-03-31/functions/hello", headers: [("host", "localhost:4566")])
        let digest = FunctionPackages.digest(Zip.oneFile)
        let location = "http://localhost:4566/_gatehouse/functions/hello/code/\(digest).zip"
        #expect(answer.string("Code.Location") == location)
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
        #expect(signing.text == "{}")
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
        #expect(lambda.store.load().map(\.id) == [Entity.ID(kind: "lambda.function", key: "other")])
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
        let folder = try #require(await lambda.host.latest()?.versions.first?.codeFolder)
        Files.remove(folder)
        _ = try await lambda.restarted()
        #expect(contents(folder + "/handler.py") != nil)
    }

    @Test func doesNotStartOnWhatItCannotRead() async throws {
        let id = Entity.ID(kind: "lambda.version", parent: "function/gone", key: "1")
        try lambda.store.commit([.save(Entity(id: id, document: Array("{}".utf8)))])
        await #expect(throws: UnreadableEntity.self) { try await lambda.restarted() }
    }
}
