import GatewayServer
import Stacks

/// What `gatehouse up` says of changes while it runs.
enum ReloadReport {
    static func write(_ reload: LocalStack.Reload, _ server: Gatehouse) {
        switch reload {
        case .deployed(let deployed, let duration):
            let result = deployed.result
            let milliseconds = Int((duration / .milliseconds(1)).rounded())
            Console.post(
                "reloaded \(count(result.changedFunctions, "function")), \(count(result.changedRoutes, "route"))"
                    + others(result.changes) + " in \(milliseconds) ms")
            let report = UpReport(deployed, server)
            if result.changedRoutes > 0 { report.writeRoutes() }
            report.writeNotes()
        case .failed(let error):
            for problem in error.problems { Console.postWarning("gatehouse: \(problem)") }
            Console.postWarning("gatehouse: not reloaded; what was served before is still served")
        }
    }

    /// What else than functions and routes, such as tables, by logical id.
    private static func others(_ changes: [ResourceChange]) -> String {
        let names = changes.filter { !accountedFor.contains($0.type) }.map(\.logicalId)
        return names.isEmpty ? "" : ", " + names.joined(separator: ", ")
    }

    private static let accountedFor: Set<String> = [
        "AWS::Lambda::Function", "AWS::Lambda::Permission", "AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Route",
        "AWS::ApiGatewayV2::Integration", "AWS::ApiGatewayV2::RouteResponse", "AWS::ApiGatewayV2::IntegrationResponse",
        "AWS::ApiGatewayV2::Stage", "AWS::ApiGatewayV2::Deployment",
        "AWS::ApiGateway::RestApi", "AWS::ApiGateway::Resource", "AWS::ApiGateway::Method", "AWS::ApiGateway::Stage",
        "AWS::ApiGateway::Deployment", "AWS::IAM::Role", "AWS::Lambda::Version", "AWS::Lambda::Alias",
    ]

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
