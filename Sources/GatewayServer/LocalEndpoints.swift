import ControlPlane
import DataPlane
import GatewayModel
import JSON

/// Gatehouse's own small endpoints on the management listener, under `/_gatehouse/`.
struct LocalEndpoints: Sendable {
    let dataPlane: DataPlane
    let generation: ServedGeneration
    let accessLogs: AccessLogFiles
    let functionLogs: FunctionLogs
    let stacks: StackEndpoints
    let account: AccountIdentity

    /// nil when the request is none of ours.
    func respond(to request: WireRequest) async -> WireResponse? {
        guard request.path.hasPrefix("/_gatehouse/") else { return nil }
        if let answer = await stacks.respond(to: request) { return answer }
        guard request.method == "GET" else { return nil }
        switch request.path.dropFirst("/_gatehouse/".count) {
        case "generation": return text("\(generation.number)\n", "text/plain")
        case "identity":
            let identity: JSONValue = ["account": .string(account.accountId), "region": .string(account.region)]
            return text(identity.text + "\n", "application/json")
        case "health": return text("{\"status\":\"ok\"}\n", "application/json")
        case "metrics": return text(await prometheus(), "text/plain; version=0.0.4")
        default: return nil
        }
    }

    private func text(_ body: String, _ type: String) -> WireResponse {
        WireResponse(status: 200, headers: [("content-type", type)], body: Array(body.utf8))
    }

    /// The counters in Prometheus' text format, named after the metrics of `AWS/ApiGateway`.
    private func prometheus() async -> String {
        let stages = await dataPlane.metrics().sorted {
            ($0.key.apiId, $0.key.stageName) < ($1.key.apiId, $1.key.stageName)
        }
        var lines: [String] = []
        func series(_ name: String, _ help: String, _ value: (StageMetrics) -> String) {
            lines.append("# HELP \(name) \(help)\n# TYPE \(name) counter")
            for stage in stages {
                lines.append(
                    "\(name){api_id=\"\(stage.key.apiId)\",stage=\"\(stage.key.stageName)\"} \(value(stage.metrics))")
            }
        }
        series("apigateway_count_total", "API calls.") { "\($0.count)" }
        series("apigateway_4xx_total", "Client errors.") { "\($0.clientErrors)" }
        series("apigateway_5xx_total", "Server errors.") { "\($0.serverErrors)" }
        series("gatehouse_clients_gone_total", "API calls whose client went away before the answer (499).") {
            "\($0.clientsGone)"
        }
        series("gatehouse_bodies_refused_total", "API calls refused because all memory for bodies was taken (503).") {
            "\($0.bodiesRefused)"
        }
        series("apigateway_data_processed_bytes_total", "Bytes of bodies.") { "\($0.dataProcessed)" }
        series("apigateway_latency_seconds_total", "Time from request to response.") {
            "\(Double($0.latencyMicroseconds) / 1_000_000)"
        }
        series("apigateway_integration_latency_seconds_total", "Time in integrations.") {
            "\(Double($0.integrationLatencyMilliseconds) / 1000)"
        }
        let metric = LogAccount.metric
        lines.append("# HELP \(metric) Log lines that could not be kept.\n# TYPE \(metric) counter")
        lines.append("\(metric){log=\"access\"} \(accessLogs.droppedLines)")
        lines.append("\(metric){log=\"function\"} \(functionLogs.droppedLines)")
        lines.append("\(metric){log=\"stdout\"} \(Console.droppedLines(.output))")
        lines.append("\(metric){log=\"stderr\"} \(Console.droppedLines(.errors))")
        return lines.joined(separator: "\n") + "\n"
    }
}
