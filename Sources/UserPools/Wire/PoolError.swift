package import JSON
import Shapes

/// What an operation of Cognito answers when it fails: the code and the words that clients look for.
package struct PoolError: Error, Sendable, Equatable {
    package let code: String
    package let message: String
    package let status: Int

    init(_ code: String, _ message: String, status: Int = 400) {
        self.code = code
        self.message = message
        self.status = status
    }

    package var answer: PoolAnswer {
        PoolAnswer(status: status, body: ["__type": .string(code), "message": .string(message)])
    }
}

/// The answer to an operation.
package struct PoolAnswer: Sendable {
    package let status: Int
    package let body: JSONObject
    package init(status: Int, body: JSONObject) {
        self.status = status
        self.body = body
    }
}

extension PoolError {
    init(_ fault: ShapeFault) {
        switch fault {
        case .invalid(let message), .unserved(let message): self = .invalid(message)
        case .serialization(let message): self = .serialization(message)
        }
    }

    static func invalid(_ message: String) -> PoolError { PoolError("InvalidParameterException", message) }
    static func notAuthorized(_ message: String) -> PoolError { PoolError("NotAuthorizedException", message) }
    static func missing(_ message: String) -> PoolError { PoolError("ResourceNotFoundException", message) }
    static func limit(_ message: String) -> PoolError { PoolError("LimitExceededException", message) }

    /// AWS has it and Gatehouse has not: refused by name, with the reason.
    static func unserved(_ what: String) -> PoolError { invalid("Gatehouse does not serve \(what).") }

    static func noPool(_ id: String) -> PoolError { missing("User pool \(id) does not exist.") }
    static func noClient(_ id: String) -> PoolError { missing("User pool client \(id) does not exist.") }
    static var noUser: PoolError { PoolError("UserNotFoundException", "User does not exist.") }
    static var wrongPassword: PoolError { notAuthorized("Incorrect username or password.") }

    static func internalFailure(_ message: String) -> PoolError {
        PoolError("InternalErrorException", message, status: 500)
    }

    static func serialization(_ message: String) -> PoolError { PoolError("SerializationException", message) }

    package static func unknownOperation(_ name: String) -> PoolError {
        PoolError("UnknownOperationException", "Gatehouse does not serve the operation '\(name)' of user pools.")
    }
}
