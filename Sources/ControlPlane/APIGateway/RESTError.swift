import GatewayModel

/// The errors of REST APIs: botocore's names and statuses, the service's own words where they are known.
enum RESTError {
    static func badRequest(_ message: String) -> ServiceError {
        ServiceError("BadRequestException", status: 400, message)
    }

    static func notFound(_ message: String) -> ServiceError {
        ServiceError("NotFoundException", status: 404, message)
    }

    static func conflict(_ message: String) -> ServiceError {
        ServiceError("ConflictException", status: 409, message)
    }

    static func limitExceeded(_ message: String) -> ServiceError {
        ServiceError("LimitExceededException", status: 429, message)
    }

    /// Mapping expressions, media types and models, as the service reports them.
    static func invalidResult(_ subject: String, _ fault: String) -> ServiceError {
        badRequest("\(subject)Validation Result: warnings : [], errors : [\(fault)]")
    }

    static func invalidMapping(_ fault: String) -> ServiceError {
        invalidResult("Invalid mapping expression specified: ", fault)
    }

    @Sendable static func noAPI(_ call: Call) -> ServiceError {
        notFound("Invalid API identifier specified \(call.account.accountId):\(call.path("restapi_id"))")
    }

    /// Also of an API that is not there.
    @Sendable static func noResource(_: Call) -> ServiceError { notFound("Invalid Resource identifier specified") }

    static let noMethod = notFound("Invalid Method identifier specified")
    static let noIntegration = notFound("Invalid Integration identifier specified")
    static let noStatusCode = notFound("Invalid Response status code specified")
    static let noParameter = notFound("Invalid parameter name specified")
    static let noContentType = notFound("Content-Type specified was not found")
}
