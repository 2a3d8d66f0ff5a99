import GatewayModel
import JSON
import NIOCore
import Testing

@testable import DataPlane

@Suite("A call with an API key")
struct KeyCheckTests {
    private static let value = "0123456789abcdefghij"

    private func plan(_ id: String = "plan", _ change: (inout REST.UsagePlan) -> Void = { _ in }) -> REST.UsagePlan {
        var plan = REST.UsagePlan(id: id, name: id)
        plan.apiStages = [REST.ApiStage(apiId: TestAPI.id, stage: "prod")]
        change(&plan)
        return plan
    }

    private func key(
        _ id: String = "key", value: String = value, isEnabled: Bool = true, plans: [String] = ["plan"]
    ) -> REST.KeyDefinition {
        REST.KeyDefinition(id: id, value: value, isEnabled: isEnabled, plans: plans)
    }

    private func gateway(
        _ plans: [REST.UsagePlan], _ keys: [REST.KeyDefinition], _ change: (inout TestRESTAPI) -> Void = { _ in }
    ) throws -> EmbeddedGateway {
        var response = REST.IntegrationResponse(statusCode: "200")
        response.responseTemplates = ["application/json": "$context.identity.apiKeyId"]
        var open = REST.Method.to(.mock(answers: ["200": response]))
        var closed = open
        closed.apiKeyRequired = true
        open.apiKeyRequired = false
        var api = TestRESTAPI(("GET /a", closed), ("GET /b", closed), ("GET /open", open))
        change(&api)
        let gateway = try EmbeddedGateway(api.definition)
        gateway.publish(plans, keys)
        return gateway
    }

    private func statuses(_ gateway: EmbeddedGateway, _ paths: String..., key: String? = value) -> [String] {
        let before = gateway.statuses.count
        for path in paths {
            gateway.send(
                TestGateway.request("GET", "/prod/\(path)", key.map { ["X-Api-Key: \($0)"] } ?? []))
        }
        return gateway.statuses.dropFirst(before).map { String($0.prefix(3)) }
    }

    @Test("is let in when the key is in a plan of the stage")
    func letIn() throws {
        let gateway = try gateway([plan()], [key()])
        #expect(statuses(gateway, "a") == ["200"])
        #expect(gateway.received.hasSuffix("key"))
    }

    @Test("of whatever other key is refused in the same words")
    func refused() throws {
        let elsewhere = plan("elsewhere") { $0.apiStages = [REST.ApiStage(apiId: TestAPI.id, stage: "dev")] }
        let gateway = try gateway(
            [plan(), elsewhere],
            [
                key("off", value: "off", isEnabled: false), key("alone", value: "alone", plans: []),
                key("other", value: "other", plans: ["elsewhere", "gone"]),
            ])
        for key in [nil, "", Self.value, "off", "alone", "other"] {
            #expect(statuses(gateway, "a", key: key) == ["403"])
            #expect(gateway.received.hasSuffix(#"{"message":"Forbidden"}"#))
        }
        #expect(statuses(gateway, "open", key: nil) == ["200"])
    }

    @Test("is refused where the key is an authorizer's to give")
    func fromAuthorizer() throws {
        let gateway = try gateway([plan()], [key()]) { $0.apiKeySource = "AUTHORIZER" }
        #expect(statuses(gateway, "a") == ["403"])
    }

    @Test("counts in the quota, unless its method asks for no key")
    func quota() throws {
        let gateway = try gateway([plan { $0.quota = REST.QuotaSettings(limit: 2, period: "DAY") }], [key()])
        #expect(statuses(gateway, "a", "open", "b", "open", "a") == ["200", "200", "200", "200", "429"])
        #expect(gateway.received.hasSuffix(#"{"message":"Limit Exceeded"}"#))
        #expect(gateway.received.contains("x-amzn-ErrorType: LimitExceededException\r\n"))
    }

    @Test("is throttled by its plan: each key by itself, on all its stages and methods together")
    func throttle() throws {
        let throttled = plan {
            $0.throttle = REST.ThrottleSettings(burstLimit: 2, rateLimit: 0.001)
            $0.quota = REST.QuotaSettings(limit: 3, period: "DAY")
        }
        let gateway = try gateway([throttled], [key(), key("second", value: "second")])
        #expect(statuses(gateway, "a", "b", "a") == ["200", "200", "429"])
        #expect(gateway.received.hasSuffix(#"{"message":"Too Many Requests"}"#))
        #expect(statuses(gateway, "a", key: "second") == ["200"])
        // What was throttled does not count in the quota.
        #expect(gateway.meters.known(plan: "plan", key: "key")?.takeChanges()?.values.map(\.used) == [2])
    }

    @Test("is throttled by its plan for one method, before all others")
    func methodThrottle() throws {
        let throttled = plan {
            $0.apiStages[0].throttle = ["/a/GET": REST.ThrottleSettings(burstLimit: 1, rateLimit: 0.001)]
            $0.throttle = REST.ThrottleSettings(burstLimit: 3, rateLimit: 0.001)
        }
        let gateway = try gateway([throttled], [key()])
        #expect(statuses(gateway, "a", "a", "b", "b", "b") == ["200", "429", "200", "200", "429"])
    }

    @Test("is throttled by its stage beside its plan")
    func stageThrottle() throws {
        let gateway = try gateway([plan()], [key()]) {
            var setting = REST.MethodSetting()
            setting.throttlingRateLimit = 0.001
            setting.throttlingBurstLimit = 1
            $0.settings = ["a/GET": setting]
        }
        #expect(statuses(gateway, "a", "a", "b") == ["200", "429", "200"])
    }

    @Test("keeps what it has used, and its tokens, when its plan changes otherwise")
    func changed() throws {
        var plan = plan {
            $0.throttle = REST.ThrottleSettings(burstLimit: 2, rateLimit: 0.001)
            $0.quota = REST.QuotaSettings(limit: 5, period: "DAY")
        }
        let gateway = try gateway([plan], [key()])
        #expect(statuses(gateway, "a") == ["200"])
        plan.name = "other"
        gateway.publish([plan], [])
        #expect(statuses(gateway, "a", "a") == ["200", "429"])
        plan.throttle = nil
        gateway.publish([plan], [])
        #expect(statuses(gateway, "a", "a", "a", "a") == ["200", "200", "200", "429"])
        plan.quota?.limit = 6
        gateway.publish([plan], [])
        #expect(statuses(gateway, "a", "a") == ["200", "429"])
    }

    @Test("is refused as soon as its key or plan is another one")
    func gone() throws {
        let gateway = try gateway([plan()], [key()])
        #expect(statuses(gateway, "a") == ["200"])
        gateway.publish([], [key(isEnabled: false)])
        #expect(statuses(gateway, "a") == ["403"])
        gateway.publish([], [key(value: "another")])
        #expect(statuses(gateway, "a") == ["403"])
        #expect(statuses(gateway, "a", key: "another") == ["200"])
        gateway.publish([plan { $0.apiStages = [] }], [])
        #expect(statuses(gateway, "a", key: "another") == ["403"])
        gateway.publish([plan()], [])
        #expect(statuses(gateway, "a", key: "another") == ["200"])
        gateway.publish([], [], removing: ["key"])
        #expect(statuses(gateway, "a", key: "another") == ["403"])
    }
}

@Suite("The throttling of an HTTP API's stage")
struct RouteLimitsTests {
    private func statuses(
        _ settings: V2.RouteSettings?, _ routes: OrderedMap<V2.RouteSettings> = [:], account: Int? = nil
    ) throws -> [String] {
        var api = TestAPI(routes: [("GET /a", .function()), ("GET /b", .function())])
        api.routeSettings = (settings, routes)
        let gateway = try EmbeddedGateway(api, account: account)
        gateway.function.answer(#"{"statusCode":200}"#)
        for path in ["/a", "/a", "/b", "/b"] { gateway.send(TestGateway.request("GET", path)) }
        return gateway.statuses.map { String($0.prefix(3)) }
    }

    private func limit(_ rate: Double?, _ burst: Int?) -> V2.RouteSettings {
        var settings = V2.RouteSettings()
        (settings.throttlingRateLimit, settings.throttlingBurstLimit) = (rate, burst)
        return settings
    }

    @Test("is for each route by itself")
    func each() throws {
        #expect(try statuses(limit(0.001, 1)) == ["200", "429", "200", "429"])
        #expect(try statuses(nil, ["GET /b": limit(0.001, 1)]) == ["200", "200", "200", "429"])
        #expect(try statuses(limit(0.001, 1), ["GET /b": limit(nil, 2)]) == ["200", "429", "200", "200"])
    }

    @Test("of 0 lets nothing pass")
    func zero() throws {
        #expect(try statuses(limit(0, 0)) == ["429", "429", "429", "429"])
        #expect(try statuses(limit(0, nil), ["GET /b": limit(100, 10)]) == ["429", "429", "200", "200"])
    }

    @Test("stands beside the account's, of all APIs together")
    func account() throws {
        #expect(try statuses(nil, account: 3) == ["200", "200", "200", "429"])
    }
}
