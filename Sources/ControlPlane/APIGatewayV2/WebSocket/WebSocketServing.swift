import GatewayModel

/// WebSocket APIs are managed and not executed: what would be called must not be made.
enum WebSocketServing {
    /// Throws for a WebSocket API that has something to be called by.
    static func check(_ api: HTTPAPI) throws(ServiceError) {
        guard api.isWebSocket, !(api.stages.isEmpty && api.deployments.isEmpty) else { return }
        throw ServiceError.unsupported(
            "Gatehouse does not serve WebSocket APIs yet: they have no deployments and no stages.")
    }
}
