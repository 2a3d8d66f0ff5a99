/// Why the gateway answers itself instead of the integration. What the client is told is the stage's to say: each kind
/// of API has answers of its own.
enum Refusal: Error {
    case badRequest
    case notFound
    case tooLarge
    case headTooLarge
    /// The integration cannot be called, or its answer cannot be passed on.
    case internalError
    /// The integration cannot be reached, or takes no more calls.
    case unavailable
    case timedOut
    /// The server holds as many bytes of bodies as it may.
    case overloaded

    /// Who sends a head beyond all measure is not listened to any longer.
    var endsConnection: Bool { self == .headTooLarge }
}

/// A refusal as one kind of API tells it.
struct GatewayResponse: Sendable {
    let status: Int
    let contentType: StaticString
    let body: StaticString
    /// In the words of `$context.error.message`.
    let message: StaticString
    /// AWS's name of it, as `$context.error.responseType` has it.
    let type: StaticString
}
