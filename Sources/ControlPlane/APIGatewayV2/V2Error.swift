/// The errors of API Gateway V2: botocore's names and statuses, the service's own words where they are known.
enum V2Error {
    static func badRequest(_ message: String) -> ServiceError {
        ServiceError("BadRequestException", status: 400, message)
    }

    static func notFound(_ message: String) -> ServiceError {
        ServiceError("NotFoundException", status: 404, message)
    }

    static func conflict(_ message: String) -> ServiceError {
        ServiceError("ConflictException", status: 409, message)
    }

    /// A member, operation or resource that APIs of the other protocol do not have. The service's words are unknown.
    static func onlyFor(webSocket isWebSocket: Bool, _ what: String) -> ServiceError {
        badRequest("\(what) is only supported for \(isWebSocket ? "WebSocket" : "HTTP") APIs.")
    }

    /// Source: the service's answer to the 301st integration.
    static func tooMany(_ resources: String) -> ServiceError {
        ServiceError(
            "TooManyRequestsException", status: 429,
            "Maximum number of \(resources) for this API has been reached. "
                + "Please contact AWS if you need additional \(resources).")
    }

    /// A mapping expression, as the service reports it: it stops at the first fault.
    static func invalidMapping(_ fault: String) -> ServiceError {
        badRequest(
            "Invalid mapping expression specified: Validation Result: warnings : [], errors : [\(fault)]")
    }
}
