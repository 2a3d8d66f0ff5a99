import ArgumentParser
import GatewayServer
import Stacks

struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve a SAM template: its API and its functions, from one command.",
        discussion: """
            Prints the routes with their URLs, then one line per request. The state is in memory unless --data names a
            folder. Ctrl-C stops it.
            """)

    @Argument(help: "The template, YAML or JSON.")
    var template: String

    @OptionGroup var options: ServerOptions

    @Option(
        help: ArgumentHelp(
            "A value for a parameter of the template. May be given several times.", valueName: "name=value"))
    var parameter: [String] = []

    func validate() throws {
        for pair in parameter where !pair.contains("=") {
            throw ValidationError("'\(pair)' is no parameter: write it as --parameter Name=value.")
        }
    }

    func run() async throws {
        var settings = options.settings(defaultData: nil)
        let plan: StackPlan
        do throws(TemplateError) {
            plan = try StackPlan(
                try TemplateSource(path: template), parameters: parameters, account: settings.account)
        } catch {
            throw failed(error)
        }
        settings.onRequest = { RequestLog.write($0) }
        settings.onFunctionLine = { FunctionLog.write($0) }
        let server = try await Running.start(settings)
        do throws(TemplateError) {
            let deployment = try await TemplateDeployment.deploy(plan, to: server)
            UpReport(deployment, server).write()
        } catch {
            await server.stop()
            throw failed(error)
        }
        await Running.untilStopped(server)
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
