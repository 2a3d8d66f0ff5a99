import GatewayModel

/// What an authorizer of a WebSocket API takes, and what it must look like: a function, asked once per connection.
///
/// Source: botocore's shapes; Developer Guide, apigateway-websocket-api-lambda-auth. The service's words are unknown.
enum WebSocketAuthorizerMembers {
    private static let httpOnly = [
        "authorizerPayloadFormatVersion", "authorizerResultTtlInSeconds", "jwtConfiguration",
    ]

    static func apply(_ members: RequestMembers, to authorizer: inout V2.Authorizer) throws(ServiceError) {
        guard authorizer.authorizerType == "REQUEST" else {
            throw V2Error.onlyFor(webSocket: false, "The authorizer type \(authorizer.authorizerType)")
        }
        for name in httpOnly where members.has(name) {
            throw V2Error.onlyFor(webSocket: false, "The member \(name)")
        }
        if try members.bool("enableSimpleResponses") == true {
            throw V2Error.onlyFor(webSocket: false, "The member enableSimpleResponses")
        }
        if members.has("identityValidationExpression") {
            throw V2Error.badRequest("IdentityValidationExpression is not valid for REQUEST authorizers")
        }
        try FunctionAuthorizerRules.readFunction(members, &authorizer)
        try FunctionAuthorizerRules.checkFunction(authorizer)
        for source in authorizer.identitySource {
            guard isSource(source) else { throw V2Error.badRequest("Invalid identity source specified: \(source)") }
        }
    }

    private static func isSource(_ text: String) -> Bool {
        ["route.request.header.", "route.request.querystring.", "context.", "stageVariables."].contains {
            text.hasPrefix($0) && text.dropFirst($0.utf8.count).isWord(and: ".$")
        }
    }
}
