import ControlPlane
import Stacks

/// What CloudFormation refuses, in its words.
extension ServiceError {
    static func validation(_ message: String) -> ServiceError {
        ServiceError("ValidationError", status: 400, message)
    }

    static func cannotUpdate(_ record: StackRecord) -> ServiceError {
        .validation("Stack:\(record.stackId) is in \(record.status.rawValue) state and can not be updated.")
    }

    static func noStack(_ name: String) -> ServiceError { .validation("Stack [\(name)] does not exist") }

    /// As those operations say it that only read.
    static func noStackWithId(_ id: String) -> ServiceError { .validation("Stack with id \(id) does not exist") }

    static func noChangeSet(_ name: String) -> ServiceError {
        ServiceError("ChangeSetNotFound", status: 404, "ChangeSet [\(name)] does not exist")
    }

    static func notExecutable(_ set: ChangeSet) -> ServiceError {
        let status = set.status == .failed ? set.status.rawValue : set.execution.rawValue
        return ServiceError(
            "InvalidChangeSetStatus", status: 400,
            "ChangeSet [\(set.id)] cannot be executed in its current status of [\(status)]")
    }

    /// - Parameter what: `Stack` or `ChangeSet`.
    static func alreadyExists(_ what: String, _ name: String) -> ServiceError {
        ServiceError("AlreadyExistsException", status: 400, "\(what) [\(name)] already exists")
    }

    static func exported(_ name: String, _ importers: [String]) -> ServiceError {
        .validation("Export \(name) cannot be deleted as it is in use by \(importers.joined(separator: ", "))")
    }

    static func limitExceeded(_ message: String) -> ServiceError {
        ServiceError("LimitExceededException", status: 400, message)
    }

    /// - Parameter what: such as `The stack`.
    static func unwritten(_ what: String, _ error: any Error) -> ServiceError {
        .internalFailure("\(what) could not be written down: \(error)")
    }
}
