import GatewayModel
import JSON

/// Compiles integrations of REST and of WebSocket APIs: functions, services and origins are called alike.
struct IntegrationCompiler {
    let key: StageKey
    let account: AccountIdentity
    let origins: Origins
    let services: AWSServices
    /// The stage's, which may stand in whatever names what is called.
    let variables: OrderedMap<String>

    /// What cannot be called is no reason to refuse the stage: AWS answers 500 when it is called.
    ///
    /// - Parameter source: what asks for it, as a function's policy names it behind the stage.
    func compile(
        _ integration: REST.Integration, source: String, _ function: ResolvedFunction?, _ format: PayloadFormat,
        _ request: RequestIntegration
    ) -> CompiledIntegration {
        switch integration.type {
        case "MOCK": return .mock
        case "HTTP", "HTTP_PROXY":
            var link: PrivateConnection?
            if integration.connectionType == "VPC_LINK" {
                let id = StageVariables.fill(integration.connectionId ?? "", variables)
                guard let target = services.vpcLinks?.target(of: id) else {
                    return .invalid(PrivateConnection.missing(id))
                }
                link = PrivateConnection(target: target)
            }
            do throws(CompileError) {
                return .http(
                    try HTTPIntegration(
                        uri: StageVariables.fill(integration.uri ?? "", variables), method: integration.httpMethod,
                        timeoutMilliseconds: integration.timeoutInMillis, appendsPath: false,
                        variables: request.pathNames, link: link,
                        checksChain: integration.tlsConfig?.insecureSkipVerification != true, origins: origins))
            } catch {
                return .invalid(error.message)
            }
        case "AWS", "AWS_PROXY":
            let credentials = CallCredentials(integration.credentials, variables)
            guard let function else { return service(integration, credentials, request) }
            guard integration.httpMethod == "POST" else {
                return .invalid("calls a function by \(integration.httpMethod ?? "no method"); Lambda takes POST")
            }
            return .function(
                FunctionIntegration(
                    function: function, format: format, timeoutMilliseconds: integration.timeoutInMillis,
                    source: source,
                    account: account, key: key, credentials: credentials))
        default: return .invalid("has the integration type \(integration.type), which is not known")
        }
    }

    /// An AWS service. What cannot be reached is told when it is deployed, and again when it is called: a stored stage is
    /// served whatever the server is started with.
    private func service(
        _ integration: REST.Integration, _ credentials: CallCredentials, _ request: RequestIntegration
    ) -> CompiledIntegration {
        let written = StageVariables.fill(integration.uri ?? "", variables)
        guard let uri = ServiceURI(written) else { return .invalid("calls \(written), which is no service's URI") }
        guard case .role(let role) = credentials else {
            return .invalid("calls \(uri.service) without a role; only functions are called so")
        }
        func call(_ endpoint: String, _ place: CalledService.Place) -> CompiledIntegration {
            do throws(CompileError) {
                return .http(
                    try HTTPIntegration(
                        uri: CalledService.location(uri, at: endpoint), method: integration.httpMethod,
                        timeoutMilliseconds: integration.timeoutInMillis, appendsPath: false,
                        variables: request.pathNames,
                        service: CalledService(uri, at: place, role: role, variables: request.pathNames),
                        origins: origins))
            } catch {
                return .invalid(error.message)
            }
        }
        if let endpoint = services.endpoints[uri.service] {
            guard let credentials = services.credentials else {
                return .invalid("calls \(uri.service), and this server has no credentials to sign with")
            }
            return call(endpoint, .endpoint(CalledService.signer(uri, credentials)))
        }
        if let fault = ServedServices().fault(of: written, in: account) { return .invalid(fault) }
        if let tables = services.tables, uri.service == "dynamodb" {
            return .tables(
                TableIntegration(
                    uri.target, method: integration.httpMethod, timeoutMilliseconds: integration.timeoutInMillis,
                    role: role, tables: tables))
        }
        if let own = services.own {
            return call("https://\(uri.service).\(uri.region).amazonaws.com", .own(own))
        }
        return .invalid("calls \(uri.service), for which this server has no endpoint")
    }
}
