import GatewayModel
import JSON

/// One test of an authorizer of tokens. The answer has its claims, and no policy.
struct TokenAuthorizerTest {
    let testing: any MethodTesting
    let authorizer: REST.Authorizer
    let headers: OrderedMap<String>
    let now: Timestamp

    /// What AWS calls every test.
    private static let requestId = "test-request"

    /// The members of `TestInvokeAuthorizerResponse`.
    func run() async -> JSONValue {
        let clock = ContinuousClock()
        let start = clock.now
        let source = authorizer.identitySource ?? "method.request.header.Authorization"
        let name = String(source.dropFirst("method.request.header.".count))
        let token = headers.first { $0.key.lowercased() == name.lowercased() }?.value
        var lines = ["Starting authorizer: \(authorizer.id) for request: \(Self.requestId)"]
        var claims: OrderedMap<String>?
        if let token, !token.isEmpty {
            lines.append("Incoming identity: \(MaskedText.of(token))")
            claims = await testing.testToken(token, of: authorizer)
        }
        var answer: JSONObject = ["clientStatus": claims == nil ? 401 : 200]
        if let claims {
            answer["claims"] = .object(JSONObject(claims.map { ($0.key, .string($0.value)) }))
            lines.append("Successfully completed authorizer execution")
        } else {
            lines.append("Unauthorized request: \(Self.requestId)")
        }
        let took = start.duration(to: clock.now).components
        answer["latency"] = .number(Int(took.seconds * 1000 + took.attoseconds / 1_000_000_000_000_000))
        let time = Calendar(now.seconds).testLogText
        answer["log"] = .string(
            "Execution log for request \(Self.requestId)\n" + lines.map { "\(time) : \($0)\n" }.joined())
        return .object(answer)
    }
}
