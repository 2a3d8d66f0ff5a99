import GatewayModel
import JSON

/// What an integration must look like, for integrations of calls and of documents alike.
enum RestIntegrationRules {
    /// Checks the integration and fills in what was not said.
    static func check(
        _ integration: inout REST.Integration, of method: REST.Method, _ limits: CallLimits
    ) throws(ServiceError) {
        try checkTarget(&integration)
        try checkConnection(&integration)
        try checkCredentials(integration)
        try checkTimeout(integration, limits)
        guard ["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"].contains(integration.passthroughBehavior) else {
            throw RESTError.badRequest(
                "Invalid passthrough behavior specified. Valid options are WHEN_NO_MATCH,WHEN_NO_TEMPLATES,NEVER")
        }
        if let handling = integration.contentHandling,
            handling != "CONVERT_TO_BINARY", handling != "CONVERT_TO_TEXT"
        {
            throw RESTError.badRequest(
                "Invalid content handling specified. Valid options are CONVERT_TO_BINARY,CONVERT_TO_TEXT")
        }
        integration.requestTemplates = try MediaTypes.templates(integration.requestTemplates)
        try RestMappings.checkRequest(integration.requestParameters ?? [:], of: method)
        for name in integration.cacheKeyParameters {
            guard method.requestParameters?[name] != nil || integration.requestParameters?[name] != nil else {
                throw RESTError.badRequest("Invalid cache key parameter specified")
            }
        }
    }

    private static func checkTarget(_ integration: inout REST.Integration) throws(ServiceError) {
        guard integration.type != "MOCK" else {
            integration.httpMethod = nil
            integration.uri = nil
            return
        }
        guard let verb = integration.httpMethod, !verb.isEmpty else {
            throw RESTError.badRequest("Enumeration value for HttpMethod must be non-empty")
        }
        guard MethodRules.verbs.contains(verb) else {
            throw RESTError.badRequest(
                "Invalid HttpMethod specified. Valid options are \(MethodRules.verbs.joined(separator: ","))")
        }
        let uri = integration.uri ?? ""
        if integration.type.hasPrefix("HTTP") {
            guard uri.utf8.count <= V2Quotas.uriLength, HTTPEndpoint.isValid(uri) else {
                throw RESTError.badRequest("Invalid HTTP endpoint specified for URI")
            }
        } else {
            try checkService(uri, isProxy: integration.type == "AWS_PROXY")
            // Functions alone may be called by what their own policies say (reported).
            guard CallCredentials(integration.credentials) != .own || ServiceURI(uri) == nil else {
                throw RESTError.badRequest("Role ARN must be specified for AWS integrations")
            }
        }
    }

    /// `arn:aws:apigateway:{region}:{service}:path|action/…`
    private static func checkService(_ uri: String, isProxy: Bool) throws(ServiceError) {
        let parts = uri.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard uri.utf8.count <= V2Quotas.uriLength, parts.count == 6, parts[0] == "arn" else {
            throw RESTError.badRequest("Invalid ARN specified in the request")
        }
        guard parts[2] == "apigateway", parts[5].hasPrefix("path/") || parts[5].hasPrefix("action/") else {
            throw RESTError.badRequest("AWS ARN for integration must contain path or action")
        }
        if parts[4] == "lambda", LambdaURI(uri, isREST: true) != nil { return }
        if !isProxy, parts[4] == "lambda", parts[5].hasPrefix("path/") {
            throw RESTError.badRequest("Invalid ARN specified in the request")
        } else if isProxy, parts[4] == "firehose", parts[5].hasPrefix("action/") {
            throw ServiceError.unsupported("Gatehouse does not serve integrations with Firehose.")
        } else if isProxy {
            throw RESTError.badRequest(
                "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations."
            )
        }
    }

    private static func checkConnection(_ integration: inout REST.Integration) throws(ServiceError) {
        let isHTTP = integration.type.hasPrefix("HTTP")
        switch integration.connectionType {
        case nil where isHTTP: integration.connectionType = "INTERNET"
        case nil, "INTERNET": if !isHTTP { integration.connectionType = nil }
        case "VPC_LINK":
            guard isHTTP else {
                throw RESTError.badRequest(
                    "Connection type VPC_LINK is only supported for HTTP and HTTP_PROXY integrations")
            }
            guard integration.connectionId?.isEmpty == false else {
                throw RESTError.badRequest("A connection id is required for the connection type VPC_LINK")
            }
        default: throw RESTError.badRequest("Invalid connection type specified. Valid options are INTERNET,VPC_LINK")
        }
        guard integration.tlsConfig == nil || isHTTP else {
            throw RESTError.badRequest("TLS config is only supported for HTTP and HTTP_PROXY integrations")
        }
    }

    /// The caller's credentials are passed on to functions.
    private static func checkCredentials(_ integration: REST.Integration) throws(ServiceError) {
        guard let credentials = integration.credentials, credentials.hasSuffix(":iam::*:user/*") else {
            // AWS's words, as of HTTP APIs.
            if case .role(let arn) = CallCredentials(integration.credentials),
                !CallCredentials.isRole(arn, mayVary: true)
            {
                throw RESTError.badRequest("Invalid ARN specified in the request")
            }
            return
        }
        let isOfFunction = integration.type.hasPrefix("AWS") && LambdaURI(integration.uri ?? "", isREST: true) != nil
        guard isOfFunction, CallCredentials(credentials) == .callers else {
            throw ServiceError.unsupported(
                "Gatehouse passes the caller's credentials on to functions only: '\(credentials)' is refused.")
        }
    }

    /// A Lambda function is asked for a stream by another URI; both have to say the same (both texts are reported of AWS).
    private static func checkStreaming(_ integration: REST.Integration, _ isStream: Bool) throws(ServiceError) {
        guard integration.type == "AWS_PROXY", let uri = integration.uri, uri.contains(":lambda:path/") else { return }
        switch (isStream, uri.hasSuffix("/response-streaming-invocations")) {
        case (true, false):
            throw RESTError.badRequest(
                "Invalid ResponseTransferMode. ResponseTransferMode STREAM is only supported for Lambda functions "
                    + "invoked by InvokeWithResponseStream for AWS_PROXY integrations.")
        case (false, true):
            throw RESTError.badRequest(
                "Invalid ResponseTransferMode. Cannot use ResponseTransferMode BUFFERED for Lambda functions invoked "
                    + "by InvokeWithResponseStream for AWS_PROXY integrations.")
        default: break
        }
    }

    private static func checkTimeout(_ integration: REST.Integration, _ limits: CallLimits) throws(ServiceError) {
        let isStream = integration.responseTransferMode == "STREAM"
        guard [nil, "BUFFERED", "STREAM"].contains(integration.responseTransferMode) else {
            throw RESTError.badRequest("Invalid response transfer mode specified. Valid options are BUFFERED,STREAM")
        }
        guard !isStream || integration.type.hasSuffix("_PROXY") else {
            // AWS refuses it; its words are unknown, and chosen after the two below.
            throw RESTError.badRequest(
                "Invalid ResponseTransferMode. ResponseTransferMode STREAM is only supported for HTTP_PROXY and "
                    + "AWS_PROXY integrations.")
        }
        try checkStreaming(integration, isStream)
        let range = isStream ? limits.streamTimeout : limits.restTimeout
        guard range.contains(integration.timeoutInMillis) else {
            throw RESTError.badRequest("Timeout should be between \(range.lowerBound) ms and \(range.upperBound) ms")
        }
    }
}
