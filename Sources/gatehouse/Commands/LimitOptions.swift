import ArgumentParser
import GatewayModel
import GatewayServer

/// What is served beyond AWS's quotas.
struct LimitOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            aws keeps AWS's quotas of message sizes, payloads and times. off serves up to bounds of its own: WebSocket \
            messages of 16 MB, binary too, for as long as a client stays; integrations of 15 minutes; 1 GB through a proxy, \
            64 MB to and from functions. warn serves the same, and says under a request's line what AWS would have done.
            """, valueName: "aws|warn|off"))
    var limits = LimitsMode.aws

    @Option(
        help: ArgumentHelp(
            """
            A limit of WebSocket APIs: message, frame and queue (what waits for a slow client) in KB or MB, idle and \
            duration in s, m or h, such as message=16MB or idle=1h. More than AWS has needs --limits off or warn. May be \
            given several times.
            """, valueName: "name=value"))
    var websocketLimit: [String] = []

    func validate() throws {
        do {
            let limits = try parsed()
            for limit in limits {
                try limit.check(self.limits)
                guard limits.count(where: { $0.name == limit.name }) == 1 else {
                    throw StartError("--websocket-limit \(limit.name.rawValue) is given twice.")
                }
            }
        } catch let error as StartError { throw ValidationError(error.description) }
    }

    func apply(to settings: inout ServerSettings) {
        settings.limits = limits
        settings.webSocketLimits = (try? parsed()) ?? []
    }

    private func parsed() throws -> [WebSocketLimit] { try websocketLimit.map { try WebSocketLimit($0) } }
}

extension LimitsMode: ExpressibleByArgument {}
