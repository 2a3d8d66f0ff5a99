import GatewayModel
import HTTPFront
import JSON

/// A Lambda proxy integration: which function, in which event format, and for which methods it may be invoked.
final class FunctionIntegration: Sendable {
    let target: (any FunctionTarget)?
    /// For messages to people: the function's name, or the URI when no name can be read out of it.
    let name: String
    let payloadFormat: PayloadFormat
    let timeoutMilliseconds: Int
    /// Whom the function's policy is asked about, as an ARN: for messages to people.
    let source: String
    /// Its ARN, with the qualifier.
    let arn: String
    /// With others than API Gateway's own the function's policy is not asked.
    let credentials: CallCredentials
    /// One bit per method that the function's policy lets API Gateway call with.
    private let permitted: UInt16

    init(
        function: ResolvedFunction, integration: V2.Integration?, routeKey: RouteKey, account: AccountIdentity,
        key: StageKey, credentials: CallCredentials = .own
    ) {
        target = function.target
        name = function.name
        payloadFormat = integration?.payloadFormatVersion == "2.0" ? .version2 : .version1
        timeoutMilliseconds = integration?.timeoutInMillis ?? CallLimits.aws.httpTimeout.upperBound
        permitted = Self.permittedMethods(function.target, routeKey, account, key)
        arn = account.functionARN(function.name)
        self.credentials = credentials
        source = account.executeAPIARN("\(key.apiId)/*/" + Self.route(routeKey))
    }

    /// Of a REST API's method or a WebSocket API's route.
    ///
    /// - Parameter source: what the function's policy is asked about, behind the stage: the configured verb, `ANY` as it
    ///   is, and the resource's template (recorded in logs); a route's key.
    init(
        function: ResolvedFunction, format: PayloadFormat, timeoutMilliseconds: Int, source: String,
        account: AccountIdentity, key: StageKey, credentials: CallCredentials = .own
    ) {
        target = function.target
        name = function.name
        payloadFormat = format
        self.timeoutMilliseconds = timeoutMilliseconds
        self.source = account.executeAPIARN("\(key.apiId)/*/\(source)")
        let isPermitted =
            function.target?.policy.allowsInvoke(
                byService: "apigateway.amazonaws.com",
                sourceArn: account.executeAPIARN("\(key.apiId)/\(key.stageName)/\(source)"),
                sourceAccount: account.accountId) ?? false
        permitted = isPermitted ? .max : 0
        arn = account.functionARN(function.name)
        self.credentials = credentials
    }

    private static func route(_ key: RouteKey) -> String {
        guard case .path(let method, _) = key else { return "$default" }
        return (method == .any ? "*" : method.rawValue) + key.path
    }

    func permits(_ method: RequestHead.Method) -> Bool { permitted >> UInt16(method.rawValue) & 1 == 1 }

    /// Asks the policy once, at compile time. The source is `{api}/{stage}/{METHOD}{path template}`, and
    /// `{api}/{stage}/$default` for the default route (http-api-troubleshooting-lambda).
    private static func permittedMethods(
        _ target: (any FunctionTarget)?, _ routeKey: RouteKey, _ account: AccountIdentity, _ key: StageKey
    ) -> UInt16 {
        guard let policy = target?.policy else { return 0 }
        func allows(_ path: String) -> Bool {
            policy.allowsInvoke(
                byService: "apigateway.amazonaws.com", sourceArn: account.executeAPIARN(path),
                sourceAccount: account.accountId)
        }
        let stage = "\(key.apiId)/\(key.stageName)/"
        guard case .path(let method, _) = routeKey else { return allows(stage + "$default") ? .max : 0 }
        guard method == .any else { return allows(stage + method.rawValue + routeKey.path) ? .max : 0 }
        // An ANY route may be permitted as a whole, or for some methods.
        if allows(stage + "ANY" + routeKey.path) || allows(stage + "*" + routeKey.path) { return .max }
        let names = ["GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "DELETE"]
        var permitted: UInt16 = 0
        for (bit, name) in names.enumerated() where allows(stage + name + routeKey.path) {
            permitted |= 1 << UInt16(bit)
        }
        return permitted
    }
}

/// How the request is told to a function, and how its answer is read.
enum PayloadFormat: Sendable {
    case version1
    case version2
    /// The event of REST APIs, which has no version.
    case rest
    /// The event of WebSocket APIs.
    case webSocket
    /// The event of REST APIs, for a function whose answer is passed on as it comes.
    case stream
    /// The body as the method's template made it; REST APIs' custom integration.
    case custom
}

/// The function behind an integration URI, looked up once per integration and again when functions have changed.
struct ResolvedFunction: Sendable {
    let target: (any FunctionTarget)?
    let name: String

    init(uri: String, stageVariables: OrderedMap<String>, directory: any FunctionDirectory) {
        guard let uri = StageVariables.substitute(uri, stageVariables) else {
            target = nil
            name = uri
            return
        }
        guard let function = FunctionURI(uri) else {
            target = nil
            name = uri
            return
        }
        target = directory.function(named: function.name, qualifier: function.qualifier)
        name = function.name + (function.qualifier.map { ":" + $0 } ?? "")
    }

    func isSame(as other: ResolvedFunction) -> Bool {
        guard name == other.name else { return false }
        guard let target, let otherTarget = other.target else { return target == nil && other.target == nil }
        return target.isSame(as: otherTarget)
    }
}
