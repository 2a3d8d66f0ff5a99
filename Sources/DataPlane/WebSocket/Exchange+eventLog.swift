import GatewayModel
import HTTPFront
import NIOCore
import WebSocketFront

/// What events of WebSocket APIs say to their stage's execution log. The sentences are AWS's as its users quote them; which
/// of them a level has is chosen as for REST APIs.
extension Exchange {
    func beginEventLog(_ setting: ExecutionLog.Setting) {
        let log = ExecutionLog(setting, requestId: requestId, clock: worker.clock)
        rest.log = log
        log.line(.step) { out in
            out.write("Extended Request Id: ")
            out.write(requestId)
        }
        log.line(.step) { out in
            out.write("WebSocket Request Route: [")
            out.write(route?.keyText ?? [])
            out.write("]")
        }
        guard let client = socket.client, let api = stage?.key.apiId else { return }
        switch socket.event {
        case .connect:
            log.line(.step) { out in
                out.write("Client [UserAgent: ")
                if let agent = client.userAgent { out.write(agent) } else { out.write("null") }
                out.write(", SourceIp: ")
                out.write(client.sourceIP)
                out.writeString("] is connecting to WebSocket API [\(api)].")
            }
        case .message:
            log.line(.step) { out in
                out.writeString("WebSocket API [\(api)] received message from client [Connection Id: ")
                out.write(client.id.text)
                out.write("].")
            }
            log.line(.data) { out in
                out.write("Message: [")
                Self.write(body, to: &out)
                out.write("]")
            }
        case .disconnect:
            log.line(.step) { out in
                out.write("Client [Connection Id: ")
                out.write(client.id.text)
                out.writeString("] disconnected from API [\(api)] with status code ")
                out.writeString(
                    "[\(socket.closure?.code.rawValue ?? 0)], reason [\(socket.closure?.reportedReason ?? "")].")
            }
        case .callback, nil: break
        }
    }

    /// The limits let the event pass.
    func logEventStart() {
        rest.log?.line(.step) { out in
            out.write("Starting execution for request: ")
            out.write(requestId)
        }
    }

    func logEventEnd(_ log: ExecutionLog) {
        guard !log.hasFailed, figures.status != CallFigures.clientGone else { return }
        if socket.event == .connect, let client = socket.client, figures.status == 200 {
            log.line(.step) { out in
                out.write("Client [Connection Id: ")
                out.write(client.id.text)
                out.writeString("] connected to API [\(stage?.key.apiId ?? "")] successfully.")
            }
        }
        log.line(.step, "Successfully completed execution")
    }
}
