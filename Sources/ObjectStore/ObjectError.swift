/// Why a call of objects is refused: S3's code, its status and a sentence, with the elements that stand beside them.
package struct ObjectError: Error, Sendable, Equatable {
    package struct Detail: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    package let code: String
    package let status: Int
    package let message: String
    package private(set) var details: [Detail] = []
    /// Fields of the answer's head.
    package private(set) var headers: [Detail] = []

    package init(_ code: String, status: Int, _ message: String) {
        self.code = code
        self.status = status
        self.message = message
    }

    package func with(_ name: String, _ value: String) -> ObjectError {
        var error = self
        error.details.append(Detail(name: name, value: value))
        return error
    }

    package func with(header name: String, _ value: String) -> ObjectError {
        var error = self
        error.headers.append(Detail(name: name, value: value))
        return error
    }
}

/// What more than one operation says. Source: recorded answers of AWS.
extension ObjectError {
    package static func invalidRequest(_ message: String) -> ObjectError {
        ObjectError("InvalidRequest", status: 400, message)
    }

    package static func invalidArgument(_ message: String, name: String, value: String) -> ObjectError {
        ObjectError("InvalidArgument", status: 400, message).with("ArgumentName", name).with("ArgumentValue", value)
    }

    /// What is there in AWS and not here.
    package static func notImplemented(_ message: String) -> ObjectError {
        ObjectError("NotImplemented", status: 501, message)
    }

    package static let malformedXML = ObjectError(
        "MalformedXML", status: 400,
        "The XML you provided was not well-formed or did not validate against our published schema")

    package static let incompleteBody = ObjectError(
        "IncompleteBody", status: 400, "The request body terminated unexpectedly")

    package static func noSuchBucket(_ name: String) -> ObjectError {
        ObjectError("NoSuchBucket", status: 404, "The specified bucket does not exist").with("BucketName", name)
    }

    package static func noSuchKey(_ key: String) -> ObjectError {
        ObjectError("NoSuchKey", status: 404, "The specified key does not exist.").with("Key", key)
    }

    package static func noSuchVersion(_ key: String, _ version: String) -> ObjectError {
        ObjectError("NoSuchVersion", status: 404, "The specified version does not exist.")
            .with("Key", key).with("VersionId", version)
    }

    package static func noSuchUpload(_ id: String) -> ObjectError {
        ObjectError(
            "NoSuchUpload", status: 404,
            "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or "
                + "completed."
        ).with("UploadId", id)
    }

    package static func preconditionFailed(_ condition: String) -> ObjectError {
        ObjectError(
            "PreconditionFailed", status: 412, "At least one of the pre-conditions you specified did not hold"
        ).with("Condition", condition)
    }

    package static func conflict(_ condition: String, _ key: String) -> ObjectError {
        ObjectError(
            "ConditionalRequestConflict", status: 409,
            "The conditional request cannot succeed due to a conflicting operation against this resource."
        ).with("Condition", condition).with("Key", key)
    }

    /// The machine's fault. The operator reads why, the client does not.
    package static func internalError(_ reason: String) -> ObjectError {
        ObjectError("InternalError", status: 500, "We encountered an internal error. Please try again.")
            .with(reasonName, reason)
    }

    private static let reasonName = "Reason"

    /// For the operator; nil where the client's own doing is refused.
    package var fault: String? { status == 500 ? details.first { $0.name == Self.reasonName }?.value : nil }
}
