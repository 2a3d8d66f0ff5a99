/// An answer that the gateway gives itself instead of the integration's.
///
/// Bodies are compact JSON with capital words, unlike REST's: see the error table of HTTP APIs.
struct Refusal: Error {
    let status: Int
    let body: StaticString
    /// What `$context.error.responseType` says.
    let responseType: StaticString
    /// Who sends a head beyond all measure is not listened to any longer.
    var endsConnection: Bool { status == 431 }

    static let badRequest = Refusal(400, #"{"message":"Bad Request"}"#, "BAD_REQUEST_PARAMETERS")
    static let notFound = Refusal(404, #"{"message":"Not Found"}"#, "RESOURCE_NOT_FOUND")
    static let tooLarge = Refusal(413, #"{"message":"Request Entity Too Large"}"#, "REQUEST_TOO_LARGE")
    static let headTooLarge = Refusal(431, #"{"message":"Request Header Fields Too Large"}"#, "BAD_REQUEST_PARAMETERS")
    static let internalError = Refusal(500, #"{"message":"Internal Server Error"}"#, "INTEGRATION_FAILURE")
    static let unavailable = Refusal(503, #"{"message":"Service Unavailable"}"#, "INTEGRATION_FAILURE")
    /// The server holds as many bytes of bodies as it may.
    static let overloaded = Refusal(503, #"{"message":"Service Unavailable"}"#, "DEFAULT_5XX")
    static let timedOut = Refusal(503, #"{"message":"Service Unavailable"}"#, "INTEGRATION_TIMEOUT")

    private init(_ status: Int, _ body: StaticString, _ responseType: StaticString) {
        self.status = status
        self.body = body
        self.responseType = responseType
    }

    /// The text between the quotes of the body, for `$context.error.message`.
    var message: String {
        String("\(body)".dropFirst(#"{"message":""#.count).dropLast(2))
    }
}
