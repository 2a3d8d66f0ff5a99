import GatewayModel
import JSON
import TestFixtures
import Testing

@testable import ControlPlane
@testable import FunctionPackages

@Suite struct CreateFunctionTests {
    private let lambda = LambdaPlane()

    /// Source: LocalStack's snapshot of AWS (test_function_lifecycle), less what the moment decides.
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
        #expect(contents(version.code.path + "/handler.py")?.hasPrefix("def handler") == true)
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
        lambda.store.fill()
        #expect(await lambda.create().status == 500)
        #expect(await lambda.get().status == 404)
        #expect(await lambda.host.published.isEmpty)
        lambda.settle()
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
            ["Layers": ["arn:aws:lambda:::awslayer:AmazonLinux1803"]],
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

    @Test func runsACopyOfTheFolder() async throws {
        try folder.write("one", to: "app.py")
        let code: JSONValue = ["S3Bucket": "gatehouse.local", "S3Key": .string(folder.path)]
        let created = await lambda.call(
            "POST", "/2015-03-31/functions", .object(members(code)), allowsLocalCode: true)
        #expect(created.status == 201)
        #expect(created["CodeSize"] == 3)
        let copy = try #require(await lambda.host.latest("local")?.versions.first?.code.path)
        #expect(copy != folder.path)
        #expect(contents(copy + "/app.py") == "one")
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
