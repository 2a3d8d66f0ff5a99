/// How an HTTP API tells what it refuses: compact JSON with capital words, unlike REST's.
extension HTTPPipeline {
    /// Also for hosts and paths that lead to no stage, of which the kind is not known.
    static func response(to refusal: Refusal) -> GatewayResponse {
        switch refusal {
        case .badRequest: make(400, #"{"message":"Bad Request"}"#, "Bad Request", "BAD_REQUEST_PARAMETERS")
        case .unauthorized: make(401, #"{"message":"Unauthorized"}"#, "Unauthorized", "UNAUTHORIZED")
        case .notFound, .incompleteSignature: make(404, #"{"message":"Not Found"}"#, "Not Found", "RESOURCE_NOT_FOUND")
        case .forbidden, .accessDenied, .policyDenied, .invalidKey, .missingToken, .invalidSignature, .unknownKey,
            .expiredToken, .callerDenied:
            make(403, #"{"message":"Forbidden"}"#, "Forbidden", "ACCESS_DENIED")
        case .authorizerMisconfigured:
            make(
                500, #"{"message":"Internal Server Error"}"#, "Internal Server Error", "AUTHORIZER_CONFIGURATION_ERROR")
        case .authorizerFailed:
            make(500, #"{"message":"Internal Server Error"}"#, "Internal Server Error", "AUTHORIZER_FAILURE")
        case .pathTooLong:
            make(414, #"{"message":"Request URI too long"}"#, "Request URI too long", "DEFAULT_4XX")
        case .missingParameters, .invalidBody, .unreadable:
            make(400, #"{"message":"Bad Request"}"#, "Bad Request", "BAD_REQUEST_PARAMETERS")
        case .unsupportedMediaType:
            make(
                415, #"{"message":"Unsupported Media Type"}"#, "Unsupported Media Type", "UNSUPPORTED_MEDIA_TYPE")
        case .throttled, .quotaExceeded:
            make(429, #"{"message":"Too Many Requests"}"#, "Too Many Requests", "THROTTLED")
        case .tooLarge, .eventTooLarge:
            make(
                413, #"{"message":"Request Entity Too Large"}"#, "Request Entity Too Large", "REQUEST_TOO_LARGE")
        case .headTooLarge:
            make(
                431, #"{"message":"Request Header Fields Too Large"}"#, "Request Header Fields Too Large",
                "BAD_REQUEST_PARAMETERS")
        case .internalError, .functionFailed:
            make(500, #"{"message":"Internal Server Error"}"#, "Internal Server Error", "INTEGRATION_FAILURE")
        case .unavailable, .functionBusy: unavailable("INTEGRATION_FAILURE")
        case .timedOut: unavailable("INTEGRATION_TIMEOUT")
        // Those of WebSocket APIs are told by these.
        case .upgradeRequired, .versionNotSupported, .gone, .invalidId, .clientBehind, .overloaded:
            unavailable("DEFAULT_5XX")
        }
    }

    private static func unavailable(_ type: StaticString) -> GatewayResponse {
        make(503, #"{"message":"Service Unavailable"}"#, "Service Unavailable", type)
    }

    private static func make(
        _ status: Int, _ body: StaticString, _ message: StaticString, _ type: StaticString
    ) -> GatewayResponse {
        GatewayResponse(
            status: status, fields: Array("content-type: application/json\r\n".utf8), body: body.bytes,
            message: message.bytes, type: type)
    }
}

extension StaticString {
    var bytes: [UInt8] { withUTF8Buffer { Array($0) } }
}
