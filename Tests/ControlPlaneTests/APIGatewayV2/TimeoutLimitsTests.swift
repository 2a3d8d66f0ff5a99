import GatewayModel
import JSON
import Testing

@testable import ControlPlane

@Suite("Time-outs of integrations where AWS's quotas do not hold")
struct TimeoutLimitsTests {
    private let plane = APIPlane(limits: .own)

    @Test("of HTTP APIs they may have 15 minutes; unsaid they are AWS's", arguments: [true, false])
    func v2(isWebSocket: Bool) async throws {
        let members: JSONObject =
            isWebSocket ? ["protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.a"] : [:]
        let (api, id) = try await plane.makeAPI(members)
        let path = "/v2/apis/\(api)/integrations/\(id)"
        #expect(await plane.call("GET", path)["timeoutInMillis"] == .number(isWebSocket ? 29_000 : 30_000))
        #expect(await plane.call("PATCH", path, ["timeoutInMillis": 900_000])["timeoutInMillis"] == 900_000)
        let refused = await plane.call("PATCH", path, ["timeoutInMillis": 900_001])
        #expect(refused["message"] == "Timeout should be between 50 ms and 900000 ms")
    }

    @Test("of REST APIs as well")
    func rest() async throws {
        let api = await plane.call("POST", "/restapis", ["name": "pets"])
        let path = "/restapis/\(api["id"]?.string ?? "")/resources/\(api["rootResourceId"]?.string ?? "")/methods/GET"
        _ = await plane.call("PUT", path, ["authorizationType": "NONE"])
        func put(_ milliseconds: Int) async -> APIAnswer {
            await plane.call(
                "PUT", path + "/integration", ["type": "MOCK", "timeoutInMillis": .number(milliseconds)])
        }
        #expect(await put(900_000)["timeoutInMillis"] == 900_000)
        #expect(await put(900_001)["message"] == "Timeout should be between 50 ms and 900000 ms")
    }
}
