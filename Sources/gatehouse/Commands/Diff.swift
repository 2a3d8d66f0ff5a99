import ArgumentParser
import GatewayServer
import JSON

struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what deploying a template would change, and change nothing.",
        discussion: """
            One line per resource: + is made, ~ changed, -/+ replaced by a new one, - deleted; with the properties that
            differ. What depends on resources that do not exist yet counts as different.
            """)

    @OptionGroup var template: TemplateOptions
    @OptionGroup var options: StackOptions

    func run() async throws {
        let client = try options.client()
        let outgoing = try await template.outgoing(stack: options.stack, to: client)
        do throws(StackClient.Refusal) {
            let changes = try await client.diff(outgoing, stack: options.stack)
            for change in changes { Console.say(Self.line(change)) }
            if changes.isEmpty { Console.say("nothing to change") }
        } catch {
            throw StackOptions.failed(error.sentences)
        }
    }

    private static let signs = ["create": "+", "update": "~", "replace": "-/+", "delete": "-"]

    /// `~   Hello (AWS::Lambda::Function): Code, MemorySize`
    private static func line(_ change: JSONValue) -> String {
        let sign = signs[change["action"]?.string ?? ""] ?? "?"
        let properties = (change["properties"]?.array ?? []).compactMap(\.string).joined(separator: ", ")
        let name = "\(change["logicalId"]?.string ?? "") (\(change["type"]?.string ?? ""))"
        return sign + String(repeating: " ", count: 4 - sign.count) + name
            + (properties.isEmpty ? "" : ": \(properties)")
    }
}
