import ArgumentParser
import GatewayServer
import JSON
import Stacks

struct Deploy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Deploy a template to a running server, as a stack.",
        discussion: """
            Makes, changes and deletes what differs from the stack as it is, with a line for each step. A deployment that
            fails is rolled back to what served before. Code beside the template is sent along.
            """)

    @Argument(help: "The template, YAML or JSON.")
    var template: String

    @OptionGroup var parameters: ParameterOptions
    @OptionGroup var options: StackOptions

    func run() async throws {
        let client = try options.client()
        let outgoing = try await parameters.outgoing(template, stack: options.stack, to: client)
        for note in outgoing.notes + outgoing.leftOut { Console.warn("note: \(note)") }
        let outcome: JSONValue
        do throws(StackClient.Refusal) {
            let after = try await client.deploy(outgoing, stack: options.stack)
            outcome = try await client.follow(stack: options.stack, after: after) { StackProgress.write($0) }
        } catch {
            throw StackOptions.failed(error.sentences)
        }
        let problems = StackProgress.problems(outcome)
        guard problems.isEmpty else { throw StackOptions.failed(problems) }
        for warning in outcome["warnings"]?.array ?? [] { Console.warn("warning: \(warning.string ?? "")") }
        let endpoint = LocalEndpoint(port: client.port, isSecure: client.isSecure)
        for output in outcome["outputs"]?.array ?? [] {
            Console.say("\(output["name"]?.string ?? ""): \(endpoint.localizing(output["value"]?.string ?? ""))")
        }
        let count = outcome["changes"]?.array?.count ?? 0
        Console.say(
            count == 0 ? "nothing to change" : "done: \(count) \(count == 1 ? "resource" : "resources") changed")
    }
}
