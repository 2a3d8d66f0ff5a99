import GatewayModel
import JSON
import TestFixtures
import Testing

@testable import ControlPlane
@testable import FunctionPackages

@Suite struct RehearsalTests {
    private let lambda = LambdaPlane()
    private let folder = TemporaryFolder()

    private var code: JSONValue { ["S3Bucket": "gatehouse.local", "S3Key": .string(folder.path)] }

    private func create() async throws {
        try folder.write("one", to: "app.py")
        let members: JSONObject = [
            "FunctionName": "hello", "Runtime": "python3.12", "Handler": "app.handler",
            "Role": .string(LambdaPlane.role), "Code": code,
        ]
        _ = await lambda.call("POST", "/2015-03-31/functions", .object(members), allowsLocalCode: true)
    }

    /// - Parameter configuration: what changes together with the code.
    private func update(_ configuration: JSONObject = [:], isDryRun: Bool = false) async -> Answer {
        var members = code.object ?? [:]
        if isDryRun { members["DryRun"] = true }
        members["GatehouseTrial"] = .object(configuration)
        return await lambda.call("PUT", "/2015-03-31/functions/hello/code", .object(members), allowsLocalCode: true)
    }

    @Test func whatWasRehearsedIsPublished() async throws {
        try await create()
        try folder.write("two", to: "app.py")
        #expect(await update().status == 200)
        let rehearsed = try #require(await lambda.host.rehearsed.last?.versions.first)
        #expect(await lambda.host.latest()?.versions.first == rehearsed)
        #expect(contents(rehearsed.code.path + "/app.py") == "two")
    }

    @Test func codeThatDoesNotStartIsNotPutIntoUse() async throws {
        try await create()
        let before = await lambda.get()
        let served = try #require(await lambda.host.latest()?.versions.first)
        try folder.write("broken", to: "app.py")
        await lambda.host.failInit(
            with: InitError(errorType: "Runtime.UserCodeSyntaxError", errorMessage: "Syntax error in module 'app'"))
        let answer = await update()
        #expect(answer.status == 400)
        #expect(
            answer.message
                == "The new code does not start: Runtime.UserCodeSyntaxError: Syntax error in module 'app'")
        #expect(await lambda.get().json == before.json)
        #expect(contents(served.code.path + "/app.py") == "one")
    }

    @Test func theFailureNamesTheSourceAndItsLine() async throws {
        try await create()
        try folder.write("broken", to: "app.py")
        await lambda.host.failRehearsals { codeFolder in
            InitError(
                errorType: "NameError", errorMessage: "name 'x' is not defined",
                trace: [
                    #"  File "/usr/lib/python3.11/importlib.py", line 126, in import_module"#,
                    #"  File "\#(codeFolder)/app.py", line 7, in <module>"#,
                ])
        }
        #expect(
            await update().message
                == "\(folder.path)/app.py:7: The new code does not start: NameError: name 'x' is not defined")
    }

    @Test func sameCodeIsNotSwapped() async throws {
        try await create()
        let before = await lambda.get()
        #expect(await update().status == 200)
        #expect(await lambda.host.rehearsed.isEmpty)
        #expect(await lambda.host.published.count == 1)
        #expect(await lambda.get().json == before.json)
    }

    @Test func codeAndConfigurationChangeInOneStep() async throws {
        try await create()
        try folder.write("two", to: "main.py")
        #expect(await update(["Handler": "main.handler", "Timeout": 7]).status == 200)
        let rehearsed = try #require(await lambda.host.rehearsed.last?.versions.first)
        #expect(rehearsed.handler == "main.handler")
        #expect(rehearsed.timeout == 7)
        #expect(await lambda.host.published.count == 2)
        #expect(await lambda.host.latest()?.versions.first == rehearsed)
    }

    @Test func aConfigurationThatDoesNotStartIsNotPutIntoUse() async throws {
        try await create()
        let before = await lambda.get()
        await lambda.host.failInit(with: InitError(errorType: "Runtime.HandlerNotFound", errorMessage: "no typo"))
        #expect(await update(["Handler": "app.typo"]).status == 400)
        #expect(await lambda.get().json == before.json)
    }

    @Test func whatWasTriedBeforehandIsTakenUp() async throws {
        try await create()
        let before = await lambda.get()
        try folder.write("two", to: "app.py")
        #expect(await update(["Timeout": 7], isDryRun: true).status == 200)
        #expect(await lambda.get().json == before.json)
        #expect(await lambda.host.published.count == 1)
        #expect(await update(["Timeout": 7]).status == 200)
        #expect(await lambda.host.rehearsed.count == 1)
        #expect(await lambda.host.latest()?.versions.first == lambda.host.rehearsed[0].versions.first)
    }

    @Test func whatChangedSinceItWasTriedIsTriedAgain() async throws {
        try await create()
        try folder.write("two", to: "app.py")
        _ = await update(isDryRun: true)
        try folder.write("three!", to: "app.py")
        #expect(await update().status == 200)
        #expect(await lambda.host.rehearsed.count == 2)
        #expect(await lambda.host.latest()?.versions.first == lambda.host.rehearsed[1].versions.first)
    }

    @Test func anotherRoleIsTriedAsWell() async throws {
        let trust = { (service: String) in
            #"{"Statement": {"Effect": "Allow", "Principal": {"Service": "\#(service)"}, "Action": "sts:AssumeRole"}}"#
        }
        for (name, service) in [("functions", "lambda"), ("other", "lambda"), ("foreign", "ec2")] {
            let trust = trust("\(service).amazonaws.com")
            _ = await lambda.form("CreateRole", ["RoleName": name, "AssumeRolePolicyDocument": trust])
        }
        let id = { (name: String) in lambda.plane.world[IAM.Role.self, name]?.id }
        let arn = { (name: String) in JSONValue.string("arn:aws:iam::123456789012:role/\(name)") }
        try await create()
        #expect(await lambda.host.latest()?.versions.first?.roleId == id("functions"))
        #expect(await update(["Role": arn("foreign")]).status == 400)
        #expect(await update(["Role": arn("other")]).status == 200)
        #expect(await lambda.host.rehearsed.last?.versions.first?.roleId == id("other"))
        #expect(await lambda.host.latest()?.versions.first == lambda.host.rehearsed.last?.versions.first)
        // Nothing of the role before stays behind one that is not here.
        #expect(await update(["Role": arn("made-up")]).status == 200)
        #expect(await lambda.host.latest()?.versions.first?.roleId == nil)
    }

    @Test func aTrialIsForCallersInsideTheProcess() async throws {
        await lambda.create()
        let zip = JSONValue.string(Base64.encode(Zip.oneFile))
        _ = await lambda.call(
            "PUT", "/2015-03-31/functions/hello/code", ["ZipFile": zip, "GatehouseTrial": ["Timeout": 9]])
        #expect(await lambda.host.rehearsed.isEmpty)
        #expect(await lambda.host.latest()?.versions.first?.timeout == 3)
    }

    /// Functions that nobody calls are started when their own file changed, not for one that they share.
    @Test(arguments: [("app.py", true), ("shared.py", false)])
    func whatIsStartedThoughNobodyCalls(file: String, isNeeded: Bool) async throws {
        try await create()
        try folder.write("new", to: file)
        #expect(await update().status == 200)
        #expect(await lambda.host.needed == [isNeeded])
    }

    @Test func uploadedCodeIsNotRehearsed() async {
        await lambda.create()
        _ = await lambda.call(
            "PUT", "/2015-03-31/functions/hello/code", ["ZipFile": .string(Base64.encode(Zip.oneFile))])
        #expect(await lambda.host.rehearsed.isEmpty)
    }

    @Test func copiesGoWhenNothingRunsInThem() async throws {
        try await create()
        let folders = lambda.codeFolder + "/.local"
        await lambda.host.run()
        try folder.write("two", to: "app.py")
        _ = await update()
        lambda.settle()
        #expect(Files.list(folders).count == 2)
        await lambda.host.endAll()
        try folder.write("three", to: "app.py")
        _ = await update()
        lambda.settle()
        #expect(Files.list(folders).count == 1)
    }
}

@Suite struct HandlerFileTests {
    @Test(arguments: [
        ("app.handler", "python3.12", ["app.py", "app/__init__.py"]),
        ("pkg/app.handler", "python3.12", ["pkg/app.py", "pkg/app/__init__.py"]),
        ("pkg.app.handler", "python3.12", ["pkg/app.py", "pkg/app/__init__.py"]),
        ("src/index.handler", "nodejs20.x", ["src/index.js", "src/index.mjs", "src/index.cjs"]),
        ("index.a.b", "nodejs20.x", ["index.js", "index.mjs", "index.cjs"]), ("any", "provided.al2023", ["bootstrap"]),
    ])
    func isFoundByHandlerAndRuntime(handler: String, runtime: String, paths: [String]) {
        #expect(HandlerFile.paths(handler, runtime: runtime) == paths)
    }
}

@Suite struct SourceLocationTests {
    @Test(arguments: [
        ([#"  File "/src/app.py", line 1, in a"#, #"  File "/src/lib/b.py", line 22, in b"#], "/src/lib/b.py", 22),
        ([#"  File "/src/app.py" Line 3"# + "\n    bad\n"], "/src/app.py", 3),
        (["Error: x", "    at init (/src/lib/b.js:4:9)", "    at /src/app.js:1:1"], "/src/lib/b.js", 4),
        (["file:///src/app.mjs:3", "const = 1", "SyntaxError: x"], "/src/app.mjs", 3),
    ])
    func isTheInnermostLineOfTheCode(_ trace: [String], _ file: String, _ line: Int) throws {
        let location = try #require(SourceLocation(trace: trace, in: "/src"))
        #expect(location.file == file)
        #expect(location.line == line)
    }

    @Test func isUnknownWhenTheTraceNeverComesThroughTheCode() {
        #expect(SourceLocation(trace: ["  File \"/usr/lib/x.py\", line 1", "/srcs/app.js:1"], in: "/src") == nil)
    }
}
