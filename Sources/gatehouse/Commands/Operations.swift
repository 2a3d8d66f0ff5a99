import ArgumentParser
import GatewayServer

struct Operations: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the management operations that are served.")

    @Flag(help: "As JSON, with method, path and status.")
    var json = false

    func run() throws { Console.say(json ? ServedOperations.json : ServedOperations.text) }
}
