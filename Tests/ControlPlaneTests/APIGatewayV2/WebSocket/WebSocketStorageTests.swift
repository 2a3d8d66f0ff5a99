import EntityStore
import JSON
import Testing

@testable import ControlPlane

@Suite("What is stored of WebSocket APIs") struct WebSocketStorageTests {
    @Test("comes back with the next start")
    func restart() async throws {
        let store = MemoryStore()
        let socket = try await WebSocketPlane(APIPlane(store: TryingStore(store)))
        _ = try await socket.makeModel()
        let integration = try await socket.makeIntegration()
        let integrationResponse = try await socket.make(
            integration + "/integrationresponses", "integrationResponseId", ["integrationResponseKey": "/200/"])
        let route = try await socket.makeRoute("join", ["requestModels": ["$default": "Message"]])
        let routeResponse = try await socket.make(
            route + "/routeresponses", "routeResponseId", ["routeResponseKey": "$default"])

        let next = APIPlane(store: TryingStore(store))
        try await next.plane.start()
        let root = "/v2/apis/\(socket.api)"
        for path in ["", "/models", "/integrations", "/routes", integrationResponse.path, routeResponse.path] {
            let (before, after) = (await socket.call("GET", path), await next.call("GET", root + path))
            #expect(before.status == 200 && after.text == before.text, "\(path): \(after.text)")
        }
        #expect(await next.call("POST", root + "/routes", ["routeKey": "join"]).status == 409)
    }

    @Test("is written where it changes")
    func changes() async throws {
        let socket = try await WebSocketPlane()
        let integration = try await socket.makeIntegration()
        _ = try await socket.makeIntegration()
        let responses = integration + "/integrationresponses"
        _ = try await socket.make(responses, "integrationResponseId", ["integrationResponseKey": "$default"])
        #expect(socket.plane.store.lastChanges.count == 1)
    }
}
