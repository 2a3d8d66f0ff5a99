import EntityStore
import GatewayModel
import JSON
import Synchronization
import Testing

@testable import ControlPlane

/// A control plane with APIs only: traffic that notes what is served, and a store that can be read back.
struct APIPlane {
    static let account = AccountIdentity(accountId: "123456789012", region: "eu-central-1")

    let plane: ControlPlane
    let traffic = NotingTraffic()
    let store: TryingStore

    init(store: TryingStore = TryingStore(), limits: CallLimits = .aws) {
        self.store = store
        var settings = ControlPlaneSettings(
            account: Self.account, codeFolder: "/nowhere", now: { Timestamp(milliseconds: 1_586_304_524_000) },
            concurrentExecutions: 1000)
        settings.limits = limits
        plane = ControlPlane(
            settings: settings,
            store: store, traffic: traffic, functionHost: AbsentHost())
    }

    func call(_ method: String, _ path: String, _ body: JSONValue? = nil, query: String = "") async -> APIAnswer {
        APIAnswer(
            await plane.respond(
                to: WireRequest(method: method, path: path, query: query, body: body?.bytes ?? [])))
    }

    /// Makes an API with an HTTP integration, and answers both ids.
    func makeAPI(_ members: JSONObject = [:]) async throws -> (api: String, integration: String) {
        var body: JSONObject = ["name": "pets", "protocolType": "HTTP"]
        for (key, value) in members { body[key] = value }
        let api = try #require(await call("POST", "/v2/apis", .object(body))["apiId"]?.string)
        let integration = try #require(
            await call("POST", "/v2/apis/\(api)/integrations", Self.integration)["integrationId"]?.string)
        return (api, integration)
    }

    static let integration: JSONValue = [
        "integrationType": "HTTP_PROXY", "integrationMethod": "GET", "integrationUri": "https://example.com/pets",
    ]

    @discardableResult
    func makeRoute(_ key: String, in ids: (api: String, integration: String)) async -> APIAnswer {
        await call(
            "POST", "/v2/apis/\(ids.api)/routes",
            ["routeKey": .string(key), "target": .string("integrations/\(ids.integration)")])
    }

    @discardableResult
    func makeStage(
        _ name: String = "$default", in api: String, autoDeploy: Bool = true, _ members: JSONObject = [:]
    ) async -> APIAnswer {
        var body: JSONObject = ["stageName": .string(name), "autoDeploy": .bool(autoDeploy)]
        for (key, value) in members { body[key] = value }
        return await call("POST", "/v2/apis/\(api)/stages", .object(body))
    }

    /// The route keys that a stage serves; nil when it is not served.
    func servedKeys(_ api: String, _ stage: String = "$default") -> [String]? {
        traffic.served[StageKey(apiId: api, stageName: stage)]?.http?.routes.map(\.routeKey)
    }
}

struct APIAnswer {
    let status: Int
    let headers: [(name: String, value: String)]
    let text: String
    let body: JSONValue

    init(_ response: WireResponse) {
        status = response.status
        headers = response.headers
        text = String(decoding: response.body, as: UTF8.self)
        body = (try? JSONValue(parsing: response.body)) ?? .null
    }

    subscript(member: String) -> JSONValue? { body[member] }

    var code: String? { headers.first { $0.name == "x-amzn-errortype" }?.value }
    var message: String? { body["message"]?.string }
    var items: [JSONValue] { body["items"]?.array ?? [] }
}

/// What would be served, after every publication.
final class NotingTraffic: Traffic {
    private struct State {
        var served: [StageKey: StageDefinition] = [:]
        var refusal: String?
        var prepared = 0
    }

    private let state = Mutex(State())

    var served: [StageKey: StageDefinition] { state.withLock { $0.served } }
    /// How many stages were compiled so far.
    var prepared: Int { state.withLock { $0.prepared } }

    func refuse(_ message: String?) { state.withLock { $0.refusal = message } }

    func prepare(
        _ stages: [StageDefinition], removing: [StageKey]
    ) throws(TrafficError) -> any PreparedTraffic {
        if let message = state.withLock({ $0.refusal }) { throw TrafficError(message) }
        state.withLock { $0.prepared += stages.count }
        return Prepared(traffic: self, stages: stages, removed: removing)
    }

    private struct Prepared: PreparedTraffic {
        let traffic: NotingTraffic
        let stages: [StageDefinition]
        let removed: [StageKey]

        func publish() async {
            traffic.state.withLock { state in
                for key in removed { state.served[key] = nil }
                for stage in stages { state.served[stage.key] = stage }
            }
        }
    }
}

private struct AbsentHost: FunctionHost {
    func publish(_ function: Lambda.FunctionDefinition) async {}
    func remove(functionName: String) async {}
    func invoke(_ invocation: Lambda.Invocation) async -> Lambda.InvocationOutcome { .notFound }
    func stream(_ invocation: Lambda.Invocation) async -> Lambda.StreamOutcome { .notFound }
    func rehearse(_ function: Lambda.FunctionDefinition, isNeeded: Bool) async throws(InitError) {}
}
