/// A request that the front answers itself, because it is no HTTP or too much of it; the connection closes after.
package enum ProtocolRefusal: Error, Sendable, Equatable {
    case badRequest
    case methodNotAllowed
    case headTooLarge
    case expectationFailed
    case versionNotSupported
    case requestTimeout

    package var status: Int {
        switch self {
        case .badRequest: 400
        case .methodNotAllowed: 405
        case .headTooLarge: 431
        case .expectationFailed: 417
        case .versionNotSupported: 505
        case .requestTimeout: 408
        }
    }

    /// The body; an HTTP API's errors look like this. AWS's text for these cases is unconfirmed.
    package var body: StaticString {
        switch self {
        case .badRequest: #"{"message":"Bad Request"}"#
        case .methodNotAllowed: #"{"message":"Method Not Allowed"}"#
        case .headTooLarge: #"{"message":"Request Header Fields Too Large"}"#
        case .expectationFailed: #"{"message":"Expectation Failed"}"#
        case .versionNotSupported: #"{"message":"HTTP Version Not Supported"}"#
        case .requestTimeout: #"{"message":"Request Timeout"}"#
        }
    }
}
