import GatewayModel

/// One route of an HTTP API, or one method of a REST API, with the integration it calls.
final class CompiledRoute: Sendable {
    let key: RouteKey
    /// The route key as text: `GET /pets/{id}`.
    let keyText: [UInt8]
    /// The path template of the route key; `$default` for the default route.
    let resourcePath: [UInt8]
    /// Names of the path variables in order, without `+`.
    let variables: [[UInt8]]
    let integration: CompiledIntegration
    /// As it is written, for people.
    let integrationURI: String?
    let integrationId: String?
    /// nil where anybody may call.
    let authorizer: (any Authorizer)?
    /// What the stage's settings of an HTTP API let pass of the route; nil: all. (Methods of REST APIs have theirs in
    /// `RESTStage`.)
    let bucket: TokenBucket?
    /// The same of its counters.
    let metrics: MethodMetrics?
    /// What methods of REST APIs have, and routes of WebSocket APIs: parameters and templates.
    let method: RESTMethod?
    /// What only routes of WebSocket APIs have.
    let socket: WebSocketRoute?

    /// For people.
    var name: String { String(decoding: keyText, as: UTF8.self) }

    init(
        _ keyText: String, _ key: RouteKey, variables: [[UInt8]], integration: CompiledIntegration,
        integrationURI: String? = nil, integrationId: String? = nil, authorizer: (any Authorizer)? = nil,
        bucket: TokenBucket? = nil, metrics: MethodMetrics? = nil, method: RESTMethod? = nil,
        socket: WebSocketRoute? = nil
    ) {
        self.key = key
        self.keyText = Array(keyText.utf8)
        resourcePath = Array((key == .default ? "$default" : key.path).utf8)
        self.variables = variables
        self.integration = integration
        self.integrationURI = integrationURI
        self.integrationId = integrationId
        self.authorizer = authorizer
        self.bucket = bucket
        self.metrics = metrics
        self.method = method
        self.socket = socket
    }
}

enum CompiledIntegration: Sendable {
    case function(FunctionIntegration)
    case http(HTTPIntegration)
    case tables(TableIntegration)
    /// Nothing is called: the templates alone answer.
    case mock
    /// Why it can never be called: it answers 500.
    case invalid(String)
    /// The route has no target: it answers 500 (AWS's answer is unconfirmed).
    case missing
}
