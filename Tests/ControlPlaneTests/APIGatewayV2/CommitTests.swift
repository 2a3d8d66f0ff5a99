import EntityStore
import GatewayModel
import JSON
import Testing

@testable import ControlPlane

@Suite struct CommitTests {
    let plane = APIPlane()

    @Test func oneRouteMoreWritesOnlyItself() async throws {
        let ids = try await plane.makeAPI()
        for number in 0..<20 { await plane.makeRoute("GET /\(number)", in: ids) }
        await plane.makeRoute("GET /last", in: ids)
        #expect(plane.store.lastChanges.count == 1)
    }

    @Test func oneRouteMoreOnAStageThatDeploysWritesRouteStageAndDeployment() async throws {
        let ids = try await plane.makeAPI()
        await plane.makeRoute("GET /0", in: ids)
        await plane.makeStage(in: ids.api)
        await plane.makeRoute("GET /1", in: ids)
        let kinds = plane.store.lastChanges.map { change in
            switch change {
            case .save(let entity): "+" + entity.id.kind
            case .delete(let id): "-" + id.kind
            case .deleteRoot: "-*"
            }
        }
        #expect(kinds == ["+v2.route", "+v2.stage", "-v2.deployment", "+v2.deployment"])
    }

    @Test func onlyStagesThatChangeAreCompiled() async throws {
        let ids = try await plane.makeAPI()
        await plane.makeRoute("GET /a", in: ids)
        await plane.makeStage("one", in: ids.api)
        await plane.makeStage("two", in: ids.api, autoDeploy: false)
        _ = await plane.call("POST", "/v2/apis/\(ids.api)/deployments", ["stageName": "two"])
        let before = plane.traffic.prepared
        await plane.makeRoute("GET /b", in: ids)
        #expect(plane.traffic.prepared == before + 1)
        _ = await plane.call("PATCH", "/v2/apis/\(ids.api)", ["name": "renamed"])
        #expect(plane.traffic.prepared == before + 1)
    }

    @Test func whatCannotBeCompiledChangesNothing() async throws {
        let ids = try await plane.makeAPI()
        await plane.makeRoute("GET /a", in: ids)
        await plane.makeStage(in: ids.api)
        let before = await plane.store.entities
        plane.traffic.refuse("The integration cannot be compiled.")
        let answer = await plane.makeRoute("GET /b", in: ids)
        #expect(answer.code == "BadRequestException")
        #expect(answer.message == "The integration cannot be compiled.")
        #expect(await plane.store.entities == before)
        #expect(await plane.call("GET", "/v2/apis/\(ids.api)/routes").items.count == 1)
        #expect(plane.servedKeys(ids.api) == ["GET /a"])
    }

    @Test func whatCannotBeStoredChangesNothing() async throws {
        let ids = try await plane.makeAPI()
        await plane.makeRoute("GET /a", in: ids)
        await plane.makeStage(in: ids.api)
        plane.store.fill()
        #expect(await plane.makeRoute("GET /b", in: ids).code == "InternalFailure")
        #expect(await plane.call("DELETE", "/v2/apis/\(ids.api)").code == "InternalFailure")
        #expect(await plane.call("GET", "/v2/apis/\(ids.api)/routes").items.count == 1)
        #expect(plane.servedKeys(ids.api) == ["GET /a"])
    }

    @Test func concurrentCallsLoseNothing() async throws {
        let ids = try await plane.makeAPI()
        await plane.makeRoute("GET /a", in: ids)
        await plane.makeStage(in: ids.api)
        await withTaskGroup { group in
            for number in 0..<100 { group.addTask { await plane.makeRoute("GET /\(number)", in: ids) } }
        }
        #expect(await plane.call("GET", "/v2/apis/\(ids.api)/routes").items.count == 101)
        #expect(await plane.store.entities.count { $0.id.kind == "v2.route" } == 101)
    }

    @Test func aRestartBringsEverythingBack() async throws {
        let ids = try await plane.makeAPI(["tags": ["team": "doors"]])
        for number in 0..<5 { await plane.makeRoute("GET /\(number)/{id}", in: ids) }
        await plane.makeStage(in: ids.api, ["stageVariables": ["a": "1"]])
        await plane.makeStage("dev", in: ids.api, autoDeploy: false)
        _ = await plane.call("POST", "/v2/apis/\(ids.api)/deployments", ["stageName": "dev"])
        await plane.makeRoute("GET /later", in: ids)

        let next = APIPlane(store: plane.store)
        try await next.plane.start()
        for path in ["", "/routes", "/integrations", "/stages", "/deployments"] {
            let resource = "/v2/apis/\(ids.api)\(path)"
            #expect(await next.call("GET", resource).text == plane.call("GET", resource).text)
        }
        #expect(next.servedKeys(ids.api) == plane.servedKeys(ids.api))
        #expect(next.servedKeys(ids.api, "dev")?.count == 5)
        #expect(await next.makeRoute("GET /0/{id}", in: ids).status == 409)
        #expect(await next.makeRoute("GET /0/{other}", in: ids).status == 409)
    }

    @Test(
        arguments: [
            Entity(id: .init(root: RootID("api", "none"), kind: "v2.route", key: "r"), document: Array("{}".utf8)),
            Entity(id: .init(root: RootID("api", "a"), kind: "v2.api", key: "a"), document: Array("{".utf8)),
            Entity(
                id: .init(root: RootID("api", "a"), kind: "v2.api", key: "a"),
                document: Array(#"{"apiId":"a"}"#.utf8)),
        ])
    func whatCannotBeReadStopsTheStart(entity: Entity) async throws {
        let store = TryingStore()
        try await store.commit([.save(entity)])
        await #expect(throws: (any Error).self) { try await APIPlane(store: store).plane.start() }
    }
}
