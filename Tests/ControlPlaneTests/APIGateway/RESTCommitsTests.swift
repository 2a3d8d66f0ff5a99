import EntityStore
import GatewayModel
import JSON
import Testing

@testable import ControlPlane

@Suite struct RESTCommitsTests {
    let rest = RESTPlane()

    @Test func aStageThatCannotBeCompiledFailsTheCallAndChangesNothing() async throws {
        let ids = try await rest.makeAPI()
        await rest.makeMethod(of: ids)
        rest.plane.traffic.refuse("no")
        let answer = await rest.deploy(ids.api, "prod")
        #expect(answer.status == 400)
        #expect(answer.message == "no")
        rest.plane.traffic.refuse(nil)
        #expect(await rest.call("GET", "/restapis/\(ids.api)/stages").text == #"{"item":[]}"#)
    }

    @Test func apisOfBothKindsHaveIdsOfTheirOwn() async throws {
        let http = try await rest.plane.makeAPI()
        let answer = await rest.call("POST", "/restapis", ["name": "x", "tags": ["_custom_id_": .string(http.api)]])
        #expect(answer.status == 409)
    }

    @Test func manyChangesAtOnceAllCount() async throws {
        let ids = try await rest.makeAPI()
        await withTaskGroup(of: Int.self) { group in
            for number in 0..<40 {
                group.addTask {
                    await rest.call(
                        "POST", "/restapis/\(ids.api)/resources/\(ids.root)", ["pathPart": .string("p\(number)")]
                    ).status
                }
            }
            for await status in group { #expect(status == 201) }
        }
        let listed = await rest.call("GET", "/restapis/\(ids.api)/resources", query: "limit=500")
        #expect(listed["item"]?.array?.count == 41)
    }

    @Test func aDraftRefusesWhatTheServerWould() async throws {
        let ids = try await rest.makeAPI()
        await rest.makeMethod(of: ids)
        let draft = rest.plane.plane.draft { (_: [StageDefinition]) throws(TrafficError) in
            throw TrafficError("never")
        }
        let answer = APIAnswer(
            await draft.respond(
                to: WireRequest(
                    method: "POST", path: "/restapis/\(ids.api)/deployments",
                    body: JSONValue.object(["stageName": "prod"]).bytes)))
        #expect(answer.message == "never")
        #expect(rest.served(ids.api, "prod") == nil)
    }
}
