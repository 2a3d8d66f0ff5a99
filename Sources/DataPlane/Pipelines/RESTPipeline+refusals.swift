import GatewayModel

/// A refusal in the words of REST APIs.
struct RESTRefusal {
    let type: StaticString
    let status: Int
    /// `x-amzn-ErrorType`.
    let errorType: StaticString
    let message: StaticString
    /// It comes after "Starting execution", where AWS puts a space before the message (recorded).
    var isAfterStart = false
    /// Nothing of it can be set, and none of the gateway's fields are in it.
    var isFixed = false
    /// `{"Message":…}`, as AWS's services themselves write it (recorded).
    var isCapital = false
}

extension RESTPipeline {
    static func response(to refusal: Refusal, _ x: Exchange) -> GatewayResponse {
        let responses = x.rest.deployment?.gatewayResponses ?? x.stage?.rest?.deployment.gatewayResponses ?? .none
        return responses.response(form(of: refusal), x)
    }

    /// Statuses, types and words: from recorded answers and the Developer Guide, supported-gateway-response-types.
    private static func form(of refusal: Refusal) -> RESTRefusal {
        switch refusal {
        case .notFound, .missingToken:
            RESTRefusal(
                type: "MISSING_AUTHENTICATION_TOKEN", status: 403, errorType: "MissingAuthenticationTokenException",
                message: "Missing Authentication Token")
        case .invalidSignature:
            RESTRefusal(
                type: "INVALID_SIGNATURE", status: 403, errorType: "InvalidSignatureException",
                message: "The request signature we calculated does not match the signature you provided.")
        case .unknownKey:
            RESTRefusal(
                type: "ACCESS_DENIED", status: 403, errorType: "UnrecognizedClientException",
                message: "The security token included in the request is invalid.")
        case .expiredToken:
            RESTRefusal(
                type: "EXPIRED_TOKEN", status: 403, errorType: "ExpiredTokenException",
                message: "The security token included in the request is expired")
        case .callerDenied:
            RESTRefusal(
                type: "ACCESS_DENIED", status: 403, errorType: "AccessDeniedException",
                message: "User is not authorized to access this resource", isCapital: true)
        case .incompleteSignature:
            RESTRefusal(
                type: "MISSING_AUTHENTICATION_TOKEN", status: 403, errorType: "IncompleteSignatureException",
                message: "Missing Authentication Token")
        case .forbidden:
            RESTRefusal(type: "ACCESS_DENIED", status: 403, errorType: "ForbiddenException", message: "Forbidden")
        case .unauthorized:
            RESTRefusal(type: "UNAUTHORIZED", status: 401, errorType: "UnauthorizedException", message: "Unauthorized")
        case .accessDenied:
            RESTRefusal(type: "ACCESS_DENIED", status: 403, errorType: "AccessDeniedException", message: "Forbidden")
        case .policyDenied:
            RESTRefusal(
                type: "ACCESS_DENIED", status: 403, errorType: "AccessDeniedException",
                message: "User is not authorized to access this resource", isCapital: true)
        // Without words: `{"message":null}` (recorded). Of which of the two AWS speaks for which cause is unconfirmed.
        case .authorizerMisconfigured:
            RESTRefusal(
                type: "AUTHORIZER_CONFIGURATION_ERROR", status: 500, errorType: "AuthorizerConfigurationException",
                message: "")
        case .authorizerFailed:
            RESTRefusal(
                type: "AUTHORIZER_FAILURE", status: 500, errorType: "AuthorizerConfigurationException", message: "")
        case .invalidKey:
            RESTRefusal(type: "INVALID_API_KEY", status: 403, errorType: "ForbiddenException", message: "Forbidden")
        case .throttled:
            RESTRefusal(
                type: "THROTTLED", status: 429, errorType: "TooManyRequestsException", message: "Too Many Requests")
        case .quotaExceeded:
            RESTRefusal(
                type: "QUOTA_EXCEEDED", status: 429, errorType: "LimitExceededException", message: "Limit Exceeded")
        case .badRequest:
            RESTRefusal(
                type: "BAD_REQUEST_PARAMETERS", status: 400, errorType: "BadRequestException", message: "Bad Request",
                isAfterStart: true)
        case .missingParameters:
            RESTRefusal(
                type: "BAD_REQUEST_PARAMETERS", status: 400, errorType: "BadRequestException",
                message: "Missing required request parameters", isAfterStart: true)
        case .invalidBody:
            RESTRefusal(
                type: "BAD_REQUEST_BODY", status: 400, errorType: "BadRequestException",
                message: "Invalid request body", isAfterStart: true)
        case .unreadable:
            RESTRefusal(
                type: "DEFAULT_4XX", status: 400, errorType: "BadRequestException", message: "Bad Request",
                isAfterStart: true)
        case .unsupportedMediaType:
            RESTRefusal(
                type: "UNSUPPORTED_MEDIA_TYPE", status: 415, errorType: "BadRequestException",
                message: "Unsupported Media Type", isAfterStart: true)
        case .tooLarge:
            RESTRefusal(
                type: "REQUEST_TOO_LARGE", status: 413, errorType: "",
                message: "HTTP content length exceeded 10485760 bytes.", isFixed: true)
        case .headTooLarge:
            RESTRefusal(
                type: "DEFAULT_4XX", status: 431, errorType: "BadRequestException",
                message: "Request Header Fields Too Large")
        case .pathTooLong:
            RESTRefusal(
                type: "DEFAULT_4XX", status: 414, errorType: "BadRequestException", message: "Request URI too long")
        case .eventTooLarge:
            RESTRefusal(
                type: "REQUEST_TOO_LARGE", status: 413, errorType: "BadRequestException", message: "Request Too Long",
                isAfterStart: true)
        case .internalError, .functionBusy:
            RESTRefusal(
                type: "API_CONFIGURATION_ERROR", status: 500, errorType: "InternalServerErrorException",
                message: "Internal server error", isAfterStart: true)
        case .functionFailed:
            RESTRefusal(
                type: "INTEGRATION_FAILURE", status: 502, errorType: "InternalServerErrorException",
                message: "Internal server error", isAfterStart: true)
        case .unavailable:
            RESTRefusal(
                type: "INTEGRATION_FAILURE", status: 504, errorType: "InternalServerErrorException",
                message: "Network error communicating with endpoint", isAfterStart: true)
        case .timedOut:
            RESTRefusal(
                type: "INTEGRATION_TIMEOUT", status: 504, errorType: "InternalServerErrorException",
                message: "Endpoint request timed out", isAfterStart: true)
        // Those of WebSocket APIs are told by these.
        case .upgradeRequired, .versionNotSupported, .gone, .invalidId, .clientBehind, .overloaded:
            RESTRefusal(
                type: "DEFAULT_5XX", status: 503, errorType: "ServiceUnavailableException",
                message: "Service Unavailable")
        }
    }
}

extension CompiledStage {
    /// The payload of a REST API's stage; nil for another kind.
    var rest: RESTStage? { if case .rest(let stage) = kind { stage } else { nil } }
}
