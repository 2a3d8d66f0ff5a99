import GatewayServer
import Stacks

/// What `gatehouse up` says once everything is in service.
struct UpReport {
    private let deployed: LocalStack.Deployed
    private let endpoint: LocalEndpoint
    private let management: String

    init(_ deployed: LocalStack.Deployed, _ server: Gatehouse) {
        self.deployed = deployed
        management = server.managementURL
        endpoint = LocalEndpoint(port: server.managementAddress.port, isSecure: server.isSecure)
    }

    func write() {
        Console.post("management \(management)")
        writeRoutes()
        for output in deployed.result.deployment.outputs {
            Console.post("\(output.name): \(endpoint.localizing(output.value))")
        }
        writeNotes()
        Console.post("ready")
    }

    func writeNotes() {
        for property in deployed.storedOnly {
            Console.post("note: \(property.path) (line \(property.line)) has no effect here")
        }
        for note in deployed.notes { Console.post("note: \(note)") }
    }

    func writeRoutes() {
        for api in deployed.result.deployment.apis {
            let base = endpoint.url(of: api)
            Console.post("\(api.logicalId) (\(api.apiId), stage \(api.stageName))")
            if api.isWebSocket { Console.post("  \(base)") }
            let width = api.routes.map { column($0, in: api).count }.max() ?? 0
            for route in api.routes {
                let column = column(route, in: api)
                let padded = column + String(repeating: " ", count: width - column.count)
                let path = route.path == "$default" ? "/" : route.path
                let target = route.functionLogicalId.map { "  -> \($0)" } ?? ""
                let needs = route.needs.isEmpty ? "" : "  needs \(route.needs.joined(separator: ", "))"
                Console.post("  \(padded)\(api.isWebSocket ? "" : " \(base)\(path)")\(target)\(needs)")
            }
        }
    }

    /// Routes of a WebSocket API share its URL; what tells them apart is their key.
    private func column(_ route: StackDeployment.Route, in api: StackDeployment.Api) -> String {
        api.isWebSocket ? route.path : route.method
    }
}
