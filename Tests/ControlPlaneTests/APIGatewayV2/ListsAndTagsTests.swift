import JSON
import Testing

@testable import ControlPlane

@Suite struct ListsTests {
    let plane = APIPlane()

    private func keys(_ answer: APIAnswer) -> [String] { answer.items.compactMap { $0["routeKey"]?.string } }

    private func apiWithRoutes(_ count: Int) async throws -> (api: String, integration: String) {
        let ids = try await plane.makeAPI()
        for number in 0..<count { await plane.makeRoute("GET /\(number)", in: ids) }
        return ids
    }

    @Test func pagesHoldEveryItemOnceInOrder() async throws {
        let path = "/v2/apis/\(try await apiWithRoutes(5).api)/routes"
        let first = await plane.call("GET", path, query: "maxResults=2")
        let token = try #require(first["nextToken"]?.string)
        let second = await plane.call("GET", path, query: "maxResults=2&nextToken=\(token)")
        let last = await plane.call("GET", path, query: "maxResults=2&nextToken=\(second["nextToken"]?.string ?? "")")
        #expect(keys(first) + keys(second) + keys(last) == (0..<5).map { "GET /\($0)" })
        #expect(last["nextToken"] == nil)
    }

    @Test func whatIsDeletedBetweenPagesNeitherEndsNorRepeatsTheList() async throws {
        let (api, _) = try await apiWithRoutes(5)
        let path = "/v2/apis/\(api)/routes"
        let first = await plane.call("GET", path, query: "maxResults=2")
        let token = try #require(first["nextToken"]?.string)
        let gone = try #require(first.items.first?["routeId"]?.string)
        _ = await plane.call("DELETE", "\(path)/\(gone)")
        #expect(keys(await plane.call("GET", path, query: "nextToken=\(token)")) == ["GET /2", "GET /3", "GET /4"])
        let last = try #require(first.items.last?["routeId"]?.string)
        _ = await plane.call("DELETE", "\(path)/\(last)")
        #expect(keys(await plane.call("GET", path, query: "nextToken=\(token)")).suffix(2) == ["GET /3", "GET /4"])
    }

    @Test(arguments: ["maxResults=0", "maxResults=-1", "maxResults=many", "nextToken=made%20up", "nextToken=00"])
    func whatMakesNoSenseIsRefused(query: String) async throws {
        let (api, _) = try await apiWithRoutes(1)
        #expect(await plane.call("GET", "/v2/apis/\(api)/routes", query: query).code == "BadRequestException")
    }
}

@Suite struct ResourceTagsTests {
    let plane = APIPlane()

    private func arn(_ path: String) -> String {
        "/v2/tags/arn%3Aaws%3Aapigateway%3Aeu-central-1%3A%3A%2Fapis%2F" + path.replacing("/", with: "%2F")
    }

    @Test(arguments: ["", "/stages/$default"])
    func tagsAreAddedReplacedAndRemoved(part: String) async throws {
        let (api, _) = try await plane.makeAPI(["tags": ["made": "with"]])
        await plane.makeStage(in: api, ["tags": ["made": "with"]])
        let path = arn(api + part)
        #expect(await plane.call("GET", path).text == #"{"tags":{"made":"with"}}"#)
        #expect(await plane.call("POST", path, ["tags": ["made": "again", "a": "1", "b": ""]]).status == 201)
        #expect(await plane.call("DELETE", path, query: "tagKeys=a&tagKeys=none").status == 204)
        #expect(await plane.call("GET", path).text == #"{"tags":{"made":"again","b":""}}"#)
    }

    @Test func tagsShowOnTheirResource() async throws {
        let (api, _) = try await plane.makeAPI()
        _ = await plane.call("POST", arn(api), ["tags": ["a": "1"]])
        #expect(await plane.call("GET", "/v2/apis/\(api)")["tags"] == ["a": "1"])
    }

    @Test(arguments: ["zzzzzzzzzz", "zzzzzzzzzz/stages/dev"])
    func anUnknownResourceIsNotFound(path: String) async {
        #expect(await plane.call("GET", arn(path)).code == "NotFoundException")
    }

    @Test(
        arguments: [
            ["aws:x": "1"], ["": "1"], [String(repeating: "k", count: 129): "1"],
            ["a": String(repeating: "v", count: 257)],
        ])
    func badTagsAreRefused(tags: [String: String]) {
        #expect(throws: ServiceError.self) { try Tags.check(OrderedMap(tags.map { ($0.key, $0.value) })) }
    }

    @Test func theFiftyFirstTagIsRefused() {
        #expect(throws: ServiceError.self) { try Tags.check(OrderedMap((0..<51).map { ("k\($0)", "v") })) }
        #expect(throws: Never.self) { try Tags.check(OrderedMap((0..<50).map { ("k\($0)", "v") })) }
    }
}

@Suite struct RefusedOperationsTests {
    @Test func everyRefusalSaysWhatAndWhy() async {
        let plane = APIPlane()
        for operation in V2Operations.refused {
            let path = operation.path.replacing("{", with: "").replacing("}", with: "")
            let answer = await plane.call(operation.method.rawValue, path)
            #expect(answer.status == 400)
            #expect(answer.code == "BadRequestException")
            #expect(answer.message?.hasSuffix("\(operation.name) is refused.") == true)
            #expect(!operation.isServed)
        }
    }

    /// What is not served has no resources: lists of them say so, and tools that only look go on.
    @Test func listsOfNothingAreEmpty() async throws {
        let plane = APIPlane()
        let (api, integration) = try await plane.makeAPI()
        let route = try #require(
            await plane.makeRoute("GET /pets", in: (api, integration))["routeId"]?.string)
        for path in [
            "/vpclinks", "/domainnames", "/portals", "/portalproducts", "/apis/\(api)/authorizers",
            "/apis/\(api)/models", "/apis/\(api)/integrations/\(integration)/integrationresponses",
            "/apis/\(api)/routes/\(route)/routeresponses",
        ] {
            let answer = await plane.call("GET", "/v2" + path)
            #expect(answer.status == 200)
            #expect(answer.text == #"{"items":[]}"#)
        }
        for path in [
            "/domainnames/a.example/apimappings", "/domainnames/a.example/routingrules",
            "/portalproducts/x/productpages", "/portalproducts/x/productrestendpointpages", "/apis/x/authorizers",
            "/apis/x/models", "/apis/\(api)/integrations/x/integrationresponses",
            "/apis/\(api)/routes/x/routeresponses",
        ] {
            let answer = await plane.call("GET", "/v2" + path)
            #expect(answer.status == 404)
            #expect(answer.code == "NotFoundException")
        }
    }

    @Test func servedAndRefusedOperationsAreTheModels103() {
        let served =
            V2Operations.apis + V2Operations.routes + V2Operations.routeResponses + V2Operations.integrations
            + V2Operations.integrationResponses + V2Operations.models + V2Operations.authorizers
            + V2Operations.stages + V2Operations.deployments + V2Operations.documents + V2Operations.tags
            + V2Operations.vpcLinks + V2Operations.emptyLists
        #expect(served.allSatisfy { $0.isServed })
        #expect(Set((served + V2Operations.refused).map(\.name)).count == 103)
    }
}
