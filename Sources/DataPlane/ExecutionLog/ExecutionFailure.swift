import NIOCore

/// Why a call failed, as AWS's execution log has it. Sentences: seen in logs, where no other source is named.
enum ExecutionFailure {
    static let configuration = "Execution failed due to configuration error: "

    /// `known` is what who refused knows better.
    static func sentences(_ refusal: Refusal, _ x: Exchange, _ known: [String], _ reason: String) -> [String] {
        if !known.isEmpty { return known }
        return switch refusal {
        case .timedOut: ["Execution failed due to a timeout error"]
        case .unavailable: ["Execution failed due to a network error communicating with endpoint"]
        case .forbidden, .accessDenied, .policyDenied, .unauthorized, .missingToken, .invalidSignature, .unknownKey,
            .expiredToken, .callerDenied:
            ["Unauthorized request: " + requestId(x)]
        case .invalidKey: [PlanFailure.refused(x)]
        case .functionFailed: [configuration + "Malformed Lambda proxy response"]
        // AWS's own words are not known for these.
        case .internalError: [configuration + reason]
        default: [String(decoding: x.response(to: refusal).message, as: UTF8.self)]
        }
    }

    private static func requestId(_ x: Exchange) -> String {
        var text = ByteBuffer()
        x.writeRESTRequestId(to: &text)
        return String(buffer: text)
    }

    /// A template could not be run; AWS says no more than the first half.
    static func template(isOfAnswer: Bool, _ reason: String) -> String {
        configuration + "Unable to transform \(isOfAnswer ? "response" : "request"): \(reason)"
    }

    static let invalidPermissions = configuration + "Invalid permissions on Lambda function"
    static func unassumable(_ role: String) -> String {
        "API Gateway does not have permission to assume the provided role \(role)"
    }
    static let invalidEndpoint = configuration + "Invalid endpoint address"
    static let malformedAnswer = configuration + "Malformed Lambda proxy response"

    static func noMatch(status: Int?) -> String {
        configuration + "No match for output mapping and no default output mapping configured. "
            + "Endpoint Response Status Code: \(status.map(String.init) ?? "null")"
    }

    /// The error object may have 6 MB; its beginning says enough where it has no message.
    static func functionFailed(_ payload: ByteBuffer, requestId: String?) -> String {
        let message =
            RESTFunctionAnswer.errorMessage(payload)
            ?? String(decoding: payload.readableBytesView.prefix(ExecutionLog.eventBytes), as: UTF8.self)
        return "Lambda execution failed with status 200 due to customer function error: \(message). "
            + "Lambda request id: \(requestId ?? "")"
    }

    static func functionBusy(requestId: String?) -> [String] {
        [
            "Lambda invocation failed with status: 429. Lambda request id: \(requestId ?? "")",
            configuration + "Rate Exceeded.",
        ]
    }
}
