/// Why the gateway answers itself instead of the integration. What the client is told is the stage's to say: each kind
/// of API has answers of its own.
enum Refusal: Error {
    case badRequest
    /// There is no API, stage or route.
    case notFound
    /// The same, for a request whose Authorization is no signature; in words of `RESTCall.message`.
    case incompleteSignature
    /// A stage's name, or what it is called by, is not served; in words that tell nothing of it.
    case forbidden
    /// Nobody has shown who calls.
    case unauthorized
    /// Who calls may not.
    case accessDenied
    /// The policy that an authorizer has answered does not let the caller in; in words of `RESTCall.message`.
    case policyDenied
    /// The authorizer's function cannot be called, or says what is no answer.
    case authorizerMisconfigured
    /// It was called, and failed.
    case authorizerFailed
    /// Nobody has signed, where callers are known by IAM.
    case missingToken
    /// A signature is not the key's, or says of the request what is not so; in words of `RESTCall.message`.
    case invalidSignature
    case unknownKey
    case expiredToken
    /// No policy lets the caller in; in words of `RESTCall.message`.
    case callerDenied
    /// A key that has to be there is not, or is not one for this stage.
    case invalidKey
    case throttled
    case quotaExceeded
    case missingParameters
    case invalidBody
    case unsupportedMediaType
    /// What is sent cannot be read by whoever has to; in words of `RESTCall.message`.
    case unreadable
    case tooLarge
    case headTooLarge
    /// The method's ARN, as policies would have it, is longer than AWS lets it be.
    case pathTooLong
    /// The integration cannot be called, or its answer cannot be passed on.
    case internalError
    /// The integration cannot be reached.
    case unavailable
    case timedOut
    /// The function failed, or answered what is no response.
    case functionFailed
    /// The function is running as often at once as it may.
    case functionBusy
    /// The event is longer than Lambda takes.
    case eventTooLarge
    /// The server holds as many bytes of bodies, or as many connections, as it may.
    case overloaded
    /// A WebSocket API is called by what is no opening handshake, or is one of another version.
    case upgradeRequired, versionNotSupported
    /// There is no connection of that id, or none that can be sent anything.
    case gone
    /// What stands for an id is none; in words of `RESTCall.message`.
    case invalidId
    /// A message for a client that takes none any more.
    case clientBehind

    /// Who sends a head beyond all measure is not listened to any longer.
    var endsConnection: Bool { self == .headTooLarge || self == .versionNotSupported }
}

/// A refusal as one kind of API tells it.
struct GatewayResponse: Sendable {
    let status: Int
    /// Whole lines: the content type, and what else only this response has.
    let fields: [UInt8]
    let body: [UInt8]
    /// In the words of `$context.error.message`.
    let message: [UInt8]
    /// AWS's name of it, as `$context.error.responseType` has it.
    let type: StaticString
    /// None of the gateway's own fields stand beside it.
    var isFixed = false
    /// AWS puts a space before it in `$context.error.messageString`.
    var isAfterStart = false
}
