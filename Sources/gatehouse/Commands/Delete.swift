import ArgumentParser
import GatewayServer
import JSON

struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Delete a stack from a running server, with all its resources but those to be retained.")

    @OptionGroup var options: StackOptions

    func run() async throws {
        let client = try options.client()
        let outcome: JSONValue
        do throws(StackClient.Refusal) {
            let after = try await client.delete(stack: options.stack)
            outcome = try await client.follow(stack: options.stack, after: after) { StackProgress.write($0) }
        } catch {
            throw StackOptions.failed(error.sentences)
        }
        let problems = StackProgress.problems(outcome)
        guard problems.isEmpty else { throw StackOptions.failed(problems) }
        Console.say("done")
    }
}
