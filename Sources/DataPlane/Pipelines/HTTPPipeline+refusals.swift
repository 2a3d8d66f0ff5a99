/// How an HTTP API tells what it refuses: compact JSON with capital words, unlike REST's.
extension HTTPPipeline {
    /// Also for hosts and paths that lead to no stage, of which the kind is not known.
    static func response(to refusal: Refusal) -> GatewayResponse {
        switch refusal {
        case .badRequest: make(400, #"{"message":"Bad Request"}"#, "Bad Request", "BAD_REQUEST_PARAMETERS")
        case .notFound: make(404, #"{"message":"Not Found"}"#, "Not Found", "RESOURCE_NOT_FOUND")
        case .tooLarge:
            make(
                413, #"{"message":"Request Entity Too Large"}"#, "Request Entity Too Large", "REQUEST_TOO_LARGE")
        case .headTooLarge:
            make(
                431, #"{"message":"Request Header Fields Too Large"}"#, "Request Header Fields Too Large",
                "BAD_REQUEST_PARAMETERS")
        case .internalError:
            make(500, #"{"message":"Internal Server Error"}"#, "Internal Server Error", "INTEGRATION_FAILURE")
        case .unavailable: unavailable("INTEGRATION_FAILURE")
        case .timedOut: unavailable("INTEGRATION_TIMEOUT")
        case .overloaded: unavailable("DEFAULT_5XX")
        }
    }

    private static func unavailable(_ type: StaticString) -> GatewayResponse {
        make(503, #"{"message":"Service Unavailable"}"#, "Service Unavailable", type)
    }

    private static func make(
        _ status: Int, _ body: StaticString, _ message: StaticString, _ type: StaticString
    ) -> GatewayResponse {
        GatewayResponse(status: status, contentType: "application/json", body: body, message: message, type: type)
    }
}
