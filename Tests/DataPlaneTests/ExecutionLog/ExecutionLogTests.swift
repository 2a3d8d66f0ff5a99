import GatewayModel
import JSON
import NIOCore
import Testing

@testable import DataPlane

@Suite("The execution log of a REST API's stage")
struct ExecutionLogTests {
    private static let group = "API-Gateway-Execution-Logs_\(TestAPI.id)/prod"

    private func setting(_ level: String?, dataTrace: Bool = false) -> REST.MethodSetting {
        var setting = REST.MethodSetting()
        setting.loggingLevel = level
        setting.dataTraceEnabled = dataTrace
        return setting
    }

    /// The lines of one request, its id as `ID`.
    private func lines(
        _ api: TestRESTAPI, _ request: String, group: String = group, answering: FunctionOutcome? = nil
    ) throws -> [String] {
        let gateway = try EmbeddedGateway(api.definition)
        if let answering { gateway.function.answer(answering) }
        gateway.send(request)
        let id = gateway.received.firstMatch(of: /x-amzn-RequestId: (\S+)/).map { String($0.1) } ?? "?"
        let extended = gateway.received.firstMatch(of: /x-amz-apigw-id: (\S+)/).map { String($0.1) } ?? "?"
        return gateway.lines(of: group).map { line in
            #expect(line.hasPrefix("(\(id)) "), "\(line)")
            return String(line.dropFirst(id.count + 3)).replacing(id, with: "ID").replacing(extended, with: "EXTENDED")
        }
    }

    private func mock(_ level: String?, dataTrace: Bool = false) -> TestRESTAPI {
        var response = REST.IntegrationResponse(statusCode: "200")
        response.responseTemplates = ["application/json": "hello"]
        var api = TestRESTAPI("POST /pets/{id}", .mock(answers: ["200": response]))
        api.settings = ["*/*": setting(level, dataTrace: dataTrace)]
        return api
    }

    private let plan = [
        "Extended Request Id: EXTENDED",
        "Verifying Usage Plan for request: ID. API Key:  API Stage: a1b2c3d4e5/prod",
        "API Key  authorized because method 'POST /pets/{id}' does not require API Key. "
            + "Request will not contribute to throttle or quota limits",
        "Usage Plan check succeeded for API Key  and API Stage a1b2c3d4e5/prod",
        "Starting execution for request: ID", "HTTP Method: POST, Resource Path: /pets/7",
    ]

    @Test("tells all with data trace, secrets but for their ends left out")
    func dataTrace() throws {
        let sent = TestGateway.request(
            "POST", "/prod/pets/7?a=1&a=2", ["Authorization: Bearer abcdef123456"], body: "a\n(x) b")
        let lines = try lines(mock("INFO", dataTrace: true), sent)
        #expect(lines.prefix(6) == plan[...])
        #expect(lines[6] == "Method request path: {id=7}")
        #expect(lines[7] == "Method request query string: {a=2}")
        #expect(lines[8].hasPrefix("Method request headers: {Authorization=*************123456, Host="))
        #expect(lines[9] == #"Method request body before transformations: a\n(x) b"#)
        #expect(
            Array(lines[10...]) == [
                "Method response body after transformations: hello",
                "Method response headers: {Content-Type=application/json}", "Successfully completed execution",
                "Method completed with status: 200",
            ])
    }

    @Test("without data trace tells no bodies and no headers")
    func info() throws {
        let lines = try lines(mock("INFO"), TestGateway.request("POST", "/prod/pets/7", body: "secret"))
        #expect(lines == plan + ["Successfully completed execution", "Method completed with status: 200"])
    }

    @Test("with ERROR tells of failures alone")
    func errors() throws {
        #expect(try lines(mock("ERROR"), TestGateway.request("POST", "/prod/pets/7", body: "x")).isEmpty)
        var api = TestRESTAPI("GET /f", .function())
        api.settings = ["*/*": setting("ERROR", dataTrace: true)]
        let lines = try lines(
            api, TestGateway.request("GET", "/prod/f"),
            answering: .functionError(ByteBuffer(string: #"{"errorMessage":"no\nway"}"#)))
        #expect(lines.count == 3)
        #expect(lines[0] == #"Endpoint response body before transformations: {"errorMessage":"no\nway"}"#)
        #expect(
            lines[1].hasPrefix(
                #"Lambda execution failed with status 200 due to customer function error: no\nway. Lambda request id: "#
            ))
        #expect(lines[2] == "Method completed with status: 502")
    }

    @Test("is of the methods that its settings name")
    func methods() throws {
        var api = mock(nil)
        #expect(try lines(api, TestGateway.request("POST", "/prod/pets/7", body: "x")).isEmpty)
        api.settings["pets/{id}/POST"] = setting("INFO")
        #expect(try !lines(api, TestGateway.request("POST", "/prod/pets/7", body: "x")).isEmpty)
        api.settings["*/*"] = setting("INFO")
        api.settings["pets/{id}/POST"] = setting("OFF", dataTrace: true)
        #expect(try lines(api, TestGateway.request("POST", "/prod/pets/7", body: "x")).isEmpty)
        #expect(try lines(api, TestGateway.request("POST", "/prod/none", body: "x")).isEmpty)
    }

    @Test("of a canary's calls is in the canary's group too")
    func canary() throws {
        var api = mock("INFO")
        var canary = REST.CanarySettings(deploymentId: "other")
        canary.percentTraffic = 100.0
        api.canary = (canary, api.content)
        api.logFormat = "$context.requestId $context.isCanaryRequest"
        let gateway = try EmbeddedGateway(api.definition)
        gateway.send(TestGateway.request("POST", "/prod/pets/7", body: "x"))
        let production = gateway.lines(of: Self.group)
        #expect(production.count == 8)
        #expect(gateway.lines(of: Self.group + "/Canary") == production)
        #expect(gateway.entries.count == 1)
        #expect(gateway.lines(of: TestAPI.logGroup + "/Canary") == gateway.entries)
    }

    @Test("of a call that a limit does not let pass says which")
    func throttled() throws {
        var api = mock("INFO")
        var setting = setting("INFO")
        setting.throttlingRateLimit = 0.5
        setting.throttlingBurstLimit = 0
        api.settings["*/*"] = setting
        let lines = try lines(api, TestGateway.request("POST", "/prod/pets/7", body: "x"))
        #expect(
            lines == plan.prefix(2) + [
                "Key throttle limit exceeded for RestApi a1b2c3d4e5, Stage prod, Resource /pets/{id}, HttpMethod POST. "
                    + "Limit: 0.50 Burst: 0", "Method completed with status: 429",
            ])
    }

    @Test("of a call that nobody may make says no more")
    func unauthorized() throws {
        var api = TestRESTAPI(("GET /a", .to(.mock()) { $0.authorizationType = "AWS_IAM" }))
        api.settings = ["*/*": setting("INFO", dataTrace: true)]
        let lines = try lines(api, TestGateway.request("GET", "/prod/a"))
        #expect(lines == ["Unauthorized request: ID", "Method completed with status: 403"])
    }

    @Test("cuts an event at 1,024 bytes, between characters")
    func cut() {
        let log = ExecutionLog(
            ExecutionLog.Setting(level: .info, tracesData: true), requestId: Array("id".utf8), clock: LoopClock())
        log.line(.step, String(repeating: "ä", count: 5_000))
        log.line(.step, String(repeating: "x", count: 1_024 - 5))
        log.line(.step, String(repeating: "x", count: 1_024 - 4))
        let lines = String(buffer: log.lines).split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0].hasSuffix("ä [TRUNCATED]") && lines[0].utf8.count <= 1_024)
        #expect(lines[1] == "(id) " + String(repeating: "x", count: 1_019))
        #expect(lines[2].hasSuffix("x [TRUNCATED]") && lines[2].utf8.count == 1_024)
    }

    @Test(
        "hides what a secret begins with",
        arguments: [("", ""), ("abc", "***"), ("abcdef", "******"), ("1234567", "*234567")])
    func masks(secret: String, shown: String) { #expect(MaskedText.of(secret) == shown) }
}
