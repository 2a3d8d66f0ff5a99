import GatewayModel
import JSON

/// The function authorizers of a stage of an HTTP or a WebSocket API, compiled, by id.
///
/// What an authorizer's function has said stands for all routes that name the authorizer (Developer Guide,
/// http-api-lambda-authorizer).
struct RouteAuthorizers: Sendable {
    private var functions: [String: FunctionAuthorizer] = [:]

    static let none = RouteAuthorizers()

    private init() {}

    init(
        _ definitions: PartList<V2.Authorizer>, _ variables: OrderedMap<String>, _ key: StageKey,
        _ account: AccountIdentity, _ directory: any FunctionDirectory, _ gates: FunctionGates,
        isWebSocket: Bool = false
    ) {
        let names = isWebSocket ? WebSocketPipeline.contextVariables : HTTPPipeline.contextVariables
        for authorizer in definitions where authorizer.authorizerType == "REQUEST" {
            let places = authorizer.identitySource.compactMap {
                IdentityPlace($0, stageVariables: variables, variables: names)
            }
            guard places.count == authorizer.identitySource.count,
                let form = isWebSocket ? .webSocket : Self.form(authorizer)
            else { continue }
            let uri = StageVariables.fill(authorizer.authorizerUri ?? "", variables)
            let gate = gates.gate(
                FunctionGate.Definition(
                    stage: key, deploymentId: "", authorizerId: authorizer.authorizerId, form: form, uri: uri,
                    sources: authorizer.identitySource, stageValues: places.map(\.stageValue),
                    seconds: authorizer.authorizerResultTtlInSeconds ?? 0, validation: ""),
                places)
            let function = ResolvedFunction(uri: uri, stageVariables: variables, directory: directory)
            functions[authorizer.authorizerId] = FunctionAuthorizer(
                gate,
                AuthorizerFunction(
                    function, uri: uri,
                    credentials: CallCredentials(authorizer.authorizerCredentialsArn, variables),
                    authorizerId: authorizer.authorizerId, key: key, account: account))
        }
    }

    private static func form(_ authorizer: V2.Authorizer) -> FunctionGate.Form? {
        switch authorizer.authorizerPayloadFormatVersion {
        case "1.0": .version1
        case "2.0": authorizer.enableSimpleResponses == true ? .simple : .version2
        default: nil
        }
    }

    func authorizer(of route: V2.Route) -> (any Authorizer)? {
        if route.authorizationType == "AWS_IAM" { return SignatureAuthorizer() }
        guard route.authorizationType == "CUSTOM", let id = route.authorizerId else { return nil }
        return functions[id]
    }

    func isSame(as other: RouteAuthorizers) -> Bool {
        functions.count == other.functions.count
            && functions.allSatisfy { id, one in other.functions[id].map { one.isSame(as: $0) } ?? false }
    }
}
