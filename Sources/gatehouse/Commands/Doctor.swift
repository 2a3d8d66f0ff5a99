import ArgumentParser
import GatewayServer

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say which function runtimes are usable here, and what to install for the others.")

    @Option(help: ArgumentHelp("Private interpreters of functions.", valueName: "dir"))
    var runtimes: String?

    func run() throws {
        var settings = ServerSettings()
        settings.runtimesFolder = ServerOptions.absolute(runtimes ?? ServerOptions.runtimesBesideProgram)
        settings.searchPath = ServerOptions.environment("PATH") ?? settings.searchPath
        let report = try RuntimeReport(settings)
        Console.say(report.text)
        if !report.isComplete { throw ExitCode(1) }
    }
}
