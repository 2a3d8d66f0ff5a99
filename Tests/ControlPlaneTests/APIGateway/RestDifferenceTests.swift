import GatewayModel
import JSON
import Testing

@testable import ControlPlane

@Suite struct RestDifferenceTests {
    let rest = RESTPlane()

    private func difference(_ api: String) throws -> RestDifference {
        try rest.plane.plane.difference(ofRestApi: api, stage: "prod")
    }

    private func lines(_ api: String) throws -> [String] {
        let difference = try difference(api)
        return difference.methods.map { "\($0.change) \($0.verb) \($0.path)" } + difference.others
    }

    @Test func methodsAreComparedByPathAndVerb() async throws {
        let ids = try await rest.makeAPI()
        await rest.makeMethod(of: ids)
        await rest.makeMethod("PUT", of: ids)
        await rest.deploy(ids.api, "prod")
        #expect(try lines(ids.api).isEmpty)
        let item = await rest.call("POST", "/restapis/\(ids.api)/resources/\(ids.root)", ["pathPart": "{id}"])["id"]
        await rest.makeMethod("ANY", at: item?.string, of: ids)
        _ = await rest.call("DELETE", "/restapis/\(ids.api)/resources/\(ids.root)/methods/PUT")
        await rest.patch(
            "/restapis/\(ids.api)/resources/\(ids.root)/methods/GET",
            ["op": "replace", "path": "/apiKeyRequired", "value": "true"])
        await rest.patch("/restapis/\(ids.api)", ["op": "add", "path": "/binaryMediaTypes/image~1png"])
        #expect(
            try lines("pets") == ["changed GET /", "removed PUT /", "added ANY /{id}", "the binary media types"])
    }

    @Test func theFormerDeploymentIsTheLastOneBefore() async throws {
        let ids = try await rest.makeAPI()
        await rest.makeMethod(of: ids)
        let first = await rest.deploy(ids.api, "prod")["id"]?.string
        #expect(try difference(ids.api).formerDeploymentId == nil)
        let second = await rest.deploy(ids.api, "prod")["id"]?.string
        #expect(try difference(ids.api).formerDeploymentId == first)
        await rest.deploy(ids.api, "prod", ["canarySettings": ["percentTraffic": .number("5")]])
        let fourth = await rest.deploy(ids.api)["id"]?.string ?? ""
        await rest.patch(
            "/restapis/\(ids.api)/stages/prod", ["op": "replace", "path": "/deploymentId", "value": .string(fourth)])
        #expect(try difference(ids.api).formerDeploymentId == second)
    }

    @Test func anUndeployedMethodIsTheOneThatARequestWouldReach() async throws {
        let ids = try await rest.makeAPI()
        await rest.makeMethod(of: ids)
        await rest.deploy(ids.api, "prod")
        for (part, verb) in [("{id}", "ANY"), ("items", "POST"), ("files", "GET")] {
            let made = await rest.call(
                "POST", "/restapis/\(ids.api)/resources/\(ids.root)", ["pathPart": .string(part)])
            await rest.makeMethod(verb, at: made["id"]?.string, of: ids)
            guard part == "files" else { continue }
            let parent = made["id"]?.string ?? ""
            let rest = await self.rest.call(
                "POST", "/restapis/\(ids.api)/resources/\(parent)", ["pathPart": "{path+}"])
            await self.rest.makeMethod(at: rest["id"]?.string, of: ids)
        }
        let key = StageKey(apiId: ids.api, stageName: "prod")
        let found = { (verb: String, path: String) in
            rest.plane.plane.undeployedMethod(at: key, verb: verb, path: path)
        }
        #expect(found("GET", "/") == nil)
        #expect(found("POST", "/items") == "POST /items")
        #expect(found("GET", "/items") == "ANY /{id}")
        #expect(found("GET", "/files/") == "GET /files")
        #expect(found("GET", "/files/a/b") == "GET /files/{path+}")
        #expect(found("GET", "/a/b") == nil)
        #expect(
            rest.plane.plane.undeployedMethod(at: StageKey(apiId: "none", stageName: "a"), verb: "GET", path: "/")
                == nil)
    }
}
