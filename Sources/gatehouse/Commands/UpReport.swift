import GatewayServer
import Stacks

/// What `gatehouse up` says once everything is in service.
struct UpReport {
    private let deployment: TemplateDeployment
    private let endpoint: LocalEndpoint
    private let management: ServerSettings.Address

    init(_ deployment: TemplateDeployment, _ server: Gatehouse) {
        self.deployment = deployment
        management = server.managementAddress
        endpoint = LocalEndpoint(port: server.managementAddress.port)
    }

    func write() {
        Console.say("management http://\(management.text)")
        for api in deployment.stack.apis {
            let base = endpoint.url(apiId: api.apiId, stageName: api.stageName)
            Console.say("\(api.logicalId) (\(api.apiId), stage \(api.stageName))")
            let width = api.routes.map(\.method.count).max() ?? 0
            for route in api.routes {
                let method = route.method + String(repeating: " ", count: width - route.method.count)
                let path = route.path == "$default" ? "/" : route.path
                Console.say("  \(method) \(base)\(path)" + (route.functionLogicalId.map { "  -> \($0)" } ?? ""))
            }
        }
        for output in deployment.stack.outputs { Console.say("\(output.name): \(endpoint.localizing(output.value))") }
        for property in deployment.storedOnly {
            Console.say("note: \(property.path) (line \(property.line)) has no effect here")
        }
        Console.say("ready")
    }
}

/// One line per request: method, path, status, time; and one more that says why, when the gateway itself refused.
enum RequestLog {
    static func write(_ line: RequestLine) {
        let milliseconds = (line.milliseconds * 10).rounded() / 10
        Console.say("\(line.method) \(line.path) \(line.status) \(milliseconds) ms")
        if let reason = line.reason, line.status >= 400 { Console.say("  \(line.status): \(reason)") }
    }
}

/// Lines of a function and of its platform (START, END, REPORT), marked with the function's name.
enum FunctionLog {
    static func write(_ line: FunctionLine) {
        guard !line.text.isEmpty else { return }
        Console.say("[\(line.functionName)] \(line.text)")
    }
}
