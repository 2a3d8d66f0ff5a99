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
    let logIntake: LogIntake
    let stacks: StackEndpoints
    let releases: ReleaseEndpoint
    let pools: PoolEndpoints
    let controlPlane: ControlPlane
    let account: AccountIdentity

    static let prefix = "/_gatehouse/"
    /// What requests for them are signed for, and policies name them by.
    static let service = "gatehouse"
    /// The one that tells nothing, and needs no credentials.
    static let health = "/_gatehouse/health"

    /// nil when the request is none of ours.
    func respond(to request: WireRequest) async -> WireResponse? {
        guard request.path.hasPrefix(Self.prefix) else { return nil }
        let denial = controlPlane.denial(of: request) { Permission.local(request, in: account) }
        if let denial {
            return WireProtocol.restJSON.response(
                WireProtocol.restJSON.accessDenied(denial), requestId: Identifiers.uuid())
        }
        if let answer = await stacks.respond(to: request) { return answer }
        if let answer = await pools.respond(to: request) { return answer }
        guard request.method == "GET" else { return nil }
        if let answer = releases.respond(to: request) { return answer }
        switch request.path.dropFirst(Self.prefix.count) {
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

    private func prometheus() async -> String {
        var text = PrometheusText()
        text.add(await dataPlane.metrics())
        text.add(
            "gatehouse_methods_not_counted_total", "Methods with metrics of their own beyond the number that is kept.",
            [("", dataPlane.uncountedMethods)])
        text.add(
            LogAccount.metric, "Log lines that could not be kept.",
            [
                ("{log=\"access\"}", accessLogs.droppedLines), ("{log=\"function\"}", functionLogs.droppedLines),
                ("{log=\"events\"}", logIntake.droppedLines),
                ("{log=\"stdout\"}", Console.droppedLines(.output)),
                ("{log=\"stderr\"}", Console.droppedLines(.errors)),
            ])
        return text.text
    }
}
