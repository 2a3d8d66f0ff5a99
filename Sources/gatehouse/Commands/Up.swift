import ArgumentParser
import GatewayServer
import Stacks

struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve a SAM template: its APIs, functions and tables, from one command.",
        discussion: """
            Prints the routes with their URLs, then one line per request. When the template or the code beside it
            changes, what differs is put into service without losing a request; what does not build leaves in service
            what was there, and says why. Packages that requirements.txt or package.json name are installed into a cache
            ($XDG_CACHE_HOME/gatehouse, else ~/.cache/gatehouse).

            The state is in memory unless --data names a folder. Ctrl-C stops it.
            """)

    @Argument(help: "The template, YAML or JSON.")
    var template: String

    @OptionGroup var options: ServerOptions

    @Option(
        help: ArgumentHelp(
            "A value for a parameter of the template. May be given several times.", valueName: "name=value"))
    var parameter: [String] = []

    @Option(
        name: [.customShort("n"), .long],
        help: ArgumentHelp(
            "Values for variables of functions, JSON as SAM CLI takes it: by logical id, or under Parameters for all.",
            valueName: "file"))
    var envVars: String?

    @Flag(name: .customLong("no-watch"), help: "Deploy once; do not follow changes.")
    var doesNotWatch = false

    func validate() throws {
        for pair in parameter where !pair.contains("=") {
            throw ValidationError("'\(pair)' is no parameter: write it as --parameter Name=value.")
        }
    }

    func run() async throws {
        var settings = options.settings(defaultData: nil)
        settings.dependencies = DependencyCache.settings(searchPath: settings.searchPath)
        settings.onProgress = { Console.post($0) }
        settings.onRequest = { RequestLog.write($0) }
        settings.shownFunctionLines = ShownFunctionLines(on: .output)
        let source = LocalStack.Source(template: template, parameters: parameters, variables: envVars)
        do throws(TemplateError) { try source.check(account: settings.account) } catch { throw failed(error) }

        let server = try await Running.start(settings)
        let stack = LocalStack(source, on: server, isFollowed: !doesNotWatch) {
            Console.postWarning("gatehouse: \($0)")
        }
        let deployed: LocalStack.Deployed
        do throws(TemplateError) { deployed = try await stack.deploy() } catch {
            await server.stop()
            throw failed(error)
        }
        let signals = StopSignals()
        UpReport(deployed, server).write()
        let following = Task { await stack.follow { ReloadReport.write($0, server) } }
        await Running.untilStopped(server, signals)
        following.cancel()
    }

    private var parameters: [(name: String, value: String)] {
        parameter.map { pair in
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(halves[0]), String(halves[1]))
        }
    }

    private func failed(_ error: TemplateError) -> ExitCode {
        for problem in error.problems { Console.warn("gatehouse: \(problem)") }
        return ExitCode(1)
    }
}

/// Where installed packages are kept between runs.
private enum DependencyCache {
    /// Source: XDG Base Directory Specification. Without a home nothing is installed.
    static func settings(searchPath: String) -> DependencySettings? {
        let given = ServerOptions.environment("XDG_CACHE_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil }
        guard let folder = given ?? ServerOptions.environment("HOME").map({ $0 + "/.cache" }) else { return nil }
        return DependencySettings(
            cache: folder + "/gatehouse", searchPath: searchPath, environment: ServerOptions.wholeEnvironment)
    }
}
