import GatewayModel
import JSON
import Synchronization
import TestFixtures
import Testing

@testable import ControlPlane
@testable import FunctionPackages

@Suite struct FunctionDependenciesTests {
    /// Has a folder of packages for every runtime but one.
    private final class Packages: FunctionDependencies {
        let folder: TemporaryFolder
        /// What happens while something is installed.
        let meanwhile = Mutex<(@Sendable () async -> Void)?>(nil)

        init(folder: TemporaryFolder) { self.folder = folder }

        func install(for folder: String, runtime: String) async throws(DependencyError) -> DependencyFolder? {
            await meanwhile.withLock { $0 }?()
            guard runtime != "python3.9" else { throw DependencyError("\(folder)/requirements.txt: no such package") }
            return DependencyFolder(path: self.folder.path + "/" + runtime)
        }
    }

    private let folder = TemporaryFolder()
    private let packages = TemporaryFolder()
    private let dependencies: Packages
    private let lambda: LambdaPlane

    init() throws {
        dependencies = Packages(folder: packages)
        lambda = LambdaPlane(dependencies: dependencies)
        try folder.write("one", to: "app.py")
        for runtime in ["python3.11", "python3.12"] { try packages.write(runtime, to: runtime + "/greeting.py") }
    }

    private func create(_ runtime: String) async -> Answer {
        let members: JSONObject = [
            "FunctionName": "hello", "Runtime": .string(runtime), "Handler": "app.handler",
            "Role": .string(LambdaPlane.role),
            "Code": ["S3Bucket": "gatehouse.local", "S3Key": .string(folder.path)],
        ]
        return await lambda.call("POST", "/2015-03-31/functions", .object(members), allowsLocalCode: true)
    }

    private func greeting() async -> String? {
        contents((await lambda.host.latest()?.versions.first?.code.path ?? "") + "/greeting.py")
    }

    @Test func lieBesideTheCode() async {
        #expect(await create("python3.12").status == 201)
        #expect(await greeting() == "python3.12")
    }

    @Test func followTheRuntime() async {
        _ = await create("python3.12")
        #expect(await lambda.update("hello", ["Runtime": "python3.11"]).status == 200)
        #expect(await greeting() == "python3.11")
    }

    @Test func forAnotherRuntimeLeaveCodeThatCameMeanwhile() async {
        _ = await create("python3.12")
        let lambda = lambda
        dependencies.meanwhile.withLock {
            $0 = {
                _ = await lambda.call(
                    "PUT", "/2015-03-31/functions/hello/code", ["ZipFile": .string(Base64.encode(Zip.oneFile))])
            }
        }
        let answer = await lambda.update("hello", ["Runtime": "python3.11"])
        #expect(answer.status == 409)
        #expect(answer.errorType == "ResourceConflictException")
        #expect(await lambda.get().string("Configuration.Runtime") == "python3.12")
        #expect(await lambda.host.latest()?.versions.first?.code.path.contains("/.local/") == false)
    }

    @Test func thatCannotBeInstalledRefuseTheFunction() async {
        let answer = await create("python3.9")
        #expect(answer.status == 400)
        #expect(answer.message == "\(folder.path)/requirements.txt: no such package")
        #expect(await lambda.get().status == 404)
    }
}
