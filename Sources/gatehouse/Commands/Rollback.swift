import ArgumentParser
import GatewayServer
import JSON

struct Rollback: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put a former deployment of a REST API back on its stage.",
        discussion: """
            The stage is served from it at once, in one step. Without --to it is the last deployment that was made before
            the one that the stage has; a canary's does not count.
            """)

    @Argument(help: "The id of the REST API, or its name where one alone has it.")
    var api: String

    @Option(help: "The stage.")
    var stage: String

    @Option(help: ArgumentHelp("The deployment to go back to.", valueName: "deployment"))
    var to: String?

    @OptionGroup var server: EndpointOptions

    func run() async throws {
        let client = try server.client()
        do throws(StackClient.Refusal) {
            let before = try await client.undeployed(api: api, stage: stage)
            let text = { (name: String) in before[name]?.string ?? "" }
            guard let deployment = to ?? before["formerDeploymentId"]?.string else {
                throw StackClient.Refusal(
                    sentences: ["There is no deployment before \(text("deploymentId")), which the stage has."])
            }
            let name = "stage \(stage) of \(text("apiName")) (\(text("apiId")))"
            guard deployment != text("deploymentId") else {
                Console.say("\(name) has deployment \(deployment) already")
                return
            }
            let after = try await client.put(deployment: deployment, onStage: stage, of: text("apiId"))
            Console.say("\(name) is served from deployment \(deployment) again; it was \(text("deploymentId"))")
            if let canary = after["canarySettings"] {
                Console.say(
                    "note: its canary, deployment \(canary["deploymentId"]?.string ?? ""), still takes "
                        + "\(canary["percentTraffic"]?.text ?? "0") % of the requests")
            }
        } catch {
            throw StackOptions.failed(error.sentences)
        }
    }
}
