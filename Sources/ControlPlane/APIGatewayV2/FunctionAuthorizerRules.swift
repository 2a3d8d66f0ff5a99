import GatewayModel

/// What an authorizer of the type REQUEST must look like, for those of calls and of documents alike.
///
/// Sources: botocore's shapes; Developer Guide, http-api-lambda-authorizer. The service's words are unknown where no
/// comment names them.
enum FunctionAuthorizerRules {
    /// Reads the members that only these have.
    static func apply(_ members: RequestMembers, to authorizer: inout V2.Authorizer) throws(ServiceError) {
        try readFunction(members, &authorizer)
        if let version = try members.string("authorizerPayloadFormatVersion") {
            authorizer.authorizerPayloadFormatVersion = version
        }
        if let seconds = try members.integer("authorizerResultTtlInSeconds") {
            authorizer.authorizerResultTtlInSeconds = seconds
        }
        if let isSimple = try members.bool("enableSimpleResponses") { authorizer.enableSimpleResponses = isSimple }
        for name in ["jwtConfiguration", "identityValidationExpression"] where members.has(name) {
            throw V2Error.badRequest(
                "\(name.prefix(1).uppercased() + name.dropFirst()) is not valid for REQUEST authorizers")
        }
        try check(authorizer)
    }

    static func check(_ authorizer: V2.Authorizer) throws(ServiceError) {
        try checkFunction(authorizer)
        switch authorizer.authorizerPayloadFormatVersion {
        case "1.0":
            guard authorizer.enableSimpleResponses != true else {
                throw V2Error.badRequest(
                    "EnableSimpleResponses is only supported for AuthorizerPayloadFormatVersion 2.0")
            }
        case "2.0": break
        case nil:
            throw V2Error.badRequest(
                "AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizers of HTTP APIs")
        case let other?:
            throw V2Error.badRequest("Unsupported AuthorizerPayloadFormatVersion: \(other). Must be one of [1.0, 2.0]")
        }
        for source in authorizer.identitySource {
            guard isSource(source) else { throw V2Error.badRequest("Invalid identity source specified: \(source)") }
        }
        let seconds = authorizer.authorizerResultTtlInSeconds ?? 0
        guard V2Quotas.authorizerTTLSeconds.contains(seconds) else {
            throw V2Error.badRequest("AuthorizerResultTtlInSeconds must be between 0 and 3600")
        }
        guard seconds == 0 || !authorizer.identitySource.isEmpty else {
            throw V2Error.badRequest("Identity source must be specified when authorization caching is enabled")
        }
    }

    /// Which function is asked, and as whom.
    static func readFunction(_ members: RequestMembers, _ authorizer: inout V2.Authorizer) throws(ServiceError) {
        if let uri = try members.string("authorizerUri", upTo: V2Quotas.uriLength) { authorizer.authorizerUri = uri }
        if let arn = try members.string("authorizerCredentialsArn", upTo: V2Quotas.uriLength) {
            authorizer.authorizerCredentialsArn = arn.isEmpty ? nil : arn
        }
    }

    static func checkFunction(_ authorizer: V2.Authorizer) throws(ServiceError) {
        let uri = authorizer.authorizerUri ?? ""
        guard uri.contains(":lambda:path/"), LambdaURI(uri) != nil else { throw invalidURI(uri) }
        if let arn = authorizer.authorizerCredentialsArn, !arn.hasPrefix("arn:") {
            throw V2Error.badRequest("Invalid ARN specified in the request")
        }
    }

    /// AWS's words (public reports).
    static func invalidURI(_ uri: String) -> ServiceError {
        V2Error.badRequest(
            "Invalid Authorizer URI: \(uri). Authorizer URI should be a valid API Gateway ARN that represents a Lambda "
                + "function invocation.")
    }

    private static func isSource(_ text: String) -> Bool {
        ["$request.header.", "$request.querystring.", "$context.", "$stageVariables."].contains {
            text.hasPrefix($0) && text.utf8.count > $0.utf8.count
        } && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ",") }
    }
}
