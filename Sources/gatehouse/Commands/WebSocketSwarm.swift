import ArgumentParser
import GatewayServer
import JSON
import NIOCore
import NIOPosix
import WebSocketClient

/// Many connections, for load.
struct WebSocketSwarm: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "swarm", abstract: "Open many connections, keep them idle or sending, and tell what comes of it.",
        discussion: """
            When all connections are open or refused, the senders take turns with --send. {id} in the text becomes another \
            word each time, by which received messages are known: without it no latencies are told. The spread of a \
            message is the time from its first to its last receipt; without {id} those of equal content count as one.

            It ends after --duration, or with --receipts received; with --messages alone, when nothing has come for two \
            seconds; at Ctrl-C; or when no connection is open any more. It fails when a connection was not opened or was \
            ended by the server, or --receipts did not come.

            All connections are one thread's work. For more, start several.
            """)

    @Argument(help: "How many connections.") var connections: Int

    @OptionGroup var options: WebSocketOptions

    @Option(help: ArgumentHelp("New connections a second (API Gateway's quota: 500).", valueName: "number"))
    var connectRate = 500.0

    @Option(help: ArgumentHelp("The message that is sent.", valueName: "text")) var send: String?

    @Option(help: ArgumentHelp("Messages a second, of all senders together.", valueName: "number")) var rate = 1.0

    @Option(help: ArgumentHelp("How many messages are sent (default: no end).", valueName: "number"))
    var messages: Int?

    @Option(help: ArgumentHelp("How many of the connections send (default: all).", valueName: "number"))
    var senders: Int?

    @Option(help: ArgumentHelp("End when so many messages were received.", valueName: "number")) var receipts: Int?

    @Option(help: ArgumentHelp("How long to stay when all are open.", valueName: "seconds")) var duration: Double?

    @Option(help: ArgumentHelp("For each handshake.", valueName: "seconds")) var timeout = 35.0

    @Flag(help: "The report as one JSON object, with times in milliseconds.") var json = false

    /// What the process needs besides its connections: the terminal, the loop, libraries.
    private static let otherDescriptors = 64

    func validate() throws {
        for (name, value) in [("--connect-rate", connectRate), ("--rate", rate)] {
            guard value > 0, value <= 1_000_000 else { throw ValidationError("\(name) is from 0 to 1,000,000.") }
        }
        for (name, value) in [("--timeout", timeout), ("--duration", duration ?? 1)] {
            guard value > 0, value <= 86_400 else { throw ValidationError("\(name) is from 0 to 86,400 seconds.") }
        }
        let numbers = [("N", connections), ("--messages", messages), ("--senders", senders), ("--receipts", receipts)]
        for (name, value) in numbers {
            guard value ?? 1 > 0, value ?? 1 <= 1_000_000_000 else { throw ValidationError("\(name) is at least 1.") }
        }
        guard send != nil || (messages == nil && senders == nil) else {
            throw ValidationError("--messages and --senders need a message: --send TEXT.")
        }
    }

    func run() async throws {
        let allowed = Running.raiseDescriptorLimit() - Self.otherDescriptors
        guard connections <= allowed else {
            throw StackOptions.failed([
                """
                This process may have \(max(0, allowed)) connections, and \(connections) are wanted: let it have more files \
                (ulimit -n), or start several.
                """
            ])
        }
        let signals = StopSignals()
        let dialer = try options.dialer(time: Self.time(timeout))
        let handle = try await Swarm.begin(plan, dialer, on: MultiThreadedEventLoopGroup.singleton.next())
        let stopping = Task {
            await signals.first()
            handle.stop()
        }
        let progress = Task { try await tell(handle) }
        let report = try await handle.report()
        stopping.cancel()
        progress.cancel()
        let text = SwarmText(report, of: connections, url: dialer.handshake.url)
        if json { Console.say(text.json.text) } else { text.lines.forEach(Console.say) }
        let isShort = receipts.map { report.received.count < $0 } ?? false
        if report.failed > 0 || !report.closes.isEmpty || isShort { throw ExitCode(1) }
    }

    private var plan: SwarmPlan {
        var plan = SwarmPlan()
        plan.connections = connections
        plan.connectionsPerSecond = connectRate
        plan.message = send.map(SwarmMessage.init)
        plan.senders = senders
        plan.messagesPerSecond = rate
        plan.messages = messages
        plan.receipts = receipts
        plan.duration = duration.map(Self.time)
        return plan
    }

    private static func time(_ seconds: Double) -> TimeAmount { .milliseconds(Int64(seconds * 1000)) }

    /// A line a second.
    private func tell(_ handle: Swarm.Handle) async throws {
        var before = try await handle.progress()
        while true {
            try await Task.sleep(for: .seconds(1))
            let now = try await handle.progress()
            Console.postWarning(
                "\(TimeOfDay.now) open \(now.open), refused \(now.failed), "
                    + "sent \(now.sent.count) (+\(now.sent.count - before.sent.count)), "
                    + "received \(now.received.count) (+\(now.received.count - before.received.count))")
            before = now
        }
    }
}
