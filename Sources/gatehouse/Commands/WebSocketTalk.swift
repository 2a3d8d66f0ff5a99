import ArgumentParser
import Dispatch
import GatewayModel
import GatewayServer
import NIOCore
import NIOPosix
import Synchronization
import WebSocketClient
import WebSocketFront

/// One connection, with what is said and heard on the terminal.
struct WebSocketTalk: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "talk", abstract: "Speak to a WebSocket API (may be left out).",
        discussion: """
            Without --send and --expect every line that is typed is a message; /close [CODE [REASON]] and /ping [TEXT] are \
            commands, and a message that begins with / is typed with two of them. The end of the input or Ctrl-C closes \
            with a close frame that has no code.

            --send and --expect are taken in the order in which they are given; behind the last one it closes. An expected \
            message is one that holds the text, whatever comes before it.

            It fails when the connection is not opened, an expected message does not come, or the connection breaks.
            """)

    @OptionGroup var options: WebSocketOptions

    @Option(help: ArgumentHelp("Send a message. May be given several times.", valueName: "text"))
    var send: [PlacedText] = []

    @Option(
        help: ArgumentHelp("Wait for a message that holds a text. May be given several times.", valueName: "text"))
    var expect: [PlacedText] = []

    @Option(help: ArgumentHelp("For the handshake, and for each message that is expected.", valueName: "seconds"))
    var timeout = 10.0

    func validate() throws {
        guard timeout > 0, timeout <= 86_400 else { throw ValidationError("--timeout is from 0 to 86,400 seconds.") }
    }

    func run() async throws {
        let signals = StopSignals()
        let time = TimeAmount.milliseconds(Int64(timeout * 1000))
        let dialer = try options.dialer(time: time)
        let isOpen = DispatchSemaphore(value: 0)
        let handle = try await Conversation.begin(
            dialer, steps: steps, timeout: time, on: MultiThreadedEventLoopGroup.singleton.next()
        ) { event in
            if case .opened = event { isOpen.signal() }
            Self.show(event)
        }
        if steps.isEmpty {
            DispatchQueue(label: "gatehouse.input").async {
                isOpen.wait()
                while let line = readLine() { handle.typed(line) }
                handle.stop()
            }
        }
        let stopping = Task {
            await signals.first()
            handle.stop()
        }
        defer { stopping.cancel() }
        try end(try await handle.outcome(), dialer)
    }

    private var steps: [Conversation.Step] {
        let sends = send.map { ($0.place, Conversation.Step.send($0.text)) }
        let expects = expect.map { ($0.place, Conversation.Step.expect($0.text)) }
        return (sends + expects).sorted { $0.0 < $1.0 }.map(\.1)
    }

    private func end(_ outcome: Conversation.Outcome, _ dialer: Dialer) throws {
        switch outcome {
        case .ended: return
        // Who stopped it knows why.
        case .broken, .stopped: throw ExitCode(1)
        case .notOpened(let failure):
            throw StackOptions.failed([
                failure.sentences(of: dialer.handshake.url).joined(separator: "\n")
            ])
        case .late(let text):
            throw StackOptions.failed(["No message with '\(TerminalText.safe(text))' came within \(timeout) s."])
        case .missing(let text, _):
            throw StackOptions.failed([
                "The connection ended, and no message with '\(TerminalText.safe(text))' had come."
            ])
        }
    }

    private static func show(_ event: Conversation.Event) {
        let time = TimeOfDay.now
        switch event {
        case .opened(let subprotocol):
            Console.say("\(time) open" + (subprotocol.map { ", subprotocol \(TerminalText.safe($0))" } ?? ""))
        case .sent(let text): Console.say("\(time) > \(TerminalText.safe(text))")
        case .received(.text, let bytes): Console.say("\(time) < \(TerminalText.safe(String(buffer: bytes)))")
        case .received(.binary, let bytes): Console.say("\(time) < \(bytes.readableBytes) bytes: \(beginning(bytes))")
        case .pinged(let payload): Console.say("\(time) < ping \(TerminalText.safe(String(buffer: payload)))")
        case .ponged(let payload, let after):
            let delay = after.map { " after \(Double($0.nanoseconds / 1000) / 1000) ms" } ?? ""
            Console.say("\(time) < pong \(TerminalText.safe(String(buffer: payload)))\(delay)")
        case .closed(let closure): Console.say("\(time) \(words(closure))")
        case .wrong(let sentence): Console.warn(TerminalText.safe(sentence))
        }
    }

    private static func words(_ closure: WebSocketClosure) -> String {
        let code = closure.code == .noStatus ? "without a code" : "with \(closure.code.rawValue)"
        let reason = closure.reason.isEmpty ? "" : " \(TerminalText.safe(closure.reason))"
        switch closure.side {
        case .gateway where closure.code == .abnormal:
            return "broken: the server ended the connection without a close frame, or did not answer ours"
        case .gateway: return "closed by the server \(code)\(reason)"
        case .client: return "closed \(code)\(reason)"
        }
    }

    /// The first bytes in hexadecimal digits.
    private static func beginning(_ bytes: ByteBuffer) -> String {
        let shown = 32
        return Hexadecimal.encode(bytes.readableBytesView.prefix(shown)) + (bytes.readableBytes > shown ? "…" : "")
    }
}

/// The value of an option, with its place on the command line: the parser keeps the order of the values of one option, and
/// not between two of them.
struct PlacedText: ExpressibleByArgument {
    private static let places = Atomic(0)

    let text: String
    let place: Int

    init(argument: String) {
        text = argument
        place = Self.places.add(1, ordering: .relaxed).newValue
    }
}
