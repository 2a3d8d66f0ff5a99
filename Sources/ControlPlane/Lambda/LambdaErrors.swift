import GatewayModel
import JSON

/// The errors of AWS Lambda, each in the spelling that its shape has: some say `message`, some `Message`, and most
/// name the one at fault in `Type`.
///
/// Source: botocore's exception shapes; texts and members as recorded from AWS.
extension ServiceError {
    static func resourceNotFound(_ message: String) -> ServiceError {
        ServiceError(
            "ResourceNotFoundException", status: 404, message, details: ["Type": "User"], messageMember: "Message")
    }

    static func functionNotFound(_ arn: String) -> ServiceError { resourceNotFound("Function not found: \(arn)") }

    static func invalidParameter(_ message: String) -> ServiceError {
        ServiceError("InvalidParameterValueException", status: 400, message, details: ["Type": "User"])
    }

    /// Some checks of the service answer without `Type`.
    static func invalidParameterWithoutType(_ message: String) -> ServiceError {
        ServiceError("InvalidParameterValueException", status: 400, message)
    }

    /// A constraint of the model does not hold; see `Constraints`.
    static func validation(_ message: String) -> ServiceError {
        ServiceError("ValidationException", status: 400, message)
    }

    static func resourceConflict(_ message: String) -> ServiceError {
        ServiceError("ResourceConflictException", status: 409, message, details: ["Type": "User"])
    }

    /// `api` names the operation that tells the present RevisionId: `GetFunction/GetAlias` or `GetPolicy`.
    static func wrongRevision(see api: String) -> ServiceError {
        ServiceError(
            "PreconditionFailedException", status: 412,
            "The Revision Id provided does not match the latest Revision Id. "
                + "Call the \(api) API to retrieve the latest Revision Id",
            details: ["Type": "User"])
    }

    static func tooManyRequests(_ reason: Lambda.ThrottleReason) -> ServiceError {
        ServiceError(
            "TooManyRequestsException", status: 429, "Rate Exceeded.",
            details: ["Reason": .string(reason.rawValue), "Type": "User"])
    }

    static func requestEntityTooLarge(_ message: String) -> ServiceError {
        ServiceError("RequestEntityTooLargeException", status: 413, message)
    }

    static func payloadTooLarge(_ size: Int, kind: Lambda.Invocation.Kind, limit: Int) -> ServiceError {
        ServiceError(
            "RequestTooLargeException", status: 413,
            "\(size) byte payload is too large for the \(kind.rawValue) invocation type (limit \(limit) bytes)",
            details: ["Type": "User"])
    }

    static func invalidRequestContent(_ message: String) -> ServiceError {
        ServiceError("InvalidRequestContentException", status: 400, message, details: ["Type": "User"])
    }

    static func policyLengthExceeded(_ message: String) -> ServiceError {
        ServiceError("PolicyLengthExceededException", status: 400, message, details: ["Type": "User"])
    }

    static func accessDenied(_ message: String) -> ServiceError {
        ServiceError("AccessDeniedException", status: 403, message, messageMember: "Message")
    }

    /// A feature of Lambda that Gatehouse does not have: said with the error that every operation may answer with.
    static func notOffered(_ sentence: String) -> ServiceError { invalidParameter(sentence) }
}
