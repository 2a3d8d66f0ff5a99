import ArgumentParser
import GatewayServer
import JSON

struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what deploying would change, a template or a REST API, and change nothing.",
        discussion: """
            With --stack, of a template: one line per resource: + is made, ~ changed, -/+ replaced by a new one, - deleted;
            with the properties that differ. What depends on resources that do not exist yet counts as different.

            With --stage, of a REST API as it is now: one line per method that the stage's deployment has not, has
            otherwise, or still has.
            """)

    @Argument(help: "The template, YAML or JSON; or the id of a REST API, or its name where one alone has it.")
    var subject: String

    @Option(help: "The name of the stack.")
    var stack: String?

    @Option(help: "The stage of the REST API.")
    var stage: String?

    @OptionGroup var parameters: ParameterOptions
    @OptionGroup var server: EndpointOptions

    func validate() throws {
        guard (stack == nil) != (stage == nil) else {
            throw ValidationError("Name a stack (--stack) for a template, or a stage (--stage) for a REST API.")
        }
    }

    func run() async throws {
        let client = try server.client()
        if let stack {
            let outgoing = try await parameters.outgoing(subject, stack: stack, to: client)
            for note in outgoing.leftOut { Console.warn("note: \(note)") }
            do throws(StackClient.Refusal) {
                let changes = try await client.diff(outgoing, stack: stack)
                for change in changes { Console.say(Self.line(change)) }
                if changes.isEmpty { Console.say("nothing to change") }
            } catch {
                throw StackOptions.failed(error.sentences)
            }
        } else if let stage {
            do throws(StackClient.Refusal) {
                for line in Undeployed.lines(try await client.undeployed(api: subject, stage: stage)) {
                    Console.say(line)
                }
            } catch {
                throw StackOptions.failed(error.sentences)
            }
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

/// What of a REST API is not deployed to a stage.
private enum Undeployed {
    private static let signs = ["added": "+", "changed": "~", "removed": "-"]

    /// `~ GET /items`
    static func lines(_ changes: JSONValue) -> [String] {
        let methods = (changes["methods"]?.array ?? []).map { method in
            let sign = signs[method["change"]?.string ?? ""] ?? "?"
            return "\(sign) \(method["method"]?.string ?? "") \(method["path"]?.string ?? "")"
        }
        let others = (changes["others"]?.array ?? []).map { "~ \($0.string ?? "")" }
        let lines = methods + others
        return lines.isEmpty ? ["nothing to deploy"] : lines
    }
}
