import GatewayModel
import JSON

/// The function authorizers of one deployment of a REST API, compiled, by id.
struct RESTAuthorizers: Sendable {
    private var functions: [String: FunctionAuthorizer] = [:]

    static let none = RESTAuthorizers()

    private init() {}

    /// - Parameter deploymentId: answers are kept for one deployment.
    init(
        _ content: REST.DeploymentContent, deploymentId: String, _ variables: OrderedMap<String>, _ key: StageKey,
        _ account: AccountIdentity, _ directory: any FunctionDirectory, _ gates: FunctionGates
    ) {
        for authorizer in content.authorizers where ["TOKEN", "REQUEST"].contains(authorizer.type) {
            let sources = (authorizer.identitySource ?? "").split(separator: ",").map { source in
                String(source.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
            let places = sources.compactMap {
                IdentityPlace($0, stageVariables: variables, variables: RESTPipeline.contextVariables)
            }
            // A source that cannot be read must not be one that is not asked for.
            guard places.count == sources.count, authorizer.type == "REQUEST" || places.count == 1 else { continue }
            let uri = StageVariables.fill(authorizer.authorizerUri ?? "", variables)
            let gate = gates.gate(
                FunctionGate.Definition(
                    stage: key, deploymentId: deploymentId, authorizerId: authorizer.id,
                    form: authorizer.type == "TOKEN" ? .token : .request, uri: uri, sources: sources,
                    stageValues: places.map(\.stageValue),
                    seconds: authorizer.authorizerResultTtlInSeconds ?? Self.seconds,
                    validation: authorizer.type == "TOKEN" ? authorizer.identityValidationExpression ?? "" : ""),
                places)
            let function = ResolvedFunction(uri: uri, stageVariables: variables, directory: directory)
            functions[authorizer.id] = FunctionAuthorizer(
                gate,
                AuthorizerFunction(
                    function, uri: uri,
                    credentials: CallCredentials(authorizer.authorizerCredentials, variables),
                    authorizerId: authorizer.id, key: key, account: account))
        }
    }

    /// What AWS takes where nothing is said.
    private static let seconds = 300

    /// nil for a method that asks for none, or for a kind that is not served.
    func authorizer(of method: REST.Method) -> (any Authorizer)? {
        if method.authorizationType == "AWS_IAM" { return SignatureAuthorizer() }
        guard method.authorizationType == "CUSTOM", let id = method.authorizerId else { return nil }
        return functions[id]
    }

    /// Whether methods may be taken over with the authorizers that they have.
    func isSame(as other: RESTAuthorizers) -> Bool {
        functions.count == other.functions.count
            && functions.allSatisfy { id, authorizer in other.functions[id]?.isSame(as: authorizer) == true }
    }
}

extension IdentityPlace {
    var stageValue: String? { if case .text(let value?) = self { String(decoding: value, as: UTF8.self) } else { nil } }
}
