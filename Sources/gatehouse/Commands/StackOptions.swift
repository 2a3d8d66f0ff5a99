import ArgumentParser
import GatewayModel
import GatewayServer
import JSON
import Stacks

/// The server that commands speak to.
struct EndpointOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The management listener of the server.", valueName: "url"))
    var endpoint = "http://localhost:4566"

    func client() throws -> StackClient {
        do throws(StackClient.Refusal) {
            return try StackClient(endpoint: endpoint, environment: ServerOptions.environment)
        } catch {
            throw StackOptions.failed(error.sentences)
        }
    }
}

/// What `deploy` and `delete` have in common.
struct StackOptions: ParsableArguments {
    @Option(help: "The name of the stack.")
    var stack: String

    @OptionGroup var server: EndpointOptions

    func client() throws -> StackClient { try server.client() }

    /// Says why, and ends the program.
    static func failed(_ sentences: [String]) -> ExitCode {
        for sentence in sentences { Console.warn("gatehouse: \(sentence)") }
        return ExitCode(1)
    }
}

/// Values for a template that is sent.
struct ParameterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A value for a parameter of the template. May be given several times.", valueName: "name=value"))
    var parameter: [String] = []

    @Option(
        help: ArgumentHelp(
            "Types of resources that are left out where nobody serves them, with commas between. What refers to one gets a "
                + "name that nothing has; what protects an API is never left out.", valueName: "type,…"))
    var allowMissing: String?

    func validate() throws {
        for pair in parameter where !pair.contains("=") {
            throw ValidationError("'\(pair)' is no parameter: write it as --parameter Name=value.")
        }
    }

    func outgoing(_ template: String, stack: String, to client: StackClient) async throws -> OutgoingTemplate {
        let parameters = parameter.map { pair in
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (name: String(halves[0]), value: String(halves[1]))
        }
        let account: AccountIdentity
        do throws(StackClient.Refusal) { account = try await client.identity() } catch {
            throw StackOptions.failed(error.sentences)
        }
        do throws(TemplateError) {
            return try OutgoingTemplate(
                path: template, stackName: stack, parameters: parameters, account: account,
                allowMissing: (allowMissing ?? "").split(separator: ",").map(String.init))
        } catch {
            var sentences = error.problems.map(\.description)
            if let types = OutgoingTemplate.missingTypes(path: template), types != allowMissing {
                sentences.append("to deploy without what nobody serves: --allow-missing \(types)")
            }
            throw StackOptions.failed(sentences)
        }
    }
}

/// Lines while an operation on a stack is under way.
enum StackProgress {
    /// `12:34:56.789  CREATE_COMPLETE  AWS::Lambda::Function  Hello`
    static func write(_ event: JSONValue) {
        let text = { (name: String) in event[name]?.string ?? "" }
        let time = text("time").dropFirst("2024-04-08T".count).prefix("12:34:56.789".count)
        let status = text("status")
        let padding = String(repeating: " ", count: max(0, 36 - status.count))
        let reason = text("reason")
        Console.say(
            "\(time)  \(status)\(padding)  \(text("type"))  \(text("logicalId"))"
                + (reason.isEmpty ? "" : "  \(reason)"))
    }

    /// Says what could not be done.
    static func problems(_ outcome: JSONValue) -> [String] { (outcome["problems"]?.array ?? []).compactMap(\.string) }
}
