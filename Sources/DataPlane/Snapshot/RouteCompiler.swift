import GatewayModel
import HashTreeCollections
import JSON

/// Compiles the routes of one stage.
struct RouteCompiler {
    let key: StageKey
    let account: AccountIdentity
    let stageVariables: OrderedMap<String>
    let functions: any FunctionDirectory
    let origins: Origins
    let authorizers: (any AuthorizerDirectory)?
    let definitions: PartList<V2.Authorizer>
    let gates: FunctionGates
    let vpcLinks: (any VpcLinkDirectory)?
    let limits: RouteLimits

    /// Looks their functions up, as they are now.
    func functionAuthorizers() -> RouteAuthorizers {
        RouteAuthorizers(definitions, stageVariables, key, account, functions, gates)
    }

    /// `parts` lends what other routes of the integration have, and takes what they may have of this one.
    func compile(
        _ route: V2.Route, _ integration: V2.Integration?, _ functionAuthorizers: RouteAuthorizers,
        _ parts: inout IntegrationParts
    ) throws(CompileError) -> CompiledRoute {
        guard let routeKey = RouteKey(route.routeKey) else {
            throw CompileError(message: "The route key '\(route.routeKey)' cannot be read.")
        }
        // The management API refuses these; a stored one must never become an open route.
        var authorizer: (any Authorizer)?
        if let type = route.authorizationType, type != "NONE" {
            authorizer =
                functionAuthorizers.authorizer(of: route)
                ?? authorizers?.authorizer(of: route, route.authorizerId.flatMap { definitions[$0] })
        }
        guard authorizer != nil || (route.authorizationType ?? "NONE") == "NONE" else {
            throw CompileError(
                message: "The route '\(route.routeKey)' asks for an authorizer, which is not served yet.")
        }
        let names = Self.variableNames(routeKey)
        let compiled: CompiledIntegration
        switch integration?.integrationType {
        case nil: compiled = .missing
        case "HTTP_PROXY" where integration?.connectionType == "VPC_LINK":
            compiled = try privateIntegration(integration, routeKey, names)
        case "HTTP_PROXY": compiled = .http(try httpIntegration(integration, routeKey, names, &parts))
        case "AWS_PROXY": compiled = .function(try functionIntegration(integration, routeKey, &parts))
        case let other?:
            throw CompileError(message: "The integration type \(other) is not served by HTTP APIs.")
        }
        return CompiledRoute(
            route.routeKey, routeKey, variables: names, integration: compiled,
            integrationURI: integration?.integrationUri, integrationId: route.integrationId.map(String.init),
            authorizer: authorizer, bucket: limits.bucket(route.routeKey),
            metrics: limits.metrics(route.routeKey))
    }

    /// The function that the integration's URI names, as it is now.
    func resolve(_ integration: V2.Integration?) -> ResolvedFunction {
        ResolvedFunction(
            uri: integration?.integrationUri ?? "", stageVariables: stageVariables, directory: functions)
    }

    private func httpIntegration(
        _ integration: V2.Integration?, _ routeKey: RouteKey, _ variables: [[UInt8]], _ parts: inout IntegrationParts
    ) throws(CompileError) -> HTTPIntegration {
        let id = integration?.integrationId ?? ""
        if routeKey != .default, let known = parts.http[id] { return known }
        let compiled = try HTTPIntegration(
            integration, routeKey: routeKey, variables: variables, stageVariables: stageVariables, origins: origins)
        if compiled.isShareable { parts.http[id] = compiled }
        return compiled
    }

    /// Behind a VPC link. What lies there is named by an ARN, for which the link's target stands.
    private func privateIntegration(
        _ integration: V2.Integration?, _ routeKey: RouteKey, _ variables: [[UInt8]]
    ) throws(CompileError) -> CompiledIntegration {
        let id = integration?.connectionId ?? ""
        guard let target = vpcLinks?.target(of: id) else { return .invalid(PrivateConnection.missing(id)) }
        return .http(
            try HTTPIntegration(
                integration, routeKey: routeKey, variables: variables, stageVariables: stageVariables,
                link: PrivateConnection(target: target, isOfHTTPAPI: true), origins: origins))
    }

    private func functionIntegration(
        _ integration: V2.Integration?, _ routeKey: RouteKey, _ parts: inout IntegrationParts
    ) throws(CompileError) -> FunctionIntegration {
        let mappings = (integration?.requestParameters?.count ?? 0) + (integration?.responseParameters?.count ?? 0)
        guard mappings == 0 else {
            throw CompileError(message: "Gatehouse does not map parameters of Lambda proxy integrations yet.")
        }
        let id = integration?.integrationId ?? ""
        let function = parts.functions[id] ?? resolve(integration)
        parts.functions[id] = function
        return FunctionIntegration(
            function: function, integration: integration, routeKey: routeKey, account: account, key: key,
            credentials: CallCredentials(integration?.credentialsArn, stageVariables))
    }

    static func variableNames(_ key: RouteKey) -> [[UInt8]] {
        guard case .path(_, let segments) = key else { return [] }
        return segments.compactMap { segment in
            switch segment {
            case .literal: nil
            case .variable(let name), .greedy(let name): Array(name.utf8)
            }
        }
    }
}
