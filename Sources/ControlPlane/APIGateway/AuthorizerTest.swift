import BoundedRegex
import Callers
import GatewayModel
import IAMPolicy
import JSON

/// One test of a function authorizer: the function is asked, its answer judged, and all of it told in a log.
///
/// The log's sentences are those of AWS's own logs of live APIs.
struct AuthorizerTest {
    struct Request {
        var headers: OrderedMap<String> = [:]
        var pathWithQueryString = "/"
        var stageVariables: OrderedMap<String> = [:]
        var context: OrderedMap<String> = [:]
    }

    let control: ControlPlane
    let apiId: String
    let authorizer: REST.Authorizer
    let request: Request
    let call: Call
    private var lines: [String] = []
    private let clock = ContinuousClock()

    init(control: ControlPlane, apiId: String, authorizer: REST.Authorizer, request: Request, call: Call) {
        self.control = control
        self.apiId = apiId
        self.authorizer = authorizer
        self.request = request
        self.call = call
    }

    /// How a test ends without a policy.
    private enum Ending: Error {
        case unauthorized
        /// The authorizer cannot be asked, or answers what is no policy.
        case misconfigured(String)

        var status: Int {
            switch self {
            case .unauthorized: 401
            case .misconfigured: 500
            }
        }
    }

    /// The members of `TestInvokeAuthorizerResponse`.
    mutating func run() async -> JSONValue {
        let start = clock.now
        note("Starting authorizer: \(authorizer.id) for request: \(Self.requestId)")
        var answer: JSONObject = [:]
        do throws(Ending) {
            let (principal, policy) = try await ask()
            // "Value is 0 if the authorizer succeeded" (API reference).
            answer["clientStatus"] = 0
            answer["principalId"] = .string(principal)
            answer["policy"] = .string(String(decoding: policy.bytes, as: UTF8.self))
            note("Successfully completed authorizer execution")
        } catch {
            if case .misconfigured(let reason) = error {
                note("Execution failed due to configuration error: \(reason)")
                note("AuthorizerConfigurationException")
            } else {
                note("Unauthorized request: \(Self.requestId)")
            }
            answer["clientStatus"] = .number(error.status)
        }
        let took = start.duration(to: clock.now).components
        answer["latency"] = .number(Int(took.seconds * 1000 + took.attoseconds / 1_000_000_000_000_000))
        answer["log"] = .string("Execution log for request \(Self.requestId)\n" + lines.joined(separator: "\n") + "\n")
        return .object(answer)
    }

    private mutating func ask() async throws(Ending) -> (principal: String, policy: JSONValue) {
        let event = authorizer.type == "TOKEN" ? try tokenEvent() : try requestEvent()
        let uri = StageVariables.fill(authorizer.authorizerUri ?? "", request.stageVariables)
        guard let named = FunctionURI(uri), let function = control.world[LambdaFunction.self, named.name],
            function.resolve(named.qualifier) != nil
        else { throw .misconfigured("The authorizer's function does not exist: \(uri)") }
        try checkPermission(named, function.policies[named.qualifier ?? ""]?.policy)
        note("Endpoint request URI: \(uri)")
        note("Endpoint request body after transformations: \(Self.cut(String(decoding: event.bytes, as: UTF8.self)))")
        let invocation = Lambda.Invocation(
            functionName: named.name, qualifier: named.qualifier == Qualifier.latest ? nil : named.qualifier,
            requestId: call.requestId, payload: event.bytes)
        switch await control.functionHost.invoke(invocation) {
        case .success(let payload, _, _): return try judge(payload)
        case .functionError(let payload, _, _):
            let error = try? JSONValue(parsing: payload)
            if error?["errorMessage"] == "Unauthorized" { throw .unauthorized }
            throw .misconfigured("Authorizer function failed: \(Self.cut(String(decoding: payload, as: UTF8.self)))")
        case .throttled: throw .misconfigured("The authorizer's function is running as often at once as it may")
        case .accepted, .notFound: throw .misconfigured("The authorizer's function does not exist: \(uri)")
        }
    }

    private func checkPermission(
        _ function: FunctionURI, _ policy: Lambda.ResourcePolicy?
    ) throws(Ending) {
        let now = control.settings.now()
        let isPermitted: Bool
        switch CallCredentials(authorizer.authorizerCredentials, request.stageVariables) {
        case .own:
            isPermitted =
                policy?.allowsInvoke(
                    byService: "apigateway.amazonaws.com",
                    sourceArn: call.account.executeAPIARN("\(apiId)/authorizers/\(authorizer.id)"),
                    sourceAccount: call.account.accountId) ?? false
        case .callers: isPermitted = false
        case .role(let role):
            switch control.callers.gatewayRole(role, now: now) {
            case .madeUp: isPermitted = true
            case .assumed(let caller):
                let asked = GatewayCall(now: now, region: call.account.region)
                let arn = call.account.functionARN(function.name, qualifier: function.qualifier)
                isPermitted =
                    caller.refusal("lambda:InvokeFunction", on: arn) { asked.value($0, of: caller) } == nil
            case .refused:
                throw .misconfigured("API Gateway does not have permission to assume the provided role \(role)")
            }
        }
        guard isPermitted else { throw .misconfigured("Invalid permissions on Lambda function") }
    }

    private mutating func judge(_ payload: [UInt8]) throws(Ending) -> (principal: String, policy: JSONValue) {
        let text = String(decoding: payload, as: UTF8.self)
        note("Authorizer result body before parsing: \(Self.cut(text))")
        guard let answer = try? JSONValue(parsing: payload), let principal = answer["principalId"]?.string,
            let document = answer["policyDocument"]
        else { throw .misconfigured("Could not parse policy: it has no principalId or no policyDocument") }
        if let context = answer["context"] {
            let isFlat = context.object?.members.allSatisfy { $0.value.object == nil && $0.value.array == nil } ?? false
            guard isFlat || context.isNull else {
                throw .misconfigured("Could not parse policy: context holds more than texts, numbers and booleans")
            }
        }
        do throws(PolicyError) { _ = try PolicyDocument(document, kind: .identity) } catch {
            throw .misconfigured("Invalid policy document: \(error.message)")
        }
        note("Using valid authorizer policy for principal: \(MaskedText.of(principal))")
        return (principal, document)
    }

    // MARK: Events

    private mutating func tokenEvent() throws(Ending) -> JSONValue {
        guard let source = authorizer.identitySource, let name = Self.name(source, after: "method.request.header."),
            let token = header(name), !token.isEmpty
        else { throw .unauthorized }
        note("Incoming identity: \(token)")
        if let text = authorizer.identityValidationExpression, !text.isEmpty {
            guard let pattern = try? Pattern(text, dialect: .java), let matches = try? pattern.matchesWhole(token)
            else {
                throw .misconfigured("The identity validation expression cannot be matched")
            }
            guard matches else { throw .unauthorized }
        }
        return [
            "type": "TOKEN", "methodArn": .string(methodArn), "authorizationToken": .string(token),
        ]
    }

    private mutating func requestEvent() throws(Ending) -> JSONValue {
        let query = PercentEncoding.query(parts.query) ?? []
        if authorizer.authorizerResultTtlInSeconds != 0 {
            for source in (authorizer.identitySource ?? "").split(separator: ",") {
                let source = source.drop { $0 == " " }
                let found: String? =
                    if let name = Self.name(source, after: "method.request.header.") {
                        header(name)
                    } else if let name = Self.name(source, after: "method.request.querystring.") {
                        query.last { $0.name == name }?.value
                    } else if let name = Self.name(source, after: "stageVariables.") {
                        request.stageVariables[name]
                    } else if let name = Self.name(source, after: "context.") {
                        request.context[name]
                    } else { nil }
                guard let found, !found.isEmpty else { throw .unauthorized }
                note("Incoming identity: \(found)")
            }
        }
        func object(_ map: OrderedMap<String>) -> JSONValue {
            .object(JSONObject(map.map { ($0.key, JSONValue.string($0.value)) }))
        }
        func lists(_ pairs: some Sequence<(String, String)>) -> JSONValue {
            var lists: OrderedMap<[JSONValue]> = [:]
            for (name, value) in pairs { lists[name] = (lists[name] ?? []) + [.string(value)] }
            return .object(JSONObject(lists.map { ($0.key, JSONValue.array($0.value)) }))
        }
        let headers = request.headers.map { ($0.key, $0.value) }
        return [
            "type": "REQUEST", "methodArn": .string(methodArn), "resource": "/", "path": .string(parts.path),
            "httpMethod": "GET", "headers": object(request.headers), "multiValueHeaders": lists(headers),
            "queryStringParameters": object(OrderedMap(query.map { ($0.name, $0.value) })),
            "multiValueQueryStringParameters": lists(query.map { ($0.name, $0.value) }), "pathParameters": [:],
            "stageVariables": object(request.stageVariables),
            "requestContext": [
                "resourcePath": "/", "httpMethod": "GET", "path": .string(parts.path),
                "accountId": .string(call.account.accountId), "stage": .string(Self.stage), "apiId": .string(apiId),
                "requestId": .string(call.requestId), "identity": ["sourceIp": "test-invoke-source-ip"],
            ],
        ]
    }

    private static let stage = "test-invoke-stage"
    /// What AWS calls every test.
    private static let requestId = "test-request"

    private var parts: (path: String, query: String) {
        let parts = request.pathWithQueryString.split(
            separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = String(parts.first ?? "")
        return (path.hasPrefix("/") ? path : "/" + path, parts.count > 1 ? String(parts[1]) : "")
    }

    /// As seen of AWS: a test has no stage.
    private var methodArn: String { call.account.executeAPIARN("\(apiId)/null/GET\(parts.path)") }

    private func header(_ name: String) -> String? {
        request.headers.entries.last { $0.key.lowercased() == name.lowercased() }?.value
    }

    private static func name(_ text: some StringProtocol, after prefix: String) -> String? {
        text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : nil
    }

    // MARK: The log

    /// AWS cuts what it logs at 1,024 bytes.
    private static func cut(_ text: String) -> String {
        text.utf8.count <= 1_024 ? text : String(decoding: text.utf8.prefix(1_024), as: UTF8.self) + " [TRUNCATED]"
    }

    private mutating func note(_ text: String) {
        lines.append("\(Calendar(control.settings.now().seconds).testLogText) : \(text)")
    }
}
