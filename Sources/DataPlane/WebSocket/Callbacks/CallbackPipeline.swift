import Callers
import GatewayModel
import HTTPFront
import IAMPolicy
import NIOCore
import SigV4
import WebSocketFront

/// The way of a request about clients who are connected (`@connections`), in order.
///
/// Source: Developer Guide, apigateway-how-to-call-websocket-api-connections; botocore's apigatewaymanagementapi.
enum CallbackPipeline {
    enum Step: UInt8, CaseIterable {
        case endpoint
        case headSize
        /// Who asks, as far as the head says it: who is nobody uploads nothing.
        case authorize
        /// A message is bounded before it is read.
        case body
        case signature
        case throttle
        case call
    }

    @inline(__always)
    static func take(_ step: Step, _ x: Exchange) throws(Refusal) -> StepResult {
        switch step {
        case .endpoint: if x.stage?.isEndpointDisabled == true { throw .forbidden }
        case .headSize: try Routing.checkHead(x)
        case .authorize: try authorize(x)
        case .body: return try x.collectBody(limit: x.worker.options.webSocketLimits.messageBytes)
        case .signature: try verify(x)
        case .throttle: try AccountLimit.take(x)
        case .call: return try CallbackCall.begin(x)
        }
        return .next
    }

    /// A key that is known here is always verified. One that is not stands for the account itself on loopback, as long as
    /// no credentials are required; unsigned requests are nobody's, as in AWS.
    private static func authorize(_ x: Exchange) throws(Refusal) {
        guard let request = x.signableRequest else { throw .forbidden }
        let keys = request.namedKeys
        guard !keys.isEmpty else {
            x.reason = "asks about connections without a signature"
            throw .missingToken
        }
        let callers = x.worker.snapshot.callers
        guard x.worker.options.verifiesCallbacks || keys.contains(where: callers.isOwn) else {
            // A page that somebody on this machine looks at can make up a key in its query, and no browser asks beforehand.
            guard x.connection?.head.contains(.origin) != true else {
                x.reason = "is asked about connections by a web page, with a key that is not known here"
                throw .forbidden
            }
            return
        }
        x.signature = try PendingSignature(x, request, refusing: refusal)
    }

    private static func verify(_ x: Exchange) throws(Refusal) {
        guard let pending = x.signature else { return }
        x.signature = nil
        let caller = try pending.verify(x, refusing: refusal)
        x.caller = caller
        try check(x, caller)
    }

    /// A function's role decides as soon as credentials are required, as for all that functions call.
    private static func check(_ x: Exchange, _ caller: Caller) throws(Refusal) {
        guard x.worker.options.requiresCredentials || !caller.isFunction else { return }
        let request = try MethodARN.request(x, by: caller.principal, action: manage)
        let decision = caller.decision(request) { PolicyValues.of($0, x, caller) }
        guard decision != .allowed else { return }
        let statement = caller.denial(of: request) { PolicyValues.of($0, x, caller) }
        let resource = String(decoding: x.worker.methodARN, as: UTF8.self)
        x.rest.message = Array(
            "User: \(caller.arn) is not authorized to perform: \(manage) on resource: \(resource)".utf8)
        x.reason = "refuses \(caller.arn), who \(decision.explanation(by: statement)) (\(manage) on \(resource))"
        throw .callerDenied
    }

    private static let manage = "execute-api:ManageConnections"

    private static func refusal(_ x: Exchange, _ fault: SignatureFault, _ keyId: String?) -> Refusal {
        let key = keyId.map { " (key \($0))" } ?? ""
        x.reason = "asks about connections: \(fault.message.prefix { $0 != "\n" })\(key)"
        x.rest.message = Array(fault.message.utf8)
        return Refusal(fault.kind)
    }
}

/// How requests about clients are refused.
extension CallbackPipeline {
    static func response(to refusal: Refusal, _ x: Exchange) -> GatewayResponse {
        let (status, errorType, message) = form(of: refusal)
        var fields = ByteBuffer()
        var body = ByteBuffer()
        // As clients of AWS have read it: a 410 has no body.
        if refusal != .gone {
            fields.write("Content-Type: application/json\r\n")
            body.write(refusal == .callerDenied ? #"{"Message":"# : #"{"message":"#)
            body.writeJSONString(x.rest.message ?? message.bytes)
            body.write("}")
        }
        fields.write("x-amzn-ErrorType: ")
        fields.write(errorType)
        fields.write("\r\n")
        return GatewayResponse(
            status: status, fields: Array(fields.readableBytesView), body: Array(body.readableBytesView),
            message: x.rest.message ?? message.bytes, type: "DEFAULT_4XX")
    }

    private static func form(
        of refusal: Refusal
    ) -> (status: Int, errorType: StaticString, message: StaticString) {
        switch refusal {
        case .gone: (410, "GoneException", "Gone")
        case .invalidId, .badRequest: (400, "BadRequestException", "Bad Request")
        case .tooLarge: (413, "PayloadTooLargeException", "Message too long")
        case .throttled, .clientBehind: (429, "LimitExceededException", "Too Many Requests")
        case .missingToken: (403, "MissingAuthenticationTokenException", "Missing Authentication Token")
        case .incompleteSignature: (403, "IncompleteSignatureException", "Missing Authentication Token")
        case .invalidSignature:
            (
                403, "InvalidSignatureException",
                "The request signature we calculated does not match the signature you provided."
            )
        case .unknownKey:
            (403, "UnrecognizedClientException", "The security token included in the request is invalid.")
        case .expiredToken: (403, "ExpiredTokenException", "The security token included in the request is expired")
        case .callerDenied: (403, "AccessDeniedException", "User is not authorized to access this resource")
        case .headTooLarge: (431, "BadRequestException", "Request Header Fields Too Large")
        case .pathTooLong: (414, "BadRequestException", "Request URI too long")
        case .overloaded: (503, "ServiceUnavailableException", "Service Unavailable")
        default: (403, "ForbiddenException", "Forbidden")
        }
    }
}
