import ArgumentParser
import GatewayServer

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the state into a new folder, also while a server is using it.",
        discussion: """
            The copy holds resources, tables and code, but no logs. To restore it, start a server on the copy or on a copy
            of the copy: gatehouse serve --data DIR.
            """)

    @Argument(help: "The folder to make.")
    var dir: String

    @Option(help: ArgumentHelp("The folder of the state.", valueName: "dir"))
    var data = ".gatehouse"

    func run() async throws {
        do {
            try await Backup(of: data, to: dir) { Console.say($0) }.make()
        } catch {
            Console.warn("gatehouse: \(error)")
            throw ExitCode(1)
        }
        Console.say("done")
    }
}
