import ArgumentParser
import GatewayModel
import GatewayServer

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve AWS's management API and the APIs made with it.",
        discussion: """
            The state is kept in ./.gatehouse unless --data or --in-memory says otherwise. Stop it with Ctrl-C: requests
            under way are finished first.
            """)

    @OptionGroup var options: ServerOptions

    @Flag(
        help: ArgumentHelp(
            "Print a line for each request, and under one that was refused why, and what was compared. Secrets are not "
                + "shown."))
    var explain = false

    func run() async throws {
        var settings = options.settings(defaultData: ".gatehouse")
        if explain {
            settings.onRequest = { RequestLog.write($0) }
        } else if settings.limits == .warn {
            // Somebody wants to see these.
            settings.onRequest = { if $0.mark != nil { RequestLog.write($0) } }
        }
        // That another runtime than the one asked for is used is told whatever the level.
        settings.shownFunctionLines = ShownFunctionLines(on: .errors, notesOnly: options.logLevel < .debug)
        let server = try await Running.start(settings)
        if ServerUser.isRoot, options.functionUser == nil, options.logLevel >= .warning {
            Console.postWarning(
                "gatehouse: functions run as root. --function-user NAME runs them as a user who may not read the state."
            )
        }
        let signals = StopSignals()
        Console.post("management \(server.managementURL)")
        Console.post(
            settings.requiresCredentials
                ? "access known keys only"
                : "access unknown keys are the account itself (--require-credentials ends that)")
        for address in server.trafficAddresses { Console.post("traffic http://\(address.text)") }
        Console.post("ready")
        await Running.untilStopped(server, signals)
    }
}
