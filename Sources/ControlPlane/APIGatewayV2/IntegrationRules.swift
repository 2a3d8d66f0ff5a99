import GatewayModel
import JSON

/// What an integration must look like, for integrations of calls and of documents alike.
///
/// Sources: the service's messages, botocore's shapes, docs/http-api-develop-integrations.
enum IntegrationRules {
    /// Refuses what AWS has and Gatehouse does not do yet: it must not be stored and then not happen.
    static func refuseUnsupported(_ integration: V2.Integration) throws(ServiceError) {
        if integration.integrationSubtype != nil {
            throw ServiceError.unsupported(
                "Gatehouse does not serve integrations with AWS services (integrationSubtype) yet.")
        }
        if integration.credentialsArn != nil, integration.integrationType != "AWS_PROXY" {
            throw ServiceError.unsupported("Credentials have no effect on HTTP integrations: they are for functions.")
        }
    }

    /// Checks the integration and fills in what was not said.
    static func check(_ integration: inout V2.Integration, _ limits: CallLimits) throws(ServiceError) {
        switch integration.integrationType {
        case "AWS_PROXY":
            // Accepted and not applied would be worse than refused.
            let responses = integration.responseParameters?.map(\.value) ?? []
            guard integration.requestParameters?.isEmpty ?? true, responses.allSatisfy(\.isEmpty) else {
                throw V2Error.badRequest("Gatehouse does not map parameters of Lambda proxy integrations yet.")
            }
            try checkFunction(&integration)
        case "HTTP_PROXY": try checkHTTP(&integration)
        case "AWS", "HTTP", "MOCK":
            throw V2Error.badRequest(
                "Currently, an API with a protocol type of HTTP may only be associated with proxy integrations "
                    + "(AWS_PROXY, HTTP_PROXY)")
        default:
            throw V2Error.badRequest(
                "Invalid integration type specified. Must be one of [AWS, AWS_PROXY, HTTP, HTTP_PROXY, MOCK]")
        }
        try checkConnection(&integration, linked: ["HTTP_PROXY"])
        try checkTimeout(&integration, in: limits.httpTimeout, unsaid: CallLimits.aws.httpTimeout.upperBound)
        try ParameterMapping.checkRequest(integration.requestParameters ?? [:])
        try ParameterMapping.checkResponse(integration.responseParameters ?? [:])
    }

    private static func checkFunction(_ integration: inout V2.Integration) throws(ServiceError) {
        guard let uri = integration.integrationUri, uri.utf8.count <= V2Quotas.uriLength, LambdaURI(uri) != nil else {
            throw V2Error.badRequest("Invalid integration URI specified")
        }
        guard let version = integration.payloadFormatVersion else {
            throw V2Error.badRequest("PayloadFormatVersion is a required parameter for integration")
        }
        guard version == "1.0" || version == "2.0" else {
            throw V2Error.badRequest("Unsupported PayloadFormatVersion: \(version)")
        }
        if case .role(let arn) = CallCredentials(integration.credentialsArn),
            !CallCredentials.isRole(arn, mayVary: true)
        {
            throw V2Error.badRequest("Invalid ARN specified in the request")
        }
        // A function is invoked by POST; clients leave the method out.
        integration.integrationMethod = try checkMethod(integration.integrationMethod ?? "POST")
    }

    private static func checkHTTP(_ integration: inout V2.Integration) throws(ServiceError) {
        guard let method = integration.integrationMethod else {
            throw V2Error.badRequest("HttpMethod parameter method must be specified for integrationType HTTPPROXY")
        }
        integration.integrationMethod = try checkMethod(method)
        let uri = integration.integrationUri ?? ""
        if integration.connectionType == "VPC_LINK" {
            guard uri.utf8.count <= V2Quotas.uriLength, isPrivateResource(uri) else {
                throw V2Error.badRequest(
                    "For VpcLink \(integration.connectionId ?? ""), integration uri should be a valid ELB listener ARN or "
                        + "a valid Cloud Map service ARN.")
            }
        } else {
            guard uri.utf8.count <= V2Quotas.uriLength, HTTPEndpoint.isValid(uri) else {
                throw V2Error.badRequest("Invalid HTTP endpoint specified for URI")
            }
        }
        switch integration.payloadFormatVersion {
        case nil, "1.0": integration.payloadFormatVersion = "1.0"
        case "2.0":
            throw V2Error.badRequest("PayloadFormatVersion 2.0 is not supported for integration of type HTTP_PROXY")
        case let version?: throw V2Error.badRequest("Unsupported PayloadFormatVersion: \(version)")
        }
    }

    /// What lies behind a VPC link: a listener of a load balancer, or a service of Cloud Map with what its instances have.
    private static func isPrivateResource(_ uri: String) -> Bool {
        let parts = uri.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn" else { return false }
        return parts[2] == "elasticloadbalancing" && parts[5].hasPrefix("listener/")
            || parts[2] == "servicediscovery" && parts[5].hasPrefix("service/")
    }

    /// The texts but that of an unknown type are Gatehouse's own.
    ///
    /// - Parameter linked: the types of integrations that may be behind a VPC link.
    static func checkConnection(_ integration: inout V2.Integration, linked: [String]) throws(ServiceError) {
        switch integration.connectionType {
        case nil, "INTERNET":
            guard integration.connectionId == nil else {
                throw V2Error.badRequest("A connection id is only supported for the connection type VPC_LINK")
            }
            // Tools send it empty.
            guard integration.tlsConfig?.serverNameToVerify == nil else {
                throw V2Error.badRequest("TLS config is only supported for private integrations")
            }
            integration.tlsConfig = nil
            integration.connectionType = "INTERNET"
        case "VPC_LINK":
            guard linked.contains(integration.integrationType ?? "") else {
                throw V2Error.badRequest(
                    "Connection type VPC_LINK is only supported for \(linked.joined(separator: " and ")) integrations")
            }
            guard integration.connectionId != nil else {
                throw V2Error.badRequest("A connection id is required for the connection type VPC_LINK")
            }
        default: throw V2Error.badRequest("Invalid connection type specified. Must be one of [INTERNET, VPC_LINK]")
        }
    }

    /// What was not said is AWS's longest, however much longer it may be.
    static func checkTimeout(
        _ integration: inout V2.Integration, in range: ClosedRange<Int>, unsaid: Int
    ) throws(ServiceError) {
        let timeout = integration.timeoutInMillis ?? unsaid
        guard range.contains(timeout) else {
            throw V2Error.badRequest("Timeout should be between \(range.lowerBound) ms and \(range.upperBound) ms")
        }
        integration.timeoutInMillis = timeout
    }

    @discardableResult
    static func checkMethod(_ method: String) throws(ServiceError) -> String {
        guard RouteKey.Method(rawValue: method) != nil else {
            throw V2Error.badRequest("Invalid HTTP method identifier specified: \(method)")
        }
        return method
    }
}
