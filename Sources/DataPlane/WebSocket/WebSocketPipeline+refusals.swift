import GatewayModel
import HTTPFront
import NIOCore

/// How a WebSocket API tells what it refuses: of a handshake as a response, of a message as a frame, in the same words.
extension WebSocketPipeline {
    /// Those of handshakes are unconfirmed but for their statuses; those of frames are captured or documented where the
    /// words are `Forbidden`, `Internal server error` and `Bad request body`.
    static func response(to refusal: Refusal, _ x: Exchange) -> GatewayResponse {
        if x.socket.event == .callback { return CallbackPipeline.response(to: refusal, x) }
        let (status, message, type) = form(of: refusal)
        var fields: StaticString = "Content-Type: application/json\r\n"
        switch refusal {
        case .upgradeRequired: fields = "Content-Type: application/json\r\nUpgrade: websocket\r\n"
        case .versionNotSupported:
            fields = "Content-Type: application/json\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        default: break
        }
        var body = ByteBuffer()
        writeBody(message, x, to: &body)
        return GatewayResponse(
            status: status, fields: fields.bytes, body: Array(body.readableBytesView), message: message.bytes,
            type: type)
    }

    /// `{"message": "Forbidden", "connectionId":"…", "requestId":"…"}`, with the spaces where AWS has them (captured). What
    /// is refused before anybody is there has only the message.
    static func writeBody(_ message: StaticString, _ x: Exchange, to body: inout ByteBuffer) {
        guard let client = x.socket.client else {
            body.write(#"{"message":""#)
            body.write(message)
            return body.write(#""}"#)
        }
        body.write(#"{"message": ""#)
        body.write(message)
        body.write(#"", "connectionId":""#)
        body.write(client.id.text)
        body.write(#"", "requestId":""#)
        body.write(x.requestId)
        body.write(#""}"#)
    }

    private static func form(of refusal: Refusal) -> (status: Int, message: StaticString, type: StaticString) {
        switch refusal {
        case .badRequest, .missingParameters: (400, "Bad Request", "BAD_REQUEST_PARAMETERS")
        case .invalidBody: (400, "Bad request body", "BAD_REQUEST_BODY")
        case .unreadable: (400, "Bad Request", "DEFAULT_4XX")
        case .unauthorized: (401, "Unauthorized", "UNAUTHORIZED")
        case .notFound, .forbidden, .incompleteSignature, .accessDenied, .policyDenied, .missingToken,
            .invalidSignature, .unknownKey, .expiredToken, .callerDenied:
            (403, "Forbidden", "ACCESS_DENIED")
        case .invalidKey: (403, "Forbidden", "INVALID_API_KEY")
        case .gone, .invalidId: (410, "Gone", "DEFAULT_4XX")
        case .tooLarge, .eventTooLarge: (413, "Request Too Long", "REQUEST_TOO_LARGE")
        case .pathTooLong: (414, "Request URI too long", "DEFAULT_4XX")
        case .unsupportedMediaType: (415, "Unsupported Media Type", "UNSUPPORTED_MEDIA_TYPE")
        case .upgradeRequired, .versionNotSupported: (426, "Upgrade Required", "DEFAULT_4XX")
        case .throttled, .clientBehind: (429, "Too Many Requests", "THROTTLED")
        case .quotaExceeded: (429, "Limit Exceeded", "QUOTA_EXCEEDED")
        case .headTooLarge: (431, "Request Header Fields Too Large", "DEFAULT_4XX")
        case .authorizerMisconfigured: (500, "Internal server error", "AUTHORIZER_CONFIGURATION_ERROR")
        case .authorizerFailed: (500, "Internal server error", "AUTHORIZER_FAILURE")
        case .internalError, .functionBusy: (500, "Internal server error", "API_CONFIGURATION_ERROR")
        case .functionFailed: (502, "Internal server error", "INTEGRATION_FAILURE")
        case .overloaded: (503, "Service Unavailable", "DEFAULT_5XX")
        case .unavailable: (504, "Internal server error", "INTEGRATION_FAILURE")
        case .timedOut: (504, "Internal server error", "INTEGRATION_TIMEOUT")
        }
    }
}
