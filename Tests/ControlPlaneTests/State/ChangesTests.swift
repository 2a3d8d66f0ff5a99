import EntityStore
import GatewayModel
import JSON
import Testing

@testable import ControlPlane

/// Changes that meet: of one root, of several, and with what they read.
@Suite struct ChangesTests {
    private let plane = LambdaPlane()

    @Test func changesOfOneRootComeOneAfterAnother() async throws {
        let api = try await makeAPI()
        plane.store.pause("api")
        async let first = call("POST", "/v2/apis/\(api)/routes", ["routeKey": "GET /a"])
        async let second = call("POST", "/v2/apis/\(api)/routes", ["routeKey": "GET /a"])
        await plane.store.waitForPaused(1)
        while plane.plane.turns.waiting(for: HTTPAPI.rootID(api)) == 0, plane.store.pausedCommits == 1 {
            await Task.yield()
        }
        #expect(plane.store.pausedCommits == 1)
        plane.store.goOn()
        let statuses = await [first.status, second.status].sorted()
        #expect(statuses == [201, 409])
        #expect(await call("GET", "/v2/apis/\(api)/routes").items.count == 1)
    }

    @Test func changesOfDifferentRootsAreStoredTogether() async throws {
        let apis = [try await makeAPI(), try await makeAPI()]
        plane.store.pause("api")
        async let first = call("POST", "/v2/apis/\(apis[0])/routes", ["routeKey": "GET /a"])
        async let second = call("POST", "/v2/apis/\(apis[1])/routes", ["routeKey": "GET /a"])
        await plane.store.waitForPaused(2)
        // What is not stored yet is not shown.
        #expect(await call("GET", "/v2/apis/\(apis[0])/routes").items.isEmpty)
        plane.store.goOn()
        let statuses = await [first.status, second.status]
        #expect(statuses == [201, 201])
    }

    @Test func whatWasReadMustStillBeSoWhenItIsStored() async throws {
        for name in ["one", "two"] { await plane.create(name) }
        plane.store.pause("function")
        async let first = reserve(500, for: "one")
        async let second = reserve(500, for: "two")
        await plane.store.waitForPaused(2)
        plane.store.goOn()
        // Each alone would leave enough for the others.
        let answers = await [first, second]
        #expect(answers.map(\.status).sorted() == [200, 400])
        #expect(answers.contains { $0.errorType == "InvalidParameterValueException" })
    }

    @Test func aFunctionThatChangesWhileAStageIsStoredIsCompiledIn() async throws {
        await plane.create("hello")
        let api = try await makeAPI()
        await makeFunctionRoute("hello", in: api)
        plane.store.pause("api")
        async let stage = call("POST", "/v2/apis/\(api)/stages", ["stageName": "$default", "autoDeploy": true])
        await plane.store.waitForPaused(1)
        let compiled = plane.traffic.prepared
        await permit("hello")
        // The stage is not there yet, so the function does not find it.
        #expect(plane.traffic.prepared == compiled)
        plane.store.goOn()
        #expect(await stage.status == 201)
        #expect(plane.traffic.prepared == compiled + 1)
    }

    @Test func aFunctionsStagesAreCompiledWhenNobodyChangesThem() async throws {
        await plane.create("hello")
        let api = try await makeAPI()
        await makeFunctionRoute("hello", in: api)
        _ = await call("POST", "/v2/apis/\(api)/stages", ["stageName": "$default", "autoDeploy": true])
        plane.store.pause("api")
        async let route = call("POST", "/v2/apis/\(api)/routes", ["routeKey": "GET /late"])
        await plane.store.waitForPaused(1)
        let compiled = plane.traffic.prepared
        async let permission: Void = permit("hello")
        while plane.plane.turns.waiting(for: HTTPAPI.rootID(api)) == 0, plane.traffic.prepared == compiled {
            await Task.yield()
        }
        // Compiled now, the stage would be served without the route that is being stored.
        #expect(plane.traffic.prepared == compiled)
        plane.store.goOn()
        #expect(await route.status == 201)
        await permission
        #expect(plane.traffic.prepared == compiled + 2)
        #expect(served(api, plane) == ["GET /", "GET /late"])
    }

    @Test func aFunctionCompilesOnlyTheStagesThatCallIt() async throws {
        for name in ["hello", "other"] { await plane.create(name) }
        let (api, other) = (try await makeAPI(), try await makeAPI())
        await makeFunctionRoute("${stageVariables.name}", in: api)
        await makeFunctionRoute("other", in: other)
        for (stage, name) in [("one", "hello"), ("two", "other")] {
            _ = await call(
                "POST", "/v2/apis/\(api)/stages",
                ["stageName": .string(stage), "autoDeploy": true, "stageVariables": ["name": .string(name)]])
        }
        _ = await call("POST", "/v2/apis/\(other)/stages", ["stageName": "$default", "autoDeploy": true])
        #expect(await compiled { await permit("hello") } == 1)
        #expect(await compiled { await permit("other") } == 2)
        _ = await call("PATCH", "/v2/apis/\(api)/stages/one", ["stageVariables": ["name": "other"]])
        #expect(await compiled { _ = await plane.call("DELETE", "/2015-03-31/functions/hello") } == 0)
        #expect(await compiled { _ = await plane.call("DELETE", "/2015-03-31/functions/other") } == 3)
        _ = await call("DELETE", "/v2/apis/\(api)")
        #expect(await compiled { await plane.create("other") } == 1)
    }

    @Test func aFunctionWhoseCodeChangesCompilesNothing() async throws {
        await plane.create("hello")
        let api = try await makeAPI()
        await makeFunctionRoute("hello", in: api)
        _ = await call("POST", "/v2/apis/\(api)/stages", ["stageName": "$default", "autoDeploy": true])
        #expect(await compiled { _ = await plane.update("hello", ["Timeout": 9]) } == 0)
        #expect(await compiled { _ = await plane.publish("hello") } == 1)
    }

    @Test func severalServersOfOneStoreLoseNothing() async throws {
        let other = LambdaPlane(store: TryingStore(plane.store.memory))
        try await other.plane.start()
        let api = try await makeAPI()
        // The other one has not heard of the API yet; what it tries is refused, and it reads what there is.
        try await other.plane.follow()
        _ = await call("POST", "/v2/apis/\(api)/stages", ["stageName": "$default", "autoDeploy": true])
        _ = await call("POST", "/v2/apis/\(api)/routes", ["routeKey": "GET /here"])
        let answer = await other.call("POST", "/v2/apis/\(api)/routes", ["routeKey": "GET /there"])
        #expect(answer.status == 201)
        #expect(served(api, other) == ["GET /here", "GET /there"])
        #expect(await other.call("POST", "/v2/apis/\(api)/routes", ["routeKey": "GET /here"]).status == 409)
        try await plane.plane.follow()
        #expect(served(api, plane) == ["GET /here", "GET /there"])
        _ = await other.call("DELETE", "/v2/apis/\(api)")
        try await plane.plane.follow()
        #expect(served(api, plane) == nil)
        #expect(await call("GET", "/v2/apis/\(api)").status == 404)
    }

    // MARK: What is asked

    private func call(_ method: String, _ path: String, _ body: JSONValue? = nil) async -> APIAnswer {
        APIAnswer(
            await plane.plane.respond(
                to: WireRequest(method: method, path: path, query: "", body: body?.bytes ?? [])))
    }

    private func makeAPI() async throws -> String {
        try #require(await call("POST", "/v2/apis", ["name": "a", "protocolType": "HTTP"])["apiId"]?.string)
    }

    private func makeFunctionRoute(_ name: String, in api: String) async {
        let integration = await call(
            "POST", "/v2/apis/\(api)/integrations",
            [
                "integrationType": "AWS_PROXY", "payloadFormatVersion": "2.0",
                "integrationUri": .string("arn:aws:lambda:eu-central-1:123456789012:function:\(name)"),
            ])
        let route = await call(
            "POST", "/v2/apis/\(api)/routes",
            [
                "routeKey": "GET /",
                "target": .string("integrations/" + (integration["integrationId"]?.string ?? "")),
            ])
        #expect(route.status == 201)
    }

    private func permit(_ name: String) async {
        let answer = await plane.call(
            "POST", "/2015-03-31/functions/\(name)/policy",
            [
                "StatementId": .string("s\(plane.store.commits)"), "Action": "lambda:InvokeFunction",
                "Principal": "apigateway.amazonaws.com",
            ])
        #expect(answer.status == 201)
    }

    private func reserve(_ count: Int, for name: String) async -> Answer {
        await plane.call(
            "PUT", "/2017-10-31/functions/\(name)/concurrency", ["ReservedConcurrentExecutions": .number(count)])
    }

    private func compiled(_ work: () async -> Void) async -> Int {
        let before = plane.traffic.prepared
        await work()
        return plane.traffic.prepared - before
    }

    private func served(_ api: String, _ plane: LambdaPlane) -> [String]? {
        plane.traffic.served[StageKey(apiId: api, stageName: "$default")]?.http?.routes.map(\.routeKey)
    }
}
