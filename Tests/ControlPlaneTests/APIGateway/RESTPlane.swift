import GatewayModel
import JSON
import Testing

@testable import ControlPlane

/// The short way to REST APIs of a control plane.
struct RESTPlane {
    let plane: APIPlane

    init(store: TryingStore = TryingStore()) { plane = APIPlane(store: store) }

    func call(_ method: String, _ path: String, _ body: JSONValue? = nil, query: String = "") async -> APIAnswer {
        await plane.call(method, path, body, query: query)
    }

    /// Makes an API, and answers its id and its root's.
    func makeAPI(_ members: JSONObject = [:]) async throws -> (api: String, root: String) {
        var body: JSONObject = ["name": "pets"]
        for (key, value) in members { body[key] = value }
        let answer = await call("POST", "/restapis", .object(body))
        return (try #require(answer["id"]?.string), try #require(answer["rootResourceId"]?.string))
    }

    /// Makes a method that leads to a MOCK, or to what `integration` says.
    func makeMethod(
        _ verb: String = "GET", at resource: String? = nil, of ids: (api: String, root: String),
        _ integration: JSONValue = ["type": "MOCK"]
    ) async {
        let path = "/restapis/\(ids.api)/resources/\(resource ?? ids.root)/methods/\(verb)"
        #expect(await call("PUT", path, ["authorizationType": "NONE"]).status == 201)
        #expect(await call("PUT", path + "/integration", integration).status == 201)
    }

    @discardableResult
    func deploy(_ api: String, _ stage: String? = nil, _ members: JSONObject = [:]) async -> APIAnswer {
        var body = members
        body["stageName"] = stage.map { .string($0) }
        return await call("POST", "/restapis/\(api)/deployments", .object(body))
    }

    @discardableResult
    func patch(_ path: String, _ operations: JSONValue...) async -> APIAnswer {
        await call("PATCH", path, ["patchOperations": .array(operations)])
    }

    func served(_ api: String, _ stage: String) -> StageDefinition? {
        plane.traffic.served[StageKey(apiId: api, stageName: stage)]
    }

    static func lambda(_ name: String) -> JSONValue {
        let arn = APIPlane.account.functionARN(name)
        return [
            "type": "AWS_PROXY", "httpMethod": "POST",
            "uri": .string("arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/\(arn)/invocations"),
        ]
    }
}
