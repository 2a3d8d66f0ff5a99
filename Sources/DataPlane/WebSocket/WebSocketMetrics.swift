/// One loop's counters of the events of a WebSocket API's stage or route, in the names of the `AWS/ApiGateway` namespace.
/// Source: Developer Guide, apigateway-websocket-api-logging.
package struct WebSocketMetrics: Sendable {
    /// Handshakes that were to be asked about.
    package private(set) var connects = 0
    /// Messages to and from clients.
    package private(set) var messages = 0
    /// 4xx and 5xx of integrations.
    package private(set) var integrationErrors = 0
    /// What was refused with 4xx before an integration was called.
    package private(set) var clientErrors = 0
    /// What failed on the way to an integration, or on the way back.
    package private(set) var executionErrors = 0

    mutating func add(_ event: EventFigures, status: Int) {
        switch event.kind {
        case .connect: connects += 1
        case .message, .callback: messages += 1
        case .disconnect: break
        }
        messages += event.sent
        if event.integrationStatus >= 400 {
            integrationErrors += 1
        } else if status >= 500 {
            executionErrors += 1
        } else if status >= 400, status != CallFigures.clientGone {
            clientErrors += 1
        }
    }

    mutating func merge(_ other: WebSocketMetrics) {
        connects += other.connects
        messages += other.messages
        integrationErrors += other.integrationErrors
        clientErrors += other.clientErrors
        executionErrors += other.executionErrors
    }
}

/// What only an event of a WebSocket API has of figures.
struct EventFigures: Sendable {
    let kind: WebSocketCall.Event
    /// Messages that it has sent to its client.
    let sent: Int
    let integrationStatus: Int
}
