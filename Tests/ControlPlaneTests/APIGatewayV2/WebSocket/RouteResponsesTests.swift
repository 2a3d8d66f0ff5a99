import JSON
import Testing

@testable import ControlPlane

@Suite("Route responses") struct RouteResponsesTests {
    @Test("are made, read, changed, listed and deleted, and no answer with the route shows them")
    func life() async throws {
        let socket = try await WebSocketPlane()
        _ = try await socket.makeModel()
        let route = try await socket.makeRoute("join")
        let members: JSONObject = [
            "modelSelectionExpression": "action", "responseModels": ["test": "Message"],
            "responseParameters": ["route.response.header.a": ["required": true]], "routeResponseKey": "$default",
        ]
        let (path, made) = try await socket.make(route + "/routeresponses", "routeResponseId", members)
        for (name, value) in members { #expect(made[name] == value) }
        #expect(await socket.call("GET", path).text == made.text)
        #expect(await socket.call("GET", route + "/routeresponses").items == [made.body])
        let changed = await socket.call("PATCH", path, ["responseModels": [:], "modelSelectionExpression": ""])
        #expect(changed.status == 200)
        #expect(changed["responseModels"] == nil && changed["modelSelectionExpression"] == nil)
        #expect(changed["responseParameters"] == members["responseParameters"])
        for answer in [
            await socket.call("GET", route), await socket.call("PATCH", route, ["operationName": "Join"]),
            await socket.call("GET", "/routes"),
        ] { #expect(!answer.text.contains("routeResponses")) }
        #expect(await socket.call("GET", path).status == 200)
        #expect(await socket.call("DELETE", path).status == 204)
        let gone = await socket.call("GET", path)
        #expect(gone.status == 404)
        #expect(gone.message?.hasPrefix("Invalid RouteResponse identifier specified ") == true)
        #expect(await socket.call("GET", route + "/routeresponses").items.isEmpty)
    }

    @Test("have the key $default, once")
    func key() async throws {
        let socket = try await WebSocketPlane()
        let route = try await socket.makeRoute("join")
        let other = await socket.call("POST", route + "/routeresponses", ["routeResponseKey": "other"])
        #expect(other.message == "Invalid route response key specified. Must be $default")
        _ = try await socket.make(route + "/routeresponses", "routeResponseId", ["routeResponseKey": "$default"])
        let again = await socket.call("POST", route + "/routeresponses", ["routeResponseKey": "$default"])
        #expect(again.status == 409)
        #expect(again.message == "RouteResponse with key $default already exists")
    }

    @Test("go with their route")
    func cascade() async throws {
        let socket = try await WebSocketPlane()
        let route = try await socket.makeRoute("join")
        let path = try await socket.make(
            route + "/routeresponses", "routeResponseId", ["routeResponseKey": "$default"]
        ).path
        #expect(await socket.call("DELETE", route).status == 204)
        #expect(await socket.call("GET", path).message?.hasPrefix("Invalid Route identifier specified") == true)
    }

    @Test("are none of HTTP APIs")
    func http() async throws {
        let plane = APIPlane()
        let ids = try await plane.makeAPI()
        let route = try #require(await plane.makeRoute("GET /a", in: ids)["routeId"]?.string)
        let path = "/v2/apis/\(ids.api)/routes/\(route)/routeresponses"
        let answer = await plane.call("POST", path, ["routeResponseKey": "$default"])
        #expect(answer.message == "CreateRouteResponse is only supported for WebSocket APIs.")
        #expect(await plane.call("GET", path).body == ["items": []])
    }
}
