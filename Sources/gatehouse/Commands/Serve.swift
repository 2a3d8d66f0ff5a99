import ArgumentParser
import GatewayServer

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve AWS's management API and the APIs made with it.",
        discussion: """
            The state is kept in ./.gatehouse unless --data or --in-memory says otherwise. Stop it with Ctrl-C: requests
            under way are finished first.
            """)

    @OptionGroup var options: ServerOptions

    func run() async throws {
        var settings = options.settings(defaultData: ".gatehouse")
        let tellsEverything = options.logLevel >= .debug
        settings.onFunctionLine = { line in
            // That another runtime than the one asked for is used is told whatever the level.
            if tellsEverything || line.isNote { Console.postWarning("[\(line.functionName)] \(line.text)") }
        }
        let server = try await Running.start(settings)
        let signals = StopSignals()
        Console.say("management http://\(server.managementAddress.text)")
        for address in server.trafficAddresses { Console.say("traffic http://\(address.text)") }
        Console.say("ready")
        await Running.untilStopped(server, signals)
    }
}
