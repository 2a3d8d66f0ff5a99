package import JSON
import Shapes

/// What an operation of CloudWatch Logs answers when it fails: the code and the words that clients look for.
package struct LogError: Error, Sendable, Equatable {
    package let code: String
    package let message: String
    package let status: Int

    init(_ code: String, _ message: String, status: Int = 400) {
        self.code = code
        self.message = message
        self.status = status
    }

    package var body: JSONObject { ["__type": .string(code), "message": .string(message)] }
}

extension LogError {
    init(_ fault: ShapeFault) {
        switch fault {
        case .invalid(let message), .unserved(let message): self = .invalid(message)
        case .serialization(let message): self = LogError("SerializationException", message)
        }
    }

    static func invalid(_ message: String) -> LogError { LogError("InvalidParameterException", message) }
    static func validation(_ message: String) -> LogError { LogError("ValidationException", message) }

    /// One value that breaks a constraint, in the words of the model.
    static func constraint(_ value: String, at place: String, _ constraint: String) -> LogError {
        invalid(
            "1 validation error detected: Value '\(value.prefix(256))' at '\(place)' failed to satisfy constraint: "
                + "Member must \(constraint)")
    }

    /// AWS has it and Gatehouse has not.
    static func unserved(_ what: String) -> LogError { invalid("Gatehouse does not serve \(what).") }

    package static func unknownOperation(_ name: String) -> LogError {
        LogError("UnknownOperationException", "Gatehouse does not serve '\(name)' of the service 'logs'.")
    }

    // Recorded.
    static let noGroup = LogError("ResourceNotFoundException", "The specified log group does not exist.")
    static let noStream = LogError("ResourceNotFoundException", "The specified log stream does not exist.")
    static let groupExists = LogError(
        "ResourceAlreadyExistsException", "The specified log group already exists")
    static let streamExists = LogError(
        "ResourceAlreadyExistsException", "The specified log stream already exists")
    static let longName = invalid(
        "Invalid LogGroup or LogStream, both must have length less than or equal to \(LogLimits.nameLength).")
    static let wrongToken = invalid("The specified nextToken is invalid.")

    static let limitExceeded = LogError("LimitExceededException", "Resource limit exceeded.")

    /// The disk, for people.
    static func unavailable(_ message: String) -> LogError {
        LogError("ServiceUnavailableException", message, status: 500)
    }
}
