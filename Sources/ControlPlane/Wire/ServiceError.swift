package import JSON

/// An error of a management call: AWS's code, its status and a message for people.
package struct ServiceError: Error, Sendable, Equatable {
    package let code: String
    package let status: Int
    package let message: String
    /// Members of the body besides the message (`Type`, `Reason`, `resourceType`).
    package let details: JSONObject
    /// `message`, or `Message` where AWS spells it so.
    package let messageMember: String

    package init(
        _ code: String, status: Int, _ message: String, details: JSONObject = [:], messageMember: String = "message"
    ) {
        self.code = code
        self.status = status
        self.message = message
        self.details = details
        self.messageMember = messageMember
    }

    /// The answer as rest-json services give it: the code in `x-amzn-errortype`, the message in the body.
    package func response(requestId: String) -> WireResponse {
        var body = details
        body[messageMember] = .string(message)
        return WireResponse(
            status: status,
            headers: [
                ("content-type", "application/json"), ("x-amzn-errortype", code), ("x-amzn-requestid", requestId),
            ],
            body: JSONValue.object(body).bytes)
    }
}

/// Errors that every service has.
extension ServiceError {
    package static func serialization(_ message: String) -> ServiceError {
        ServiceError("SerializationException", status: 400, message)
    }

    /// The operation, or something it was asked for, is not served yet. AWS's shape, and a sentence that says so.
    package static func unsupported(_ message: String) -> ServiceError {
        ServiceError("BadRequestException", status: 400, message)
    }

    package static func unknownOperation(_ what: String) -> ServiceError {
        // JSON protocols read the code from the body.
        ServiceError(
            "UnknownOperationException", status: 404, "Gatehouse does not serve \(what).",
            details: ["__type": "UnknownOperationException"])
    }

    /// While the server holds as much as it may.
    package static let overloaded = ServiceError(
        "ServiceUnavailableException", status: 503,
        "The server holds as many bytes of requests as it may. Try again in a moment.")

    package static func internalFailure(_ message: String) -> ServiceError {
        ServiceError("InternalFailure", status: 500, message)
    }
}
