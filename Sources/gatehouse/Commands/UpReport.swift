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
            let base = endpoint.url(apiId: api.apiId, stageName: api.stageName)
            Console.post("\(api.logicalId) (\(api.apiId), stage \(api.stageName))")
            let width = api.routes.map(\.method.count).max() ?? 0
            for route in api.routes {
                let method = route.method + String(repeating: " ", count: width - route.method.count)
                let path = route.path == "$default" ? "/" : route.path
                let target = route.functionLogicalId.map { "  -> \($0)" } ?? ""
                let needs = route.needs.isEmpty ? "" : "  needs \(route.needs.joined(separator: ", "))"
                Console.post("  \(method) \(base)\(path)\(target)\(needs)")
            }
        }
    }
}
