import ArgumentParser
import GatewayServer
import JSON

struct Pool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look into the user pools of a running server.", subcommands: [PoolMessages.self])
}

struct PoolMessages: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "messages",
        abstract: "Print the messages that user pools would have sent, with their codes.",
        discussion: """
            Nothing is sent from this machine. The newest message stands last; they are kept as long as the server runs.
            """)

    @Option(help: ArgumentHelp("Those of one pool only.", valueName: "id")) var pool: String?

    @Flag(help: "One JSON object a line, with the whole text.") var json = false

    @OptionGroup var server: EndpointOptions

    func run() async throws {
        let client = try server.client()
        do throws(StackClient.Refusal) {
            for message in try await client.poolMessages(pool: pool) {
                if json {
                    Console.say(message.text)
                } else {
                    let text = { (name: String) in message[name]?.string ?? "" }
                    Console.say(
                        "\(text("at")) \(text("pool")) \(text("occasion")) to \(text("destination")) "
                            + "(\(text("username"))): \(text("code"))")
                }
            }
        } catch {
            throw StackOptions.failed(error.sentences)
        }
    }
}
