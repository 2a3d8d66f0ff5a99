import ArgumentParser
import GatewayServer

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say which function runtimes are usable here, and what to install for the others.")

    @Option(help: ArgumentHelp("Private interpreters of functions.", valueName: "dir"))
    var runtimes: String?

    @Flag(
        name: .customLong("install-node-sdk"),
        help: "Install the AWS SDK v3 for JavaScript with npm, for Node.js functions that do not bring it.")
    var installsNodeSDK = false

    func run() async throws {
        var settings = ServerSettings()
        settings.runtimesFolder = ServerOptions.absolute(runtimes ?? ServerOptions.runtimesBesideProgram)
        settings.searchPath = ServerOptions.environment("PATH") ?? settings.searchPath
        if installsNodeSDK { try await installNodeSDK(settings) }
        let report = try RuntimeReport(settings)
        Console.say(report.text)
        if !report.isComplete { throw ExitCode(1) }
    }

    private func installNodeSDK(_ settings: ServerSettings) async throws {
        let problem = await RuntimeReport.installNodeSDK(
            settings, environment: ServerOptions.wholeEnvironment, onLine: { Console.say($0) })
        guard let problem else { return }
        Console.warn("gatehouse: \(problem)")
        throw ExitCode(1)
    }
}
