import JSON
import Testing

@testable import ControlPlane

@Suite struct ChosenIdTests {
    private let plane = APIPlane()

    private func create(_ id: String, allowsLocalCode: Bool) async -> String? {
        let body: JSONValue = ["name": "pets", "protocolType": "HTTP"]
        let request = WireRequest(
            method: "POST", path: "/v2/apis", headers: [(Call.chosenIdHeader, id)], body: body.bytes)
        return APIAnswer(await plane.plane.respond(to: request, allowsLocalCode: allowsLocalCode))["apiId"]?.string
    }

    @Test func callersInsideTheProcessChooseIds() async {
        #expect(await create("chosen0001", allowsLocalCode: true) == "chosen0001")
    }

    @Test func otherCallersDoNot() async throws {
        let id = try #require(await create("chosen0001", allowsLocalCode: false))
        #expect(id != "chosen0001")
    }

    @Test func anIdThatIsTakenIsNotGivenAgain() async throws {
        _ = await create("chosen0001", allowsLocalCode: true)
        let second = try #require(await create("chosen0001", allowsLocalCode: true))
        #expect(second != "chosen0001")
    }
}
