import GatewayModel
import JSON

/// What an integration of a WebSocket API must look like.
///
/// Sources: botocore's shapes; Developer Guide, apigateway-websocket-api-integration-requests, websocket-api-data-mapping;
/// what Terraform's acceptance tests read back. Words are the service's for HTTP and REST APIs, or in its manner.
enum WebSocketIntegrationRules {
    /// Checks the integration and fills in what was not said.
    static func check(_ integration: inout V2.Integration, _ limits: CallLimits) throws(ServiceError) {
        let type = integration.integrationType ?? ""
        switch type {
        case "AWS", "AWS_PROXY": try checkService(&integration, isProxy: type == "AWS_PROXY")
        case "HTTP", "HTTP_PROXY": try checkHTTP(&integration)
        case "MOCK": integration.integrationUri = nil
        default:
            throw V2Error.badRequest(
                "Invalid integration type specified. Must be one of [AWS, AWS_PROXY, HTTP, HTTP_PROXY, MOCK]")
        }
        if let method = integration.integrationMethod { try IntegrationRules.checkMethod(method) }
        // A VPC link is one of REST APIs, whose target the URI does not name. (AWS's model says that there are none; they
        // work, by AWS's knowledge centre and Terraform's tests.)
        try IntegrationRules.checkConnection(&integration, linked: ["HTTP", "HTTP_PROXY"])
        try checkCredentials(integration)
        try checkPassthrough(&integration)
        try WebSocketTemplates.checkContentHandling(integration.contentHandlingStrategy)
        switch integration.payloadFormatVersion {
        case nil, "1.0": integration.payloadFormatVersion = "1.0"
        case let version?: throw V2Error.badRequest("Unsupported PayloadFormatVersion: \(version)")
        }
        try IntegrationRules.checkTimeout(
            &integration, in: limits.webSocketTimeout, unsaid: CallLimits.aws.webSocketTimeout.upperBound)
        try checkMappings(integration.requestParameters ?? [:])
        integration.integrationResponseSelectionExpression = responseSelectionExpression(of: integration)
    }

    /// Errors of functions choose by their message, all other answers by their status; proxies choose nothing.
    private static func responseSelectionExpression(of integration: V2.Integration) -> String? {
        switch integration.integrationType {
        case "AWS" where LambdaURI(integration.integrationUri ?? "") != nil:
            "${integration.response.body.errorMessage}"
        case "AWS", "HTTP", "MOCK": "${integration.response.statuscode}"
        default: nil
        }
    }

    private static func checkService(_ integration: inout V2.Integration, isProxy: Bool) throws(ServiceError) {
        let uri = integration.integrationUri ?? ""
        let isFunction = LambdaURI(uri) != nil
        guard uri.utf8.count <= V2Quotas.uriLength, isFunction || !isProxy && ServiceURI(uri) != nil else {
            throw V2Error.badRequest("Invalid integration URI specified")
        }
        if isFunction {
            // A function is invoked by POST; clients leave the method out.
            integration.integrationMethod = integration.integrationMethod ?? "POST"
            return
        }
        guard integration.integrationMethod != nil else {
            throw V2Error.badRequest("HttpMethod parameter method must be specified for integrationType AWS")
        }
        guard integration.credentialsArn != nil else {
            throw V2Error.badRequest("Role ARN must be specified for AWS integrations")
        }
    }

    private static func checkHTTP(_ integration: inout V2.Integration) throws(ServiceError) {
        guard integration.integrationMethod != nil else {
            let type = integration.integrationType == "HTTP" ? "HTTP" : "HTTPPROXY"
            throw V2Error.badRequest("HttpMethod parameter method must be specified for integrationType \(type)")
        }
        let uri = integration.integrationUri ?? ""
        guard uri.utf8.count <= V2Quotas.uriLength, HTTPEndpoint.isValid(uri) else {
            throw V2Error.badRequest("Invalid HTTP endpoint specified for URI")
        }
    }

    private static func checkCredentials(_ integration: V2.Integration) throws(ServiceError) {
        guard let arn = integration.credentialsArn else { return }
        guard integration.integrationType?.hasPrefix("AWS") == true else {
            throw ServiceError.unsupported(
                "Credentials have no effect on integrations of the type \(integration.integrationType ?? ""): they are for "
                    + "functions and AWS services.")
        }
        switch CallCredentials(arn) {
        case .role(let arn):
            guard CallCredentials.isRole(arn, mayVary: true) else {
                throw V2Error.badRequest("Invalid ARN specified in the request")
            }
        case .callers where LambdaURI(integration.integrationUri ?? "") == nil:
            throw ServiceError.unsupported(
                "Gatehouse passes the caller's credentials on to functions only: '\(arn)' is refused.")
        case .callers, .own: break
        }
    }

    private static func checkPassthrough(_ integration: inout V2.Integration) throws(ServiceError) {
        guard let behavior = integration.passthroughBehavior else {
            let isProxy = integration.integrationType?.hasSuffix("_PROXY") == true
            integration.passthroughBehavior = isProxy ? nil : "WHEN_NO_MATCH"
            return
        }
        guard ["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"].contains(behavior) else {
            throw V2Error.badRequest(
                "Invalid passthrough behavior specified. Must be one of [WHEN_NO_MATCH, WHEN_NO_TEMPLATES, NEVER]")
        }
    }

    /// `integration.request.{header|querystring|path}.NAME` from `route.request.…`, a stage variable, the context, or a
    /// text in quotation marks.
    private static func checkMappings(_ mappings: OrderedMap<String>) throws(ServiceError) {
        guard mappings.count <= V2Quotas.mappings else {
            throw V2Error.badRequest("An integration can have at most \(V2Quotas.mappings) parameter mappings.")
        }
        for (destination, source) in mappings {
            guard let place = MappingPlace(destination, of: "integration.request"), place.kind != .body,
                !place.isMultivalue
            else { throw V2Error.invalidMapping("Invalid mapping expression specified: \(destination)") }
            try checkSource(source, of: "route.request")
        }
    }

    /// - Parameter message: whose headers and body a mapping may take.
    static func checkSource(_ source: String, of message: String) throws(ServiceError) {
        try ParameterMapping.checkText(source)
        let place = MappingPlace(source, of: message)
        guard place.map({ $0.kind != .path }) ?? RestMappings.isGeneral(source) else {
            throw V2Error.invalidMapping("Invalid mapping expression specified: \(source)")
        }
    }
}
